"""How many samples of each class are recognised, there are, and are predicted -> figures of classes.

Definitions are those of scikit-learn, with 0 where there is nothing to divide by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import torch
from torch import Tensor


class Margins(NamedTuple):
    """(C,) float64 each, on the CPU: by class, samples that are recognised, samples, and predictions."""

    right: Tensor
    true: Tensor
    predicted: Tensor

    @property
    def seen(self) -> Tensor:
        """The classes that have samples or predictions: the others have no share in a mean."""
        return (self.true + self.predicted) > 0

    @property
    def precision(self) -> Tensor:
        """(C,) the share of each class's predictions that are right."""
        return _shares(self.right, self.predicted)

    @property
    def recall(self) -> Tensor:
        """(C,) the share of each class's samples that are recognised."""
        return _shares(self.right, self.true)

    @property
    def f1(self) -> Tensor:
        """(C,) the harmonic means of precision and recall."""
        return _shares(2 * self.right, self.true + self.predicted)


def by_class(margins: Margins, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each of the first classes by its name: `samples`, `precision`, `recall` and `f1`.

    Null where there is nothing to divide by: precision without predictions, recall without samples.
    """
    rows = zip(*margins, margins.precision, margins.recall, margins.f1, strict=True)
    return {
        name: {
            "samples": int(true),
            "precision": float(precision) if predicted else None,
            "recall": float(recall) if true else None,
            "f1": float(f1) if true or predicted else None,
        }
        for name, (_, true, predicted, precision, recall, f1) in zip(names, rows, strict=False)
    }


def _shares(part: Tensor, whole: Tensor) -> Tensor:
    """Part of whole, 0 where there is nothing."""
    return torch.where(whole > 0, part / whole.clamp(min=1), 0.0)


def _mean(shares: Tensor) -> float:
    """0 where there are none."""
    return shares.mean().item() if len(shares) else 0.0


def _kappa(margins: Margins) -> float:
    samples = margins.true.sum().clamp(min=1)
    chance = (margins.true * margins.predicted).sum() / samples**2
    return ((margins.right.sum() / samples - chance) / (1 - chance)).item() if chance < 1 else 0.0


def _matthews(margins: Margins) -> float:
    right, true, predicted = margins
    samples = true.sum()
    spread = (samples**2 - (predicted**2).sum()) * (samples**2 - (true**2).sum())
    return ((right.sum() * samples - (predicted * true).sum()) / spread.sqrt()).item() if spread > 0 else 0.0


def _iou(margins: Margins) -> float:
    right, true, predicted = margins
    return _mean(_shares(right, true + predicted - right)[margins.seen])


OfMargins: TypeAlias = Callable[[Margins], float]

OF_MARGINS: Final[Mapping[str, OfMargins]] = {
    "balanced_accuracy": lambda margins: _mean(margins.recall[margins.true > 0]),
    "cohen_kappa": _kappa,
    "f1": lambda margins: _mean(margins.f1[margins.seen]),
    "matthews_corrcoef": _matthews,
    "mean_iou": _iou,
    "precision": lambda margins: _mean(margins.precision[margins.seen]),
    "recall": lambda margins: _mean(margins.recall[margins.seen]),
}
"""Figures of classes."""
