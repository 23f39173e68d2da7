"""The figures that a training can measure and watch: their names, and which way is better."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

METRICS: Final[Mapping[str, str]] = {
    "accuracy": "share of the samples whose class has the largest output",
    "balanced_accuracy": "mean over the classes of the share of their samples that are recognised",
    "cohen_kappa": "agreement beyond chance, 1 at best",
    "f1": "mean over the classes of the harmonic mean of precision and recall",
    "matthews_corrcoef": "correlation of classes and predictions, 1 at best",
    "precision": "mean over the classes of the share of their predictions that are right",
    "recall": "mean over the classes of the share of their samples that are recognised",
    "top3_accuracy": "share of the samples whose class is among the 3 largest outputs",
    "top5_accuracy": "share of the samples whose class is among the 5 largest outputs",
}
"""Metrics of classes. Means over classes count each class once, as scikit-learn's `macro` does."""

MetricName: TypeAlias = Literal[
    "accuracy",
    "balanced_accuracy",
    "cohen_kappa",
    "f1",
    "matthews_corrcoef",
    "precision",
    "recall",
    "top3_accuracy",
    "top5_accuracy",
]

TOP: Final[Mapping[str, int]] = {"top3_accuracy": 3, "top5_accuracy": 5}
"""How many of the largest outputs some of them look at."""

TRAINING: Final = ("train_loss", "train_accuracy")
"""Figures of the training samples, known at the end of each epoch."""


def validation(metrics: Iterable[str]) -> tuple[str, ...]:
    """The figures of the validation samples, known after each evaluation, where these metrics are asked for."""
    return ("val_loss", "val_accuracy", *(f"val_{name}" for name in metrics if name != "accuracy"))


def better(figure: str) -> Literal["min", "max"]:
    """Which way a figure is better."""
    return "min" if figure.endswith("_loss") else "max"
