"""The figures of a training: what each is called, says and is computed of, and how it is shown. One table for all.

Whoever measures, watches, prints, logs or records a figure looks here; a new one is a line, and its formula in the
task that it is of (`archc/training/tasks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

Of: TypeAlias = Literal["loss", "classes", "labels", "values", "positions", "neighbours"]
"""What a figure is computed of: the losses; classes, labels, numbers or classes of positions, and predictions of them;
or classes, and those of the samples that are nearest.
"""


class Figure(NamedTuple):
    """A figure of a split, of any of some kinds of targets. `shown` is its format, as Python has it.

    A `headline` is measured without being asked for, and stands in the lines that a training prints.
    """

    name: str
    words: str
    of: tuple[Of, ...]
    better: Literal["min", "max"]
    shown: str
    headline: bool = False
    top: int = 0
    """How many of the largest outputs it looks at, where it looks at several."""
    needs: Literal["", "two classes", "probabilities"] = ""
    """What else there has to be: exactly two classes; outputs that are read as probabilities."""
    ranks: bool = False
    """Whether it is computed of the order of all samples, and not of sums over them."""

    def text(self, value: float) -> str:
        """The value as people read it."""
        return format(value, self.shown)


_ONE_CLASS: Final[tuple[Of, ...]] = ("classes", "positions", "neighbours")
_CLASSES: Final[tuple[Of, ...]] = (*_ONE_CLASS, "labels")

_TABLE: Final = (
    Figure(
        "loss", of=("loss",), better="min", shown=".4f", headline=True,
        words="mean of the loss over the samples",
    ),
    Figure(
        "accuracy", of=_ONE_CLASS, better="max", shown=".2%", headline=True,
        words="share of the samples, or positions, whose class is the prediction",
    ),
    Figure(
        "average_precision", of=("classes",), better="max", shown=".4f", needs="two classes", ranks=True,
        words="area under the steps of precision over recall of the second of two classes, 1 at best",
    ),
    Figure(
        "balanced_accuracy", of=_ONE_CLASS, better="max", shown=".2%",
        words="mean over the classes of the share of their samples that are recognised",
    ),
    Figure(
        "calibration_error", of=("classes",), better="min", shown=".4f", needs="probabilities",
        words="how far the probability of a prediction is from the share that is right: the mean over 15 equal bins",
    ),
    Figure(
        "cohen_kappa", of=_ONE_CLASS, better="max", shown=".4f",
        words="agreement beyond chance, 1 at best; 0 where all samples and predictions are of one class",
    ),
    Figure(
        "error_rate", of=_ONE_CLASS, better="min", shown=".2%",
        words="share of the samples, or positions, whose class is not the prediction: 1 - accuracy",
    ),
    Figure(
        "f1", of=_CLASSES, better="max", shown=".4f",
        words="mean over the classes, or labels, of the harmonic mean of precision and recall",
    ),
    Figure(
        "f1_micro", of=("labels",), better="max", shown=".4f", headline=True,
        words="harmonic mean of precision and recall over all labels of all samples together",
    ),
    Figure(
        "label_accuracy", of=("labels",), better="max", shown=".2%", headline=True,
        words="share of all labels of all samples that are predicted right, present or absent",
    ),
    Figure(
        "matthews_corrcoef", of=_ONE_CLASS, better="max", shown=".4f",
        words="correlation of classes and predictions, 1 at best",
    ),
    Figure(
        "mean_iou", of=("positions",), better="max", shown=".4f", headline=True,
        words="mean over the classes of intersection over union: positions of a class that are predicted so, of those "
        "that are either",
    ),
    Figure(
        "precision", of=_CLASSES, better="max", shown=".2%",
        words="mean over the classes, or labels, of the share of their predictions that are right",
    ),
    Figure(
        "recall", of=_CLASSES, better="max", shown=".2%",
        words="mean over the classes, or labels, of the share of their samples that are recognised",
    ),
    Figure(
        "roc_auc", of=("classes",), better="max", shown=".4f", needs="two classes", ranks=True,
        words="area under the ROC curve: how often a sample of the second of two classes has the higher output",
    ),
    Figure(
        "subset_accuracy", of=("labels",), better="max", shown=".2%",
        words="share of the samples all of whose labels are predicted right",
    ),
    Figure(
        "top3_accuracy", of=("classes",), better="max", shown=".2%", top=3,
        words="share of the samples whose class is among the 3 largest outputs",
    ),
    Figure(
        "top5_accuracy", of=("classes",), better="max", shown=".2%", top=5,
        words="share of the samples whose class is among the 5 largest outputs",
    ),
    Figure(
        "mae", of=("values",), better="min", shown=".4f", headline=True,
        words="mean absolute error: the mean of |output - target| over all numbers",
    ),
    Figure(
        "naive_mae", of=(), better="min", shown=".4f", headline=True,
        words="mean absolute error of the forecast that a series stays as it was at the last step",
    ),
    Figure(
        "mape", of=("values",), better="min", shown=".2%",
        words="mean absolute percentage error: the mean of |output - target| / |target| over all numbers",
    ),
    Figure(
        "mse", of=("values",), better="min", shown=".4f",
        words="mean squared error: the mean of (output - target) ** 2 over all numbers",
    ),
    Figure(
        "r2", of=("values",), better="max", shown=".4f", headline=True,
        words="share of the targets' variance that the outputs explain, 1 at best; the mean over the outputs",
    ),
    Figure(
        "rmse", of=("values",), better="min", shown=".4f",
        words="root of the mean squared error",
    ),
)  # fmt: skip
"""Means over classes count each class once, as scikit-learn's `macro` does."""

FIGURES: Final = {figure.name: figure for figure in _TABLE}

METRICS: Final = {figure.name: figure.words for figure in _TABLE if figure.name != "loss" and figure.of}
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
    return tuple(figure.name for figure in _TABLE if figure.headline and {"loss", of}.intersection(figure.of))


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
