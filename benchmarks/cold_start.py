"""How long `archc check` of a small spec takes as a whole process, against two imports, alternating in one run.

All of them from bytecode, which pip writes when it installs a package; an editable archc writes its own in the first
round, also where `PYTHONDONTWRITEBYTECODE` is set.

Usage: python benchmarks/cold_start.py [--runs 15]
Targets: at most 1.6 times `import yaml, pydantic; pydantic.BaseModel`, and at most 0.15 of `import torch`.
"""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "archc check": [str(Path(sys.executable).with_name("archc")), "check", str(ROOT / "specs/fashion_cnn.yaml")],
    "import yaml, pydantic": [sys.executable, "-c", "import yaml, pydantic; pydantic.BaseModel"],
    "import torch": [sys.executable, "-c", "import torch"],
    "python": [sys.executable, "-c", "pass"],
}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command):
    """Wall time of one process."""
    start = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    times = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command)  # fills the page cache and writes .pyc files
    for _ in range(runs):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command))
    check = times["archc check"]
    print(f"{'process':24} {'median ms':>10} {'least ms':>10} {'archc check is':>15}")
    for name, taken in times.items():
        ratio = statistics.median(check) / statistics.median(taken)
        print(f"{name:24} {statistics.median(taken) * 1e3:10.1f} {min(taken) * 1e3:10.1f} {ratio:14.2f}x")


if __name__ == "__main__":
    main()
