"""The figures of a training: what each is called, says and is computed of, and how it is shown. One table for all.

Whoever measures, watches, prints, logs or records a figure looks here; a new one is a line, and its formula in the
task that it is of (`archc/training/tasks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

Of: TypeAlias = Literal["loss", "classes", "values"]
"""What a figure is computed of: the losses, classes and predictions of them, or numbers and predictions of them."""


class Figure(NamedTuple):
    """A figure of a split. `shown` is its format, as Python has it.

    A `headline` is measured without being asked for, and stands in the lines that a training prints.
    """

    name: str
    words: str
    of: Of
    better: Literal["min", "max"]
    shown: str
    headline: bool = False
    top: int = 0
    """How many of the largest outputs it looks at, where it looks at several."""

    def text(self, value: float) -> str:
        """The value as people read it."""
        return format(value, self.shown)


_TABLE: Final = (
    Figure(
        "loss", of="loss", better="min", shown=".4f", headline=True,
        words="mean of the loss over the samples",
    ),
    Figure(
        "accuracy", of="classes", better="max", shown=".2%", headline=True,
        words="share of the samples whose class has the largest output",
    ),
    Figure(
        "balanced_accuracy", of="classes", better="max", shown=".2%",
        words="mean over the classes of the share of their samples that are recognised",
    ),
    Figure(
        "cohen_kappa", of="classes", better="max", shown=".4f",
        words="agreement beyond chance, 1 at best; 0 where all samples and predictions are of one class",
    ),
    Figure(
        "f1", of="classes", better="max", shown=".4f",
        words="mean over the classes of the harmonic mean of precision and recall",
    ),
    Figure(
        "matthews_corrcoef", of="classes", better="max", shown=".4f",
        words="correlation of classes and predictions, 1 at best",
    ),
    Figure(
        "precision", of="classes", better="max", shown=".2%",
        words="mean over the classes of the share of their predictions that are right",
    ),
    Figure(
        "recall", of="classes", better="max", shown=".2%",
        words="mean over the classes of the share of their samples that are recognised",
    ),
    Figure(
        "top3_accuracy", of="classes", better="max", shown=".2%", top=3,
        words="share of the samples whose class is among the 3 largest outputs",
    ),
    Figure(
        "top5_accuracy", of="classes", better="max", shown=".2%", top=5,
        words="share of the samples whose class is among the 5 largest outputs",
    ),
    Figure(
        "mae", of="values", better="min", shown=".4f", headline=True,
        words="mean absolute error: the mean of |output - target| over all numbers",
    ),
    Figure(
        "mse", of="values", better="min", shown=".4f",
        words="mean squared error: the mean of (output - target) ** 2 over all numbers",
    ),
    Figure(
        "r2", of="values", better="max", shown=".4f", headline=True,
        words="share of the targets' variance that the outputs explain, 1 at best; the mean over the outputs",
    ),
    Figure(
        "rmse", of="values", better="min", shown=".4f",
        words="root of the mean squared error",
    ),
)  # fmt: skip
"""Means over classes count each class once, as scikit-learn's `macro` does."""

FIGURES: Final = {figure.name: figure for figure in _TABLE}

METRICS: Final = {figure.name: figure.words for figure in _TABLE if figure.of != "loss"}
"""Those that a spec can ask for, with what they say."""

_SPLITS: Final = ("train_", "val_", "test_")


def figure_of(name: str) -> Figure:
    """The figure of a name, with or without its split: that of `val_f1` is `f1`.

    Raises:
        KeyError: there is none.
    """
    for split in _SPLITS:
        if name.startswith(split):
            return FIGURES[name.removeprefix(split)]
    return FIGURES[name]


def headlines(of: Of) -> tuple[str, ...]:
    """The figures that are measured without being asked for, where they can be computed of this: the loss first."""
    return tuple(figure.name for figure in _TABLE if figure.headline and figure.of in ("loss", of))


def better(name: str) -> Literal["min", "max"]:
    """Which way a figure of early stopping or a scheduler is better; up, where it is not known and so refused."""
    try:
        return figure_of(name).better
    except KeyError:
        return "max"


def line(figures: Mapping[str, float | None], between: str = ", ") -> str:
    """Figures as people read them, `loss 0.1234, accuracy 97.50%`: the headlines among those that are known."""
    known = [(name, value, figure_of(name)) for name, value in figures.items() if value is not None]
    return between.join(f"{name} {figure.text(value)}" for name, value, figure in known if figure.headline)
