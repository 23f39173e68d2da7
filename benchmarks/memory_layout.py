"""Steps of a training whose model is contiguous, and channels-last as archc places it; and how exact batch norms are.

Usage: python benchmarks/memory_layout.py [--runs 5]
"""

import argparse
import statistics
from pathlib import Path
from time import perf_counter

import torch
from torch import nn

from archc import load
from archc.backends.torch import build
from archc.lowering import lower

SPECS = Path(__file__).parents[1] / "specs"
LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


def milliseconds(spec, layout, batch, steps):
    """The time of one step of SGD on random images."""
    network = load(spec)
    torch.manual_seed(1)
    model = build(network).to(memory_format=layout).train()
    forward = lower(model, torch.device("cpu"))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, fused=True)
    images, labels = torch.rand(batch, *network.input), torch.randint(0, 10, (batch,))

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(forward(images), labels).backward()
        optimizer.step()

    step()
    step()
    start = perf_counter()
    for _ in range(steps):
        step()
    return (perf_counter() - start) / steps * 1e3


def error(layout, batch):
    """The largest relative difference of a batch norm's output from that in double precision."""
    images = torch.randn(batch, 16, 28, 28) * 2 + 3
    exact = nn.BatchNorm2d(16).double()(images.double())
    found = nn.BatchNorm2d(16)(images.contiguous(memory_format=layout))
    return ((found.double() - exact).abs().max() / exact.abs().max()).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    for name in ("fashion_cnn", "mnist_cnn"):
        for batch in (64, 100, 512):
            taken = {layout: [] for layout in LAYOUTS}
            for _ in range(runs):
                for layout, format_ in LAYOUTS.items():
                    taken[layout].append(milliseconds(SPECS / f"{name}.yaml", format_, batch, max(6, 1000 // batch)))
            slow, fast = (statistics.median(taken[layout]) for layout in LAYOUTS)
            print(
                f"{name}, batches of {batch}: {slow:.1f} ms contiguous, {fast:.1f} channels last ({slow / fast:.2f}x)"
            )
    for batch in (64, 512, 2048):
        print(
            f"BatchNorm2d, {batch}: " + ", ".join(f"{name} {error(kind, batch):.0e}" for name, kind in LAYOUTS.items())
        )


if __name__ == "__main__":
    main()
