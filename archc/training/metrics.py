"""Counts of a split -> the metrics that a spec asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import torch
from torch import Tensor

from archc.recipe.metrics import TOP

Counts = Tensor
"""(outputs, outputs) float64 on the CPU: samples by their class and by the largest output."""


def measured(names: tuple[str, ...], confusion: Tensor, hits: Mapping[int, int]) -> dict[str, float]:
    """The metrics of these names. `hits` has, for each k, the samples whose class is among the k largest outputs."""
    counts = confusion.double()
    samples = counts.sum().item()
    found: dict[str, float] = {}
    for name in names:
        function = _OF_COUNTS.get(name)
        found[name] = function(counts) if function else hits[TOP[name]] / samples
    return found


def tops(names: tuple[str, ...]) -> tuple[int, ...]:
    """The k of the top-k metrics among the names."""
    return tuple(TOP[name] for name in names if name in TOP)


def _shares(part: Tensor, whole: Tensor) -> Tensor:
    """Part of whole, 0 where there is nothing."""
    return torch.where(whole > 0, part / whole.clamp(min=1), 0.0)


def _seen(counts: Counts) -> Tensor:
    """The classes that have samples or predictions: the others have no share in a mean."""
    return (counts.sum(0) + counts.sum(1)) > 0


def _accuracy(counts: Counts) -> float:
    return (counts.trace() / counts.sum()).item()


def _precision(counts: Counts) -> float:
    return _shares(counts.diagonal(), counts.sum(0))[_seen(counts)].mean().item()


def _recall(counts: Counts) -> float:
    return _shares(counts.diagonal(), counts.sum(1))[_seen(counts)].mean().item()


def _balanced(counts: Counts) -> float:
    return _shares(counts.diagonal(), counts.sum(1))[counts.sum(1) > 0].mean().item()


def _f1(counts: Counts) -> float:
    return _shares(2 * counts.diagonal(), counts.sum(0) + counts.sum(1))[_seen(counts)].mean().item()


def _kappa(counts: Counts) -> float:
    samples = counts.sum()
    chance = (counts.sum(0) * counts.sum(1)).sum() / samples**2
    return ((counts.trace() / samples - chance) / (1 - chance)).item() if chance < 1 else 0.0


def _matthews(counts: Counts) -> float:
    samples, right = counts.sum(), counts.trace()
    predicted, true = counts.sum(0), counts.sum(1)
    spread = (samples**2 - (predicted**2).sum()) * (samples**2 - (true**2).sum())
    return ((right * samples - (predicted * true).sum()) / spread.sqrt()).item() if spread > 0 else 0.0


_OF_COUNTS: Final[Mapping[str, Callable[[Counts], float]]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": _balanced,
    "cohen_kappa": _kappa,
    "f1": _f1,
    "matthews_corrcoef": _matthews,
    "precision": _precision,
    "recall": _recall,
}
