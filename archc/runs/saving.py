"""What a training writes while it runs: checkpoints when they are due, and the lines of metrics.jsonl."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from archc.diagnostics import catalog
from archc.diagnostics.levels import Level
from archc.errors import Elsewhere
from archc.runs import checkpoint
from archc.runs.directory import RunDirectory, writing
from archc.training.engine import Engine
from archc.training.progress import UNSETTLED, EpochEnded, Evaluated, Logged, Observer, Progress, Warned


class Saver:
    """Writes for one training. `newest` is the checkpoint that it goes on from, if it does.

    Of several processes the main one writes, and all know whether it could: where it raises, others are `Elsewhere`.

    A disk that refuses does not end a training, whose weights would be lost with it: the observer is warned, and what
    could not be written is tried again when the next checkpoint is due. Who denies that warning wants it to end.
    """

    def __init__(
        self, engine: Engine, run: RunDirectory, observer: Observer, newest: Path | None, level: Level = "warn"
    ) -> None:
        self._engine = engine
        self._ranks = engine.parts.ranks
        self._run = run
        self._observer = observer
        self._level = level
        self._newest = newest
        self._step = engine.state.step if newest else None
        self._lines: list[EpochEnded | Evaluated | Logged] = []
        self._since = monotonic()

    def after(self, event: Progress) -> None:
        """Write what is due after an event."""
        if isinstance(event, EpochEnded | Logged) or (isinstance(event, Evaluated) and event.apart):
            self._lines.append(event)
        due = self._due(event)
        try:
            self.flush()
            if due:
                self._since = monotonic()
                self.save()
        except Elsewhere:
            # All processes have the same level: where the one that writes goes on, so do the others.
            if self._level == "deny":
                raise
        except catalog.runs.CannotWrite as fault:
            if self._level == "deny":
                raise
            if self._level == "warn":
                unwritten = catalog.run_warnings.CheckpointNotWritten(
                    path=fault.path, reason=fault.reason, kept=self.kept
                )
                self._observer(Warned(unwritten))

    def flush(self) -> None:
        """Write the lines of metrics.jsonl that could not be written yet.

        Raises:
            CannotWrite: they still cannot.
        """
        if not self._lines:
            return
        with self._ranks.same_outcome_on_all_ranks(), writing(self._run.metrics, self.kept):
            if self._ranks.main:
                self._run.record(self._lines)
        self._lines = []

    def save(self) -> None:
        """Save a checkpoint of this place, unless that is done already.

        Raises:
            CannotWrite: it cannot be written.
            Diverged: it would hold weights that are not finite.
        """
        step = self._engine.state.step
        if step == self._step:
            return
        # A checkpoint stands for its lines too, which are not measured again.
        self.flush()
        snapshot, keep = self._engine.snapshot(), self._engine.parts.train.checkpoint.keep
        with self._ranks.same_outcome_on_all_ranks(), writing(self._run.checkpoints, self.kept):
            if self._ranks.main:
                self._newest = checkpoint.save(snapshot, self._run.checkpoints, keep)
        self._step = step

    @property
    def kept(self) -> str | None:
        """The newest checkpoint of this training."""
        return str(self._newest) if self._newest else None

    def _due(self, event: Progress) -> bool:
        if isinstance(event, UNSETTLED):
            return False
        number, unit = self._engine.parts.train.checkpoint.every
        if unit == "minute":
            # Clocks differ, and all have to give their part of a checkpoint.
            due = bool(self._ranks.largest(monotonic() - self._since >= 60 * number))
        elif unit == "step":
            due = self._engine.state.step % number == 0
        else:
            due = isinstance(event, EpochEnded) and event.epoch % number == 0
        return due or self._engine.complete
