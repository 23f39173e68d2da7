"""archc eval: a run's best weights on a split of its data."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archc.cli import fail
from archc.cli.arguments import add_data_dir, add_device, utf8
from archc.cli.class_table import class_lines
from archc.cli.codes import OK
from archc.cli.extras import missing_extra
from archc.errors import ArchcError
from archc.recipe.figures import FIGURES, line

if TYPE_CHECKING:
    from archc.runs.records import Evaluation

LONG: Final = True
"""It runs long enough for its garbage to matter."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc eval`."""
    command.add_argument("run", metavar="RUN", help="a run's directory; of runs/NAME or a spec the newest run")
    command.add_argument(
        "--split", choices=["test", "validation", "train"], default="test", help="which samples (default: test)"
    )
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
    add_device(command, "the run's")
    add_data_dir(command)


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
        _print(figures)
    return OK


def _print(found: Evaluation) -> None:
    figures: Mapping[str, Any] = found
    shown = line({name: value for name, value in figures.items() if name in FIGURES})
    print(f"{found['split']}: {shown} ({found['samples']:,} samples, {found['seconds']:.1f} s)")
    asked = {name: value for name, value in figures.items() if name in FIGURES and not FIGURES[name].headline}
    for name, value in asked.items():
        print(f"  {name} {'none' if value is None else FIGURES[name].text(value)}")
    for text in class_lines(found.get("per_class", {}), found.get("confusion", [])):
        print(f"  {text}" if text else "")
