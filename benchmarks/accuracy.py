"""Test accuracy of the example specs on the full data, over several seeds.

Usage: ARCHC_DATA=DIR python benchmarks/accuracy.py [--seeds 3] [SPEC...]
Targets: fashion_cnn 89.8 %, fashion_dnn 86.5 %, mnist_cnn 99.0 %, each the mean after 5 epochs.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

import archc

SPECS = Path(__file__).parents[1] / "specs"
DEFAULT = ["fashion_dnn", "fashion_cnn", "mnist_cnn"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("specs", nargs="*", default=DEFAULT, help=f"names in specs/ (default: {' '.join(DEFAULT)})")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(
        f"{'spec':16} {'seed':>4} {'test accuracy':>14} {'test loss':>10} {'seconds':>8} {'samples/s':>10}", flush=True
    )
    for name in options.specs:
        accuracies = []
        for seed in range(1, options.seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                run = archc.train(SPECS / f"{name}.yaml", set={"train.seed": seed}, run=Path(folder, "run"))
            test = run.result["test"]
            accuracies.append(test["accuracy"])
            speed = run.result["samples_per_second"]
            figures = f"{test['accuracy']:14.2%} {test['loss']:10.4f} {run.result['seconds']:8.1f} {speed:10,.0f}"
            print(f"{name:16} {seed:4} {figures}", flush=True)
        print(f"{name:16} mean {statistics.mean(accuracies):14.2%}", flush=True)


if __name__ == "__main__":
    main()
