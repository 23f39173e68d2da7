"""One process's try at a training: who trains together, where it is written, and what must come before what."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.levels import Levels
from archc.distributed.joining import joined
from archc.distributed.ranks import TURNS, Ranks
from archc.errors import RunError
from archc.files import durable, lock
from archc.front import Front
from archc.machine import device as devices
from archc.machine import memory, randomness
from archc.machine.graphs import CudaRecorder
from archc.machine.quiet import without_warnings
from archc.runs import directory as directories
from archc.runs import environment, resuming, spec_copy, tensorboard
from archc.runs.directory import RunDirectory, writing
from archc.runs.preparation import Job
from archc.runs.records import Result
from archc.runs.session import Session
from archc.training.assembly import assemble
from archc.training.engine import Engine
from archc.training.progress import Event, Observer, Reading, silence

T = TypeVar("T")


class Attempt:
    """What a new run, a resumed one and a dry one have in common. Its methods are called in their order here.

    Where several processes train together, all of them call the same methods. In each, none goes on before all have
    come as far, and where one fails all raise: the others would wait for it, for ever. Nothing that can fail in one
    process alone stands outside of these methods.
    """

    def __init__(self, ranks: Ranks, stack: ExitStack, observer: Observer | None, levels: Levels | None) -> None:
        self.ranks = ranks
        self._stack = stack
        self._observer = observer or silence
        self._levels = levels

    def found(self, find: Callable[[], T]) -> T:
        """What each process finds for itself."""
        with self.ranks.same_outcome_on_all_ranks():
            return find()

    def tell(self, event: Event) -> None:
        """Tell whoever watches the first process."""
        if self.ranks.main:
            self._observer(event)

    def read(self, done: int, files: int) -> None:
        """Tell how far the reading of files is."""
        self.tell(Reading(done, files))

    def prepared(self, prepare: Callable[[], Job]) -> Job:
        """What there is to do. Before anything is written, as most of what can be wrong is found here.

        In turns, as the processes that come first download and cache data for the others.
        """
        jobs: list[Job] = []
        for turn in range(TURNS):
            with self.ranks.same_outcome_on_all_ranks():
                if self.ranks.turn == turn:
                    jobs.append(prepare())
        return jobs[0]

    def new(self, directory: str | None, name: str) -> RunDirectory:
        """A new directory. One process makes it, and tells the others: a name with a time differs in each."""
        with self.ranks.same_outcome_on_all_ranks():
            created = str(directories.create(directory, name).path) if self.ranks.main else ""
        return RunDirectory(Path(self.ranks.text(created)))

    def scratch(self, name: str) -> RunDirectory:
        """A directory of each process's own, which is gone at the end."""
        with self.ranks.same_outcome_on_all_ranks():
            folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="archc-"))
            return directories.create(folder, name)

    def begin(self, files: RunDirectory, job: Job, front: Front, command: Sequence[str] | None) -> None:
        """Be the only writer of a new run, and write what it is to become."""
        with self.ranks.same_outcome_on_all_ranks():
            self._own(files, job)
            if self.ranks.main:
                _write_beginning(files, front, job, command, self.ranks)

    def go_on(self, files: RunDirectory, job: Job) -> None:
        """Be the only writer of a run that was begun before."""
        with self.ranks.same_outcome_on_all_ranks():
            self._own(files, job)

    def trained(self, files: RunDirectory, job: Job) -> Result:
        """Train from the beginning to the end."""
        engine = self._engine(job)
        return self._session(engine, files, job).train()

    def trained_on(self, files: RunDirectory, job: Job, command: Sequence[str] | None) -> Result:
        """Train from the newest checkpoint to the end."""
        engine = self._engine(job)
        resumed = resuming.restore(engine, files, job, command)
        return self._session(engine, files, job).train(resumed)

    def _engine(self, job: Job) -> Engine:
        """After the lock: building takes the time and the memory of the whole training."""
        with self.ranks.same_outcome_on_all_ranks():
            recorder = CudaRecorder(job.device) if job.cuda_graph else None
            return Engine(assemble(job.network, job.train, job.splits, job.device, self.ranks, recorder=recorder))

    def _session(self, engine: Engine, files: RunDirectory, job: Job) -> Session:
        """After an engine is at its checkpoint: TensorBoard drops what was shown of later steps."""
        watching: AbstractContextManager[Observer] = nullcontext(silence)
        if self.ranks.main:
            watching = tensorboard.logged(job.train, files.path, engine.state.step, self._observer)
        return Session(engine, files, self._stack.enter_context(watching), self._levels, job.found)

    def _own(self, files: RunDirectory, job: Job) -> None:
        """The lock, random numbers that nobody else sees, and memory that waits for the next step, until the end."""
        self._stack.enter_context(memory.kept())
        if self.ranks.main:
            with writing(files.path):
                self._stack.enter_context(lock.hold(files.path))
        self._stack.enter_context(randomness.separate(job.device))
        self._stack.enter_context(devices.deterministic(job.device, strict=job.train.deterministic))


@contextmanager
def attempt(file: str | None, observer: Observer | None, levels: Levels | None) -> Iterator[Attempt]:
    """An attempt of the processes that were started together, often one alone.

    Raises:
        RunError: a fault inside, as an error about this file.
    """
    try:
        with without_warnings(), joined() as ranks, ExitStack() as stack:
            yield Attempt(ranks, stack, observer, levels)
    except Fault as fault:
        raise RunError.of(fault, file) from None


def _write_beginning(files: RunDirectory, front: Front, job: Job, command: Sequence[str] | None, ranks: Ranks) -> None:
    """What a run's directory holds before its first step: enough to know what it was to become."""
    if files.spec.exists():  # another process was faster
        raise catalog.runs.RunExists(directory=str(files.path))
    with writing(files.path):
        durable.remove_scratch(files.path)
        facts = environment.describe(job.train, job.splits, job.device, command, ranks.size, cuda_graph=job.cuda_graph)
        durable.write_json(files.environment, facts)
        if learnt := job.splits.fitted.as_json():
            durable.write_json(files.fitted, learnt)
        durable.write_file(files.metrics, b"")
        # Last: a directory with a spec is a run that can be resumed.
        durable.write_file(files.spec, spec_copy.text_of(front, job.splits.facts).encode())
