"""A training's events -> TensorBoard's event files, in the run's directory, where the spec asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from archc.diagnostics import catalog
from archc.recipe.figures import FIGURES
from archc.recipe.train import Train
from archc.runs.directory import TENSORBOARD
from archc.training.progress import EpochEnded, Evaluated, Event, Finished, Logged, Observer, told


def check(train: Train) -> None:
    """See that what a spec logs to is installed.

    Raises:
        MissingExtra: it is not.
    """
    if TENSORBOARD in train.log.to and find_spec("tensorboard") is None:
        raise catalog.training.MissingExtra(command="`log: [tensorboard]`", package="tensorboard", extra="tensorboard")


@contextmanager
def logged(train: Train, directory: Path, step: int, observer: Observer) -> Iterator[Observer]:
    """The observer, which also writes event files where the spec says so. `step` is the last that is done."""
    if TENSORBOARD not in train.log.to:
        yield observer
        return
    # It takes a second to load, and few trainings need it.
    from torch.utils.tensorboard import SummaryWriter

    # Events of later steps, from before an interruption, are not shown.
    writer = SummaryWriter(str(directory / TENSORBOARD), purge_step=step + 1)
    try:
        yield told(_Writer(writer, logs=train.log.every is not None), observer)
    finally:
        writer.close()


class _Writer:
    """Writes the figures of evaluations, epochs and the end. `logs`: there are `Logged`, whose curves are finer than
    those of the epochs.
    """

    def __init__(self, writer: Any, *, logs: bool) -> None:
        self._writer = writer
        self._logs = logs

    def __call__(self, event: Event) -> None:
        match event:
            case Evaluated():
                self._write(event.step, event.figures)
            case EpochEnded():
                trained = {name: value for name, value in event.figures.items() if name.startswith("train_")}
                curves = {} if self._logs else trained | {"lr": event.lr}
                self._write(event.step, curves | {"epoch_seconds": event.seconds})
            case Logged():
                self._write(event.step, {**event.figures, "lr": event.lr})
            case Finished(result):
                test = result["test"] or {}
                figures = {f"test_{name}": value for name, value in test.items() if name in FIGURES}
                self._write(result["steps"], figures)

    def _write(self, step: int, figures: Mapping[str, float | None]) -> None:
        for name, value in figures.items():
            if value is not None:
                self._writer.add_scalar(name, value, step)
        self._writer.flush()
