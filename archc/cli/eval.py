"""archc eval: a run's best weights on a split of its data."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from archc.cli import fail
from archc.cli.arguments import utf8
from archc.cli.codes import OK
from archc.cli.extras import missing_extra
from archc.errors import ArchcError
from archc.recipe.figures import FIGURES, line

LONG: Final = True
"""It runs long enough for its garbage to matter."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc eval`."""
    command.add_argument("run", metavar="RUN", help="the directory of a run")
    command.add_argument(
        "--split", choices=["test", "validation", "train"], default="test", help="which samples (default: test)"
    )
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
    command.add_argument("--device", metavar="DEVICE", help="cpu, cuda, cuda:1, mps or auto (default: the run's)")
    command.add_argument("--data-dir", metavar="DIR", help="a folder with data sets in torchvision's layout")


def run(options: argparse.Namespace) -> int:
    """Evaluate, print the figures, and return the exit code."""
    utf8(sys.stdout)
    if fault := missing_extra("archc eval", "torch", "safetensors", "numpy"):
        return fail.fail(fault, options)
    from archc.runs.evaluation import evaluate
    from archc.runs.run import Run

    try:
        figures = evaluate(Run.open(Path(options.run)), options.split, data_dir=options.data_dir, device=options.device)
    except ArchcError as error:
        return fail.show(error.report, options)
    if options.format == "json":
        print(json.dumps({"version": 1, **figures}, indent=1))
    else:
        _print(figures, options.split)
    return OK


def _print(figures: dict[str, Any], split: str) -> None:
    shown = line({name: value for name, value in figures.items() if name in FIGURES})
    print(f"{split}: {shown} ({figures['samples']:,} samples, {figures['seconds']:.1f} s)")
    width = max(len(name) for name in figures["per_class"])
    for name, share in figures["per_class"].items():
        shown = "no samples" if share is None else f"{share:7.2%}"
        print(f"  {name.ljust(width)}  {shown}")
