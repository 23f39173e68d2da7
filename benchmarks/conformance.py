"""Compare archc with PyTorch on many random layers and networks, and count agreements and differences.

Usage: python benchmarks/conformance.py [--cases 100000] [--seed 1] [--layers Conv2d,LSTM] [--processes 1]
The cases are shared out among the layers. A tenth of them are networks of up to twelve layers, built and run on the
meta device, and another tenth such networks that are given an input they were not built for. Of each layer and network:
the verdict, the output's shape, the parameters, and the FLOPs, which are twice the MACs. Exit status: 1 where archc and
torch differ and no reason is known (`STRICTER` in tests/judge.py, `VALUES` in tests/judge_networks.py).
"""

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.support.judge import STRICTER, compare
from tests.support.judge_networks import VALUES, compare_network, compare_resized
from tests.support.layer_cases import LEAVES, cases
from tests.support.strategies import resized, specs

NETWORKS = "networks"
RESIZED = "networks, other inputs"
SHOWN = 20


def run(strategy, judge, count, seed_):
    """Judge `count` drawn cases: the verdicts, and the cases in which archc and torch differ."""
    verdicts, differences = Counter(), []

    @seed(seed_)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def law(case):
        try:
            verdicts[judge(case)] += 1
        except AssertionError as error:
            verdicts["different"] += 1
            differences.append(f"{case}: {error}")

    law()
    return verdicts, differences


def job(name, count, seed_):
    """The cases of one layer, or of networks."""
    torch.set_num_threads(1)
    if name == NETWORKS:
        return run(specs(), compare_network, count, seed_)
    if name == RESIZED:
        return run(resized(), lambda case: compare_resized(*case), count, seed_)
    return run(cases(name), lambda case: compare(name, *case), count, seed_)


def jobs(layers, count):
    """How many cases each layer gets, and the networks."""
    networks = count // 10 if layers == LEAVES else 0
    shares = {name: -(-(count - 2 * networks) // len(layers)) for name in layers}
    return shares | ({NETWORKS: networks, RESIZED: networks} if networks else {})


def table(results):
    """The verdicts of each layer, and of all."""
    total = Counter()
    print(f"{'layer':26} {'legal':>8} {'illegal':>8} {'stricter':>8} {'different':>9}")
    for name, (verdicts, _) in results.items():
        total.update(verdicts)
        print(f"{name:26} {row(verdicts)}")
    print(f"{'all':26} {row(total)}\n")
    for reason in STRICTER:
        print(f"{total[reason]:8} stricter: {reason}")
    print(f"{total[VALUES]:8} laxer: {VALUES}")
    return total


def row(verdicts):
    stricter = sum(verdicts[reason] for reason in STRICTER)
    return f"{verdicts['legal']:8} {verdicts['illegal']:8} {stricter:8} {verdicts['different']:9}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layers", type=lambda text: text.split(","), default=LEAVES)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    started = perf_counter()
    shares = jobs(options.layers, options.cases)
    with ProcessPoolExecutor(options.processes) as pool:
        found = pool.map(partial(job, seed_=options.seed), shares, shares.values())
        results = dict(zip(shares, found, strict=True))
    total = table(results)
    print(f"\n{total.total()} cases in {perf_counter() - started:.0f} s, torch {torch.__version__}")
    for name, (_, differences) in results.items():
        for text in differences[:SHOWN]:
            print(f"{name}: {text}", file=sys.stderr)
    return 1 if total["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
