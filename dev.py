"""Set a checkout up: `python dev.py`. A command behind it runs in the environment that this made: `dev.py mypy`."""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"


def set_up() -> None:
    """An environment with archc, as it stands in the checkout, and all its tools; and the checks of each commit."""
    if not ENVIRONMENT.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    run("pip", "install", "-q", "-c", "constraints.txt", "-e", ".[dev]")
    run("pre-commit", "install")
    print(f"ready: . {ENVIRONMENT.relative_to(ROOT)}/bin/activate")


def run(*command: str) -> None:
    """Run a command of the environment; where there is none, of the one that is active. Ends with it if it fails."""
    path = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(["env", f"PATH={path}", *command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    if sys.argv[1:]:
        run(*sys.argv[1:])
    else:
        set_up()
