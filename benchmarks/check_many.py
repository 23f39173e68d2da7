"""How long `archc check` takes for each of 1,000 small specs in one call, in one process, without its start.

Usage: python benchmarks/check_many.py [--files 1000] [--runs 5]
Target: at most 2 ms a file. CPU time is what counts: other programs on the machine do not change it much.
"""

import argparse
import contextlib
import gc
import io
import os
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from archc.cli import main as archc

SPEC = """\
archc: 1
name: spec-{index}
input: [{channels}, 28, 28]

layers:
  - Conv2d: {{out_channels: {width}, kernel_size: 3, padding: 1, bias: false}}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Conv2d: {{out_channels: {double}, kernel_size: 3, bias: false}}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Flatten
  - Linear: {hidden}
  - Dropout: 0.25
  - ReLU
  - Linear: 120
  - ReLU
  - Linear: 10

train:
  data: {{name: FashionMNIST}}
  loss: CrossEntropyLoss
  optimizer: {{Adam: {{lr: {lr}}}}}
  epochs: {epochs}
  batch_size: 100
"""
"""Much like specs/fashion_cnn.yaml, with sizes that differ, and nothing to find."""


def write(folder, files):
    """Write so many specs, no two alike, and give their names."""
    names = []
    for index in range(files):
        width = 8 + index % 61
        text = SPEC.format(
            index=index,
            channels=1,
            width=width,
            double=2 * width,
            hidden=64 + index,
            lr=f"{1 + index % 9}e-3",
            epochs=1 + index % 20,
        )
        path = Path(folder) / f"spec_{index:05}.yaml"
        path.write_text(text, encoding="utf-8")
        names.append(str(path))
    return names


def measure(names):
    """CPU and wall time of one call, in seconds, and how many files were fine."""
    output = io.StringIO()
    gc.collect()
    cpu, wall = process_time(), perf_counter()
    with contextlib.redirect_stdout(output):
        archc(["check", *names])
    return process_time() - cpu, perf_counter() - wall, output.getvalue().count(": ok, ")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        names = write(folder, options.files)
        measure(names[:10])  # loads every module
        runs = [measure(names) for _ in range(options.runs)]
    assert all(fine == options.files for _, _, fine in runs), "a spec of the benchmark has a fault"
    print(f"{options.files} files, {options.runs} runs, load {os.getloadavg()[0]:.1f}")
    for name, index in (("CPU", 0), ("wall", 1)):
        times = sorted(run[index] / options.files * 1e3 for run in runs)
        print(f"{name:4}  least {times[0]:.2f} ms a file, median {times[len(times) // 2]:.2f} ms a file")


if __name__ == "__main__":
    main()
