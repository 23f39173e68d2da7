"""A checked spec -> a finished run, new or resumed; and a run's directory -> its network, weights and figures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from archc.backends.torch import build
from archc.checks.capacity import MAX_PARAMS
from archc.data.whole import Whole
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.levels import Levels
from archc.distributed.joining import joined
from archc.distributed.ranks import TURNS, Ranks
from archc.errors import RunError, SpecError
from archc.files import durable, lock
from archc.front import Front
from archc.machine import device as devices
from archc.machine import memory, randomness
from archc.network import Network
from archc.runs import directory as directories
from archc.runs import environment, resuming, spec_copy, tensorboard, weights
from archc.runs.directory import RunDirectory, writing
from archc.runs.preparation import Job, Needs, prepare, shortened
from archc.runs.records import Result
from archc.runs.session import Session
from archc.source import SourceFile
from archc.training.engine import Engine
from archc.training.progress import Observer, silence


@dataclass(frozen=True)
class Run:
    """A finished run. `result` is what its result.json holds."""

    directory: Path
    result: Result
    network: Network

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> Run:
        """The finished run in a directory.

        Raises:
            RunError: it is not one (NotARun), or a file is damaged (FileCorrupt) or of another spec (WeightsDoNotFit).
            SpecError: its spec.yaml has errors.
        """
        files = RunDirectory(Path(directory))
        try:
            network = _network(resuming.spec_of(files))
            run = cls(files.path, files.read_result(), network)
        except Fault as fault:
            raise RunError.of(fault) from None
        run.model()
        return run

    @property
    def history(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl: each epoch, and each evaluation within one.

        Raises:
            RunError: the file is missing (NotARun), or cannot be read (FileCorrupt).
        """
        try:
            return RunDirectory(self.directory).history()
        except Fault as fault:
            raise RunError.of(fault) from None

    def model(self) -> nn.Sequential:
        """The network with its best weights, on the CPU and in evaluation mode.

        Raises:
            RunError: its weights are missing (NotARun), damaged (FileCorrupt), or of another spec (WeightsDoNotFit).
        """
        files = RunDirectory(self.directory)
        with randomness.separate(torch.device("cpu")):
            model = build(self.network)
        try:
            tensors = weights.parse(files.read(files.best), str(files.best))
            weights.check_fit(tensors, model, str(files.best))
        except Fault as fault:
            raise RunError.of(fault) from None
        model.load_state_dict(tensors)
        return model.eval()


def start(
    front: Front,
    *,
    directory: str | None = None,
    data_dir: str | None = None,
    device: str | None = None,
    observer: Observer | None = None,
    command: Sequence[str] | None = None,
    max_params: int = MAX_PARAMS,
    levels: Levels | None = None,
    passed: Whole | None = None,
) -> Run:
    """Train a spec from its beginning to its end.

    Args:
        front: the spec, as `archc.front` reads it.
        directory: what to write, new or empty; `runs/NAME/TIME` where left out.
        data_dir: a folder of data sets in torchvision's layout, looked in first.
        device: instead of the spec's.
        observer: is told of the progress.
        command: the command line, for environment.json.
        max_params: a network with more parameters is refused.
        levels: how much the lints of a training matter; without, each is a warning.
        passed: the samples, where a Python program has them.

    Raises:
        SpecError: the spec has errors.
        RunError: something about the data, the machine, the directory or the loss; `report` says what.
        Interrupted: SIGINT or SIGTERM; the run can be resumed.
        Elsewhere: one of those, in a process of a distributed training in which another one raises it.
    """
    network = _network(front)
    folder = _source(front).folder
    with _processes(front.report.file) as ranks, ExitStack() as stack:
        needs = Needs(data_dir, device, max_params, passed)
        make = partial(prepare, network, folder, needs, ranks)
        job = _prepared(make, ranks)
        with ranks.same_outcome_on_all_ranks():
            created = str(directories.create(directory, network.name).path) if ranks.main else ""
        files = RunDirectory(Path(ranks.text(created)))
        with ranks.same_outcome_on_all_ranks():
            stack.enter_context(_alone(files, job, ranks))
            if ranks.main:
                _begin(files, front, job, command, ranks)
        with ranks.same_outcome_on_all_ranks():
            engine = _engine(job, ranks)
        watcher = stack.enter_context(_watcher(files, engine, observer))
        result = Session(engine, files, watcher, levels, job.found).train()
        # The copy's network: its data can be found again from anywhere.
        return Run(files.path, result, _network(resuming.spec_of(files)) if ranks.main else network)


def resume(
    place: Front | str | os.PathLike[str],
    *,
    data_dir: str | None = None,
    device: str | None = None,
    observer: Observer | None = None,
    command: Sequence[str] | None = None,
    levels: Levels | None = None,
    passed: Whole | None = None,
) -> Run:
    """Go on with a run from its newest whole checkpoint. A finished run is returned as it is.

    Args:
        place: the directory of the run, or a spec, whose newest run in `runs/NAME/` is meant.
        data_dir: as for `start`.
        device: as for `start`.
        observer: as for `start`.
        command: the command line, which is added to environment.json.
        levels: as for `start`.
        passed: as for `start`; the same as the run began with.

    Raises:
        SpecError: the spec, or the run's copy of it, has errors.
        RunError: there is nothing to resume, or it does not fit, or as for `start`.
        Interrupted: SIGINT or SIGTERM; the run can be resumed again.
        Elsewhere: as for `start`.
    """
    with _processes(None) as ranks, ExitStack() as stack:
        with ranks.same_outcome_on_all_ranks():
            files = _files(place)
            network = _network(resuming.spec_of(files))
            if isinstance(place, Front):
                resuming.check_same(place, network)
        if ranks.largest(files.finished):
            with ranks.same_outcome_on_all_ranks():
                return Run.open(files.path)
        job = _prepared(partial(prepare, network, files.path, Needs(data_dir, device, passed=passed), ranks), ranks)
        with ranks.same_outcome_on_all_ranks():
            stack.enter_context(_alone(files, job, ranks))
        with ranks.same_outcome_on_all_ranks():
            engine = _engine(job, ranks)
        resumed = resuming.restore(engine, files, job, command)
        watcher = stack.enter_context(_watcher(files, engine, observer))
        return Run(files.path, Session(engine, files, watcher, levels, job.found).train(resumed), network)


def fast_dev_run(
    front: Front,
    batches: int = 1,
    *,
    data_dir: str | None = None,
    device: str | None = None,
    observer: Observer | None = None,
    max_params: int = MAX_PARAMS,
    levels: Levels | None = None,
) -> Result:
    """Go through a whole run with a few batches of each split, to see that it works. Leaves nothing behind.

    Args:
        front: as for `start`.
        batches: how many of the training, validation and test samples each.
        data_dir: as for `start`.
        device: as for `start`.
        observer: as for `start`.
        max_params: as for `start`.
        levels: as for `start`.

    Returns:
        What result.json would hold.

    Raises:
        SpecError, RunError, Interrupted, Elsewhere: as for `start`.
    """
    network = _network(front)
    folder = _source(front).folder
    with _processes(front.report.file) as ranks, ExitStack() as stack:
        make = partial(prepare, network, folder, Needs(data_dir, device, max_params), ranks)
        job = shortened(_prepared(make, ranks), batches)
        with ranks.same_outcome_on_all_ranks():
            scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="archc-"))
            files = directories.create(scratch, network.name)
            stack.enter_context(_alone(files, job, ranks))
            if ranks.main:
                _begin(files, front, job, None, ranks)
        with ranks.same_outcome_on_all_ranks():
            engine = _engine(job, ranks)
        return Session(engine, files, observer or silence, levels, job.found).train()


@contextmanager
def _processes(file: str | None) -> Iterator[Ranks]:
    """Inside are the processes of a training, often one alone; a fault inside is an error about this file."""
    try:
        with joined() as ranks:
            yield ranks
    except Fault as fault:
        raise RunError.of(fault, file) from None


def _prepared(make: Callable[[], Job], ranks: Ranks) -> Job:
    """What each process prepares, in turns, as those that come first download and cache data for the others."""
    jobs: list[Job] = []
    for turn in range(TURNS):
        with ranks.same_outcome_on_all_ranks():
            if ranks.turn == turn:
                jobs.append(make())
    return jobs[0]


def _watcher(files: RunDirectory, engine: Engine, observer: Observer | None) -> AbstractContextManager[Observer]:
    """Who is told of the progress: the observer, and what the spec logs to, in the process that writes."""
    if not engine.ranks.main:
        return nullcontext(silence)
    return tensorboard.logged(engine.train, files.path, engine.state.step, observer or silence)


def _files(place: Front | str | os.PathLike[str]) -> RunDirectory:
    return resuming.newest_of(_network(place)) if isinstance(place, Front) else RunDirectory(Path(place))


def _source(front: Front) -> SourceFile:
    assert front.source is not None, "a network has a text"
    return front.source


def _network(front: Front) -> Network:
    if front.network is None or not front.report.ok:
        raise SpecError(front.report)
    return front.network


def _engine(job: Job, ranks: Ranks) -> Engine:
    return Engine(job.network, job.train, job.splits, job.device, ranks)


def _alone(files: RunDirectory, job: Job, ranks: Ranks) -> ExitStack:
    """Be the run's only writer, with random numbers that nobody else sees, and memory that waits for the next step."""
    with ExitStack() as stack:
        stack.enter_context(memory.kept())
        if ranks.main:
            with writing(files.path):
                stack.enter_context(lock.hold(files.path))
        stack.enter_context(randomness.separate(job.device))
        stack.enter_context(devices.deterministic(job.device, strict=job.train.deterministic))
        return stack.pop_all()


def _begin(files: RunDirectory, front: Front, job: Job, command: Sequence[str] | None, ranks: Ranks) -> None:
    """What a run's directory holds before its first step: enough to know what it was to become."""
    if files.spec.exists():  # another process was faster
        raise catalog.runs.RunExists(directory=str(files.path))
    with writing(files.path):
        durable.remove_scratch(files.path)
        facts = environment.describe(job.train, job.splits, job.device, command, ranks.size)
        durable.write_json(files.environment, facts)
        durable.write_file(files.metrics, b"")
        # Last: a directory with a spec is a run that can be resumed.
        durable.write_file(files.spec, spec_copy.text_of(front).encode())
