"""Scores of all samples of a split -> figures of their order, and of their probabilities. Exact, with ties."""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

BINS: Final = 15
"""Of the calibration error. Source: Guo et al., On Calibration of Modern Neural Networks, 2017."""


def roc_auc(scores_n: Tensor, positive_n: Tensor) -> float:
    """How often a positive sample has a higher score than a negative one; equal scores count half.

    Not a number where there are no samples of one of the two, or scores that are none.

    Source: Mann and Whitney, 1947; Fawcett, An introduction to ROC analysis, 2006.
    """
    positives, all_of_them = _at_thresholds(scores_n, positive_n)
    negatives = all_of_them - positives
    total = (positives.sum() * negatives.sum()).item()
    if not total or not bool(scores_n.isfinite().all()):
        return float("nan")
    # From the highest score down: a negative loses to the positives above it, and half to those beside it.
    above = positives.cumsum(0) - positives / 2
    won: float = (above * negatives).sum().item()
    return won / total


def average_precision(scores_n: Tensor, positive_n: Tensor) -> float:
    """The sum over thresholds of precision times the gain in recall, as scikit-learn's `average_precision_score`.

    Not a number where there are no positive samples, or scores that are none.
    """
    positives, all_of_them = _at_thresholds(scores_n, positive_n)
    total = positives.sum().item()
    if not total or not bool(scores_n.isfinite().all()):
        return float("nan")
    precision = positives.cumsum(0) / all_of_them.cumsum(0)
    gained: float = (precision * positives).sum().item()
    return gained / total


def _at_thresholds(scores_n: Tensor, positive_n: Tensor) -> tuple[Tensor, Tensor]:
    """(K,) float64: at each different score, the highest first, how many samples are positive, and how many all are."""
    scores, order = scores_n.sort(descending=True)
    _, place, counts = torch.unique_consecutive(scores, return_inverse=True, return_counts=True)
    positives = counts.new_zeros(len(counts)).index_add_(0, place, positive_n[order].to(counts.dtype))
    return positives.double(), counts.double()


def bin_sums(confidence_n: Tensor, right_n: Tensor) -> Tensor:
    """(3 * BINS,) float64: for bins of confidence, above k / BINS up to (k + 1) / BINS, the samples, the sums of their
    confidence, and those that are right.
    """
    place = (confidence_n.double() * BINS).ceil().long().sub(1).clamp(0, BINS - 1)
    inside = (place[:, None] == torch.arange(BINS, device=place.device)).double()
    of_each = torch.stack([torch.ones_like(confidence_n), confidence_n, right_n.to(confidence_n.dtype)]).double()
    return (of_each @ inside).flatten()


def calibration_error(sums: Tensor) -> float:
    """Of `bin_sums`: the mean over the samples of how far their bin's confidence is from its share that is right."""
    samples, confidence, right = sums.view(3, BINS)
    error: float = ((confidence - right).abs().sum() / samples.sum().clamp(min=1)).item()
    return error
