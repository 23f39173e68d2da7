"""What `archc.lowering` brings on a CPU: steps and evaluations of a network as built and as lowered, in turn.

    python benchmarks/lowering.py [--networks ...] [--rounds 10] [--threads 2] [--precision float32] [--linear]

One process, random images, batch 100, fused Adam, memory that is kept. `--linear` times single Linear layers instead,
through torch's own product and through oneDNN: forward alone, and forward with all gradients.
"""

import argparse
import functools
import statistics
from pathlib import Path
from time import perf_counter

import torch
from torch import nn

import archc
from archc.lowering import lower
from archc.lowering.linear import OneDnnLinear
from archc.machine import device as devices
from archc.machine import memory
from archc.machine.precision import forward_of

SPECS = Path(__file__).resolve().parents[1] / "specs"
NETWORKS = ("fashion_dnn", "fashion_cnn", "mnist_cnn")
CPU = torch.device("cpu")
BATCH = 100
WARM_UP = 5
SECONDS = 0.3
"""What a round takes of one thing, roughly."""

LINEARS = (
    (100, 256, 128),
    (100, 784, 256),
    (16, 784, 256),
    (1000, 784, 256),
    (100, 512, 512),
    (100, 2304, 600),
    (64, 3136, 1024),
    (32, 4096, 4096),
)
"""Samples, in_features, out_features."""


def seconds(work, count):
    began = perf_counter()
    for _ in range(count):
        work()
    return (perf_counter() - began) / count


def compare(works, rounds):
    """The medians of each work's seconds, and of the first's over the others' of the same round."""
    counts = []
    for work in works:
        seconds(work, WARM_UP)
        counts.append(max(1, round(SECONDS / seconds(work, WARM_UP))))
    found = [[] for _ in works]
    for _ in range(rounds):
        for times, work, count in zip(found, works, counts, strict=True):
            times.append(seconds(work, count))
    ratios = [statistics.median(a / b for a, b in zip(found[0], times, strict=True)) for times in found]
    return [statistics.median(times) for times in found], ratios


def step_of(model, called, precision):
    """A training step and an evaluation batch, as functions."""
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    forward = forward_of(called, precision, CPU)
    images, labels = torch.rand(BATCH, 1, 28, 28), torch.randint(0, 10, (BATCH,))

    def step():
        nn.functional.cross_entropy(forward(images), labels).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def evaluation_of(model, called, precision):
    model.eval()
    called.eval()
    forward, images = forward_of(called, precision, CPU), torch.rand(BATCH, 1, 28, 28)

    def evaluate():
        with torch.inference_mode():
            forward(images)

    return evaluate


def networks(names, rounds, precision):
    print(f"{'':14}{'':12}{'built ms':>10}{'lowered ms':>12}{'times':>8}")
    for name in names:
        network = archc.load(SPECS / f"{name}.yaml")
        for what, make in (("step", step_of), ("evaluation", evaluation_of)):
            models = [devices.place(archc.build(network), network, CPU) for _ in range(2)]
            works = [
                make(models[0], models[0], precision),
                make(models[1], lower(models[1], CPU, precision), precision),
            ]
            (built, lowered), (_, times) = compare(works, rounds)
            print(f"{name:14}{what:12}{built * 1e3:10.3f}{lowered * 1e3:12.3f}{times:8.2f}", flush=True)


def linears(rounds):
    print(f"{'':20}{'forward alone':>28}{'with all gradients':>28}")
    print(f"{'samples, in, out':20}" + f"{'torch us':>10}{'oneDNN us':>11}{'times':>7}" * 2)
    for samples, inputs, outputs in LINEARS:
        linear = nn.Linear(inputs, outputs)
        x, gradient = torch.randn(samples, inputs, requires_grad=True), torch.randn(samples, outputs)
        called = [linear, OneDnnLinear(linear)]

        def inferred(layer, x=x):
            with torch.inference_mode():
                layer(x)

        def trained(layer, x=x, gradient=gradient):
            torch.autograd.grad(layer(x), (x, layer.weight, layer.bias), gradient)

        row = f"{samples}, {inputs}, {outputs}"
        print(f"{row:20}", end="")
        for work in (inferred, trained):
            (torchs, ours), (_, times) = compare([functools.partial(work, layer) for layer in called], rounds)
            print(f"{torchs * 1e6:10.0f}{ours * 1e6:11.0f}{times:7.2f}", end="", flush=True)
        print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--linear", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    with memory.kept():
        if options.linear:
            linears(options.rounds)
        else:
            networks(options.networks, options.rounds, options.precision)


if __name__ == "__main__":
    main()
