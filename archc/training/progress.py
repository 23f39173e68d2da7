"""What a training tells whoever watches: events as data, and the `Observer` that receives them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from archc.diagnostics.fault import Fault


class Started(NamedTuple):
    """A training begins, or goes on. Sizes are in samples; `steps` is the number of the last step."""

    directory: Path
    name: str
    device: str
    epochs: int | None
    steps: int
    steps_per_epoch: int
    batch_size: int
    train: int
    validation: int
    test: int
    parameters: int
    step: int = 0
    """The step that it goes on after; 0 for a new run."""
    checkpoint: str | None = None
    """The checkpoint that it goes on from."""
    resumed: bool = False
    """Whether it goes on with a run; without a `checkpoint`, from the run's beginning."""
    processes: int = 1
    """How many processes train together."""


class StepProgress(NamedTuple):
    """How far it is, about ten times a second. `figures` are those of the epoch so far, `loss` first."""

    epoch: int
    step: int
    steps: int
    figures: Mapping[str, float]
    samples_per_second: float
    seconds_left: float


class Evaluated(NamedTuple):
    """The validation samples were evaluated. `best` is true where the watched figure is the best so far,
    and `ends_epoch` where an `EpochEnded` with the same figures follows. `figures` are `val_loss`, the task's own, and
    those that the spec asks for, as `val_f1`.
    """

    epoch: int
    step: int
    figures: Mapping[str, float]
    best: bool
    ends_epoch: bool
    seconds: float


class EpochEnded(NamedTuple):
    """An epoch is complete.

    `figures` are those of the training samples, as `train_loss`, then those of the validation samples, which are None
    where it did not end with an evaluation. `seconds` is what the epoch took, with its evaluations and without its
    checkpoint; `lr` is the learning rate of its last step.
    """

    epoch: int
    epochs: int | None
    step: int
    figures: Mapping[str, float | None]
    seconds: float
    lr: float = 0.0


class Observer(Protocol):
    """Watches a training. Methods are called in its thread, between steps; they should be quick."""

    def start(self, event: Started) -> None:
        """Once, before the first step."""

    def warning(self, fault: Fault) -> None:
        """Something that the training goes on in spite of. Those about resuming follow `start`."""

    def step(self, event: StepProgress) -> None:
        """About ten times a second."""

    def evaluated(self, event: Evaluated) -> None:
        """After each evaluation of the validation samples; before `epoch` where both happen."""

    def epoch(self, event: EpochEnded) -> None:
        """After each epoch, when its checkpoint is safe."""

    def finish(self, result: Mapping[str, Any]) -> None:
        """Once, at the end, with what result.json holds. Not called where the training stops early."""


class Silence:
    """The observer that does nothing."""

    def start(self, event: Started) -> None:
        pass

    def warning(self, fault: Fault) -> None:
        pass

    def step(self, event: StepProgress) -> None:
        pass

    def evaluated(self, event: Evaluated) -> None:
        pass

    def epoch(self, event: EpochEnded) -> None:
        pass

    def finish(self, result: Mapping[str, Any]) -> None:
        pass
