"""What a training tells whoever watches: events as data, and observers, which are functions of an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from archc.diagnostics.fault import Fault


class Reading(NamedTuple):
    """Files of the data are read, of which so many are done; some times a second, before `Started`."""

    done: int
    files: int


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
    logs: bool = False
    """Whether there are `Logged` events."""


class StepProgress(NamedTuple):
    """How far it is, about ten times a second. `figures` are those of the epoch so far, `loss` first."""

    epoch: int
    step: int
    steps: int
    figures: Mapping[str, float]
    samples_per_second: float
    seconds_left: float


class Evaluated(NamedTuple):
    """Samples were evaluated. `best` is true where the watched figure is the best so far, and `ends_epoch` where an
    `EpochEnded` with the same figures follows.

    `figures` are those of each split that the spec names: `val_loss`, the task's own, and those that the spec asks for,
    as `val_f1`; then `test_loss`, ... `train_loss` is the mean over the samples of all steps since the last evaluation.
    `apart` is false where that `EpochEnded` says all this: where the steps are those of the epoch.
    """

    epoch: int
    step: int
    figures: Mapping[str, float]
    train_loss: float
    best: bool
    ends_epoch: bool
    apart: bool
    seconds: float


class Logged(NamedTuple):
    """The figures of the training samples since the last such event, as `train_loss`: where the spec asks for them.

    `seconds` is what the steps took, without evaluations; `lr` is the learning rate of the newest.
    """

    epoch: int
    step: int
    figures: Mapping[str, float]
    samples: int
    seconds: float
    lr: float


class EpochEnded(NamedTuple):
    """An epoch is complete.

    `figures` are those of the training samples, as `train_loss`, then those of the samples that are evaluated: None
    where it did not end with an evaluation. `seconds` is what the epoch took, with its evaluations and without its
    checkpoint; `lr` is the learning rate of its last step.
    """

    epoch: int
    epochs: int | None
    step: int
    figures: Mapping[str, float | None]
    seconds: float
    lr: float = 0.0


class Warned(NamedTuple):
    """Something that the training goes on in spite of. Warnings about resuming follow `Started`."""

    fault: Fault


class Finished(NamedTuple):
    """The training is complete, and its files are written. `result` is what result.json holds."""

    result: Mapping[str, Any]


class AlreadyFinished(NamedTuple):
    """A run that was to be gone on with has come to its end before: nothing is done. The only event."""

    directory: Path
    result: Mapping[str, Any]


Progress: TypeAlias = StepProgress | Logged | Evaluated | EpochEnded
"""What the loop itself tells."""

UNSETTLED: Final = (Evaluated, Logged)
"""After these, more that is due at the same step may follow: they leave no place that a checkpoint may keep."""

Event: TypeAlias = Reading | Started | Warned | Progress | Finished | AlreadyFinished
"""First `Started`, before which files may be read, last `Finished`, which does not come where a training is stopped. An
`EpochEnded` comes when the epoch's checkpoint is safe."""

Observer: TypeAlias = Callable[[Event], None]
"""Is called with every event, in the training's thread, between steps; it should be quick."""


def silence(event: Event) -> None:
    """The observer that does nothing."""


def told(*observers: Observer) -> Observer:
    """One observer that tells others, in their order."""

    def tell(event: Event) -> None:
        for observer in observers:
            observer(event)

    return tell
