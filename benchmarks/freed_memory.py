"""Steps of FashionCNN with memory that is kept from step to step, and without: machine/memory.py.

Usage: python benchmarks/freed_memory.py [--rounds 5] [--steps 60]
Each round takes a process of its own for either, one after the other. Random images, batch 100, Adam, channels_last.
"""

import argparse
import resource
import statistics
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter

SPEC = Path(__file__).parents[1] / "specs/fashion_cnn.yaml"
WARM_UP = 5


def steps(count, kept):
    """Train, and print the median of a step in ms, CPU ms of the system a step, page faults a step, and peak MiB."""
    import torch
    from torch import nn

    import archc
    from archc.machine import memory

    torch.manual_seed(0)
    model = archc.build(archc.load(SPEC)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    images = torch.randn(100, 1, 28, 28).to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (100,))
    times = []
    with memory.kept() if kept else nullcontext():
        for step in range(WARM_UP + count):
            if step == WARM_UP:
                before = resource.getrusage(resource.RUSAGE_SELF)
            began = perf_counter()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            times.append(perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_SELF)
    system = (after.ru_stime - before.ru_stime) / count * 1e3
    faults = (after.ru_minflt - before.ru_minflt) / count
    print(statistics.median(times[WARM_UP:]) * 1e3, system, faults, after.ru_maxrss / 1024)


def measured(count, kept):
    command = [sys.executable, __file__, "--steps", str(count), "--one", "kept" if kept else "given back"]
    return [float(text) for text in subprocess.run(command, check=True, capture_output=True).stdout.split()]


def compare(rounds, count):
    print(f"{'memory is':12} {'ms a step':>10} {'system ms':>10} {'faults':>8} {'peak MiB':>9}")
    ratios = []
    for _ in range(rounds):
        found = {kept: measured(count, kept) for kept in (False, True)}
        for kept, (step, system, faults, peak) in found.items():
            name = "kept" if kept else "given back"
            print(f"{name:12} {step:10.1f} {system:10.1f} {faults:8.0f} {peak:9.0f}", flush=True)
        ratios.append(found[False][0] / found[True][0])
    print(f"a step is {statistics.median(ratios):.2f} times as fast with memory that is kept (median of the rounds)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--one", choices=["kept", "given back"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        steps(options.steps, options.one == "kept")
    else:
        compare(options.rounds, options.steps)


if __name__ == "__main__":
    main()
