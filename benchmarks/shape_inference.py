"""How long archc takes to know every shape of a network, against building it in torch and running it on meta.

Usage: python benchmarks/shape_inference.py [--runs 15] [SPEC ...]
Specs are of specs/zoo, by torchvision's names. Target: torch takes at least 50 times as long. Both have the same work:
a network that is already read (an elaborated spec; a Python function) to the shape of every layer's output.
"""

import argparse
import statistics
from pathlib import Path
from time import perf_counter

import torch

from archc import front
from archc.data.torchvision_import import import_torchvision
from archc.diagnostics.report import Report
from archc.infer import infer

ZOO = Path(__file__).parents[1] / "specs/zoo"


def seconds(work, times):
    """The time of one call, of several in a row where one is too short to measure."""
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


def on_meta(make, x):
    with torch.device("meta"), torch.no_grad():
        return make(weights=None).eval()(x)


def measure(name, runs):
    """The times of archc, of archc with reading the file, and of torch: one of each in each run."""
    path = str(ZOO / f"{name}.yaml")
    read = front.read_file(path)
    make = getattr(import_torchvision().models, name)
    x = torch.empty(1, *read.network.input, device="meta")
    assert tuple(on_meta(make, x).shape[1:]) == infer(read.spec, Report()).output == read.network.output
    works = {
        "infer": lambda: infer(read.spec, Report()),
        "read and check": lambda: front.read_file(path),
        "torch": lambda: on_meta(make, x),
    }
    times = {label: [] for label in works}
    for _ in range(runs):
        for label, work in works.items():
            times[label].append(seconds(work, 20 if label == "infer" else 1))
    return {label: statistics.median(taken) for label, taken in times.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("specs", nargs="*", default=["vgg16", "resnet50"])
    parser.add_argument("--runs", type=int, default=15)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'network':20} {'infer ms':>9} {'read and check ms':>18} {'torch ms':>9} {'torch / infer':>14}")
    for name in arguments.specs:
        took = measure(name, arguments.runs)
        ratio = took["torch"] / took["infer"]
        whole, torchs = took["read and check"] * 1e3, took["torch"] * 1e3
        print(f"{name:20} {took['infer'] * 1e3:9.2f} {whole:18.1f} {torchs:9.1f} {ratio:13.0f}x")


if __name__ == "__main__":
    main()
