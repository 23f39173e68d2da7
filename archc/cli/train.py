"""archc train: compile a spec and train it; the run's directory is printed at the end.

A run is kept in runs/NAME/TIME (or --run DIR): the spec, metrics.jsonl, checkpoints, the best and the last weights,
result.json. Ctrl-C finishes the step, saves, and exits with 75; `archc train --resume RUN` goes on from there and
ends with the same weights, bit for bit, as a run that was never interrupted. A second Ctrl-C stops at once.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final

from archc.checks.capacity import check_capacity
from archc.cli import codes, fail
from archc.cli.arguments import add_data_dir, add_device, add_levels, add_max_params, add_spec, colour, settings, utf8
from archc.cli.codes import ERRORS, OK, USAGE
from archc.cli.extras import missing_extra
from archc.diagnostics import catalog
from archc.diagnostics.levels import Levels
from archc.diagnostics.report import Report
from archc.errors import ArchcError, Interrupted
from archc.front import Front, read_file
from archc.machine import launch
from archc.syntax.tree import clip

if TYPE_CHECKING:
    from archc.runs.run import Run
    from archc.training.progress import Observer

LONG: Final = True
"""It runs long enough for its garbage to matter."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc train`."""
    add_spec(command, nargs="?")
    add_levels(command, trains=True)
    command.add_argument("--run", metavar="DIR", help="the run's directory (default: runs/NAME/TIME)")
    command.add_argument(
        "--resume",
        metavar="RUN",
        nargs="?",
        const="",
        help="go on with a run: its directory, or with SPEC alone its newest run in runs/NAME",
    )
    add_device(command, "the spec's")
    add_data_dir(command)
    add_max_params(command)
    command.add_argument(
        "--cuda-graph",
        action="store_true",
        help="record a step once and launch it as one from then on: faster for small networks (CUDA only)",
    )
    command.add_argument(
        "--fast-dev-run",
        metavar="N",
        nargs="?",
        type=_batches,
        const=1,
        help="go through a run with N batches of each split (default: 1), to see that it works; leaves nothing behind",
    )


def _batches(text: str) -> int | str:
    """A number of batches; any other text is kept, for `--fast-dev-run SPEC`."""
    try:
        number = int(text)
    except ValueError:
        return text
    if number < 1:
        raise argparse.ArgumentTypeError("expected a number of at least 1")
    return number


def run(options: argparse.Namespace) -> int:
    """Train, and return the exit code."""
    utf8(sys.stdout)
    utf8(sys.stderr)
    if problem := _settle(options) or _misuse(options):
        print(f"archc train: {problem}", file=sys.stderr)
        return USAGE
    front, given = None, settings(options)
    if options.spec is not None:
        front = read_file(options.spec, options.overrides, settings=given)
        code = _preflight(front, options)
        if code:
            return code
    report = Report()
    levels = given.levels(options.spec or str(Path(options.resume) / "spec.yaml"), report)
    if not report.ok:
        return fail.show(report, options)
    if fault := missing_extra("archc train", "torch", "safetensors", "numpy"):
        return fail.fail(fault, options)
    return _train(front, options, levels)


def _settle(options: argparse.Namespace) -> str | None:
    """Take what stands behind --fast-dev-run for the spec, where it is no number and there is no other."""
    if not isinstance(options.fast_dev_run, str):
        return None
    if options.spec is not None:
        return f"--fast-dev-run takes a number of batches, found `{clip(options.fast_dev_run)}`"
    options.spec, options.fast_dev_run = options.fast_dev_run, 1
    return None


def _misuse(options: argparse.Namespace) -> str | None:
    """What is wrong with a combination of options."""
    if options.spec is None and not options.resume:
        return "expected a SPEC, or --resume RUN"
    if options.resume and options.spec is not None:
        return "expected SPEC --resume, or --resume RUN without a SPEC"
    if options.resume is not None and options.run:
        return "--run is for new runs; --resume RUN names the run to go on with"
    if options.fast_dev_run and (options.resume is not None or options.run):
        return "--fast-dev-run leaves nothing behind; --run and --resume are for runs that are kept"
    if options.resume and options.overrides:
        return "--set is for new runs; a run goes on with the spec that it began with"
    return None


def _preflight(front: Front, options: argparse.Namespace) -> int:
    """Everything that can be known before torch is loaded."""
    report = front.report
    if front.network is not None and report.ok:
        if front.network.train is None and not (front.spec and front.spec.has_train):
            report.add(catalog.training.NoTrainSection())
        check_capacity(front.network, report, max_params=options.max_params, training=True)
    # Where several processes of one machine read the same spec, the first says what is wrong with it.
    place = launch.found()
    code = fail.show(report, options) if place is None or place.local_rank == 0 else codes.of_report(report)
    return code or (OK if front.network else ERRORS)


def _train(front: Front | None, options: argparse.Namespace, levels: Levels) -> int:
    from archc.cli.progress import observer

    place = launch.found()
    main = place is None or place.rank == 0
    watcher = observer(quiet=options.quiet or not main, colour=colour(options.color, sys.stderr))
    try:
        with watcher:
            finished = _start(front, options, watcher, levels)
        if finished is None:
            return OK
    except ArchcError as error:
        if isinstance(error, Interrupted):
            where = quote(str(error.directory))
            print(f"archc: interrupted; saved. Go on with: archc train --resume {where}", file=sys.stderr)
        fail.show(error.report, options)
        return codes.of_error(error)
    if main:
        print(finished.directory)
    return OK


def _start(front: Front | None, options: argparse.Namespace, watcher: Observer, levels: Levels) -> Run | None:
    """The finished run; None for one that was only tried."""
    from archc.runs.run import fast_dev_run, resume, start

    if options.fast_dev_run and front is not None:
        fast_dev_run(
            front,
            options.fast_dev_run,
            data_dir=options.data_dir,
            device=options.device,
            observer=watcher,
            max_params=options.max_params,
            levels=levels,
            cuda_graph=options.cuda_graph,
        )
        return None
    command = ["archc", *sys.argv[1:]]
    if options.resume is None and front is not None:
        return start(
            front,
            directory=options.run,
            data_dir=options.data_dir,
            device=options.device,
            observer=watcher,
            command=command,
            max_params=options.max_params,
            levels=levels,
            cuda_graph=options.cuda_graph,
        )
    place = Path(options.resume) if options.resume else front
    assert place is not None, "without a spec, --resume has a directory"
    return resume(
        place,
        data_dir=options.data_dir,
        device=options.device,
        observer=watcher,
        command=command,
        levels=levels,
        cuda_graph=options.cuda_graph,
    )
