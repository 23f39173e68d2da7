"""How long a table takes to be read, against the least that the standard library needs for it.

    python benchmarks/table.py [--rows 1000000] [--columns 30] [--repeat 3]

Makes a CSV of random numbers in a scratch folder. Compares, in one process and in turns, CPU seconds of

- bare: `csv.reader`, and `float()` of each cell, kept nowhere
- archc: the same file as archc reads it, each cell checked, to an array of float32

and prints the ratio of the medians, the most memory that archc's reading took as a multiple of the array, and how long
a second reading takes, which maps the cache.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

READ = """
import resource, sys, time
from pathlib import Path
from archc.data import kinds
from archc.data.request import Request
from archc.recipe.data.table import Table
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.train import Data, Train
kind = Table(file=sys.argv[1], target=("c0",))
data = Data(name="Table", kind=kind)
train = Train(data=data, loss=LOSSES["MSELoss"](), optimizer=OPTIMIZERS["Adam"](), epochs=1)
request = Request.of(train, Path())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
began = time.perf_counter()
whole = kinds.read(request)
seconds = time.perf_counter() - began
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
print(seconds, grown / whole.train.inputs.nbytes)
"""


def write(path, rows, columns):
    draws = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"c{number}" for number in range(columns)])
        for _ in range(0, rows, 10_000):
            writer.writerows(draws.random((min(rows, 10_000), columns)).round(6).tolist())


def bare(path):
    with path.open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row in reader:
            list(map(float, row))


def archc(path, columns):
    from archc.data.cells import Column, values_of
    from archc.recipe.data.sheet import Dialect

    return values_of(path, Dialect(","), [Column(f"c{number}", None, None) for number in range(columns)])


def seconds(function, *arguments):
    began = time.process_time()
    function(*arguments)
    return time.process_time() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "numbers.csv")
        write(path, asked.rows, asked.columns)
        pairs = [(seconds(bare, path), seconds(archc, path, asked.columns)) for _ in range(asked.repeat)]
        one, other = (statistics.median(each) for each in zip(*pairs, strict=True))
        print(f"{asked.rows:,} x {asked.columns}: bare {one:.2f} s, archc {other:.2f} s, ratio {other / one:.2f}")
        environment = {**os.environ, "XDG_CACHE_HOME": folder}
        for name in ("first reading", "second reading"):
            done = subprocess.run(
                [sys.executable, "-c", READ, str(path)], env=environment, capture_output=True, text=True, check=True
            )
            took, memory = map(float, done.stdout.split())
            print(f"{name}: {took:.3f} s, memory grew by {memory:.2f} of the array")


if __name__ == "__main__":
    main()
