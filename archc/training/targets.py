"""A recipe and its samples -> whether their targets are what the loss compares with, seen once before training.

A reader of data sees to most of it; arrays of a Python program, and what a loss alone asks for, are seen to here.
"""

from __future__ import annotations

from torch import Tensor

from archc.data.splits import Splits
from archc.diagnostics.catalog.targets import TargetsUnusable
from archc.recipe.data import Labels, Numbers, Positions
from archc.recipe.train import Train


def check(train: Train, splits: Splits) -> None:
    """See that counts are counts, labels 0 or 1, and classes of positions among those that there are.

    Raises:
        TargetsUnusable: they are not.
    """
    for name, split in (("training", splits.train), ("validation", splits.validation), ("test", splits.test)):
        if split is not None:
            _check(train, splits, name, split.targets)


def _check(train: Train, splits: Splits, split: str, targets: Tensor) -> None:
    loss = type(train.loss)
    match splits.facts.target:
        case Numbers() if loss.counts:
            wrong = (targets < 0) | (targets != targets.floor())
            if bool(wrong.any()):
                reason = f"`{loss.__name__}` learns counts, and one of them is {_first(targets, wrong):g}"
                advice = "counts are whole numbers of at least 0; for other numbers take `MSELoss`"
                raise TargetsUnusable(split=split, reason=reason, advice=advice)
        case Labels(names):
            wrong = (targets != 0) & (targets != 1)
            if bool(wrong.any()):
                reason = f"a label is there, 1, or not, 0, and one of them is {_first(targets, wrong):g}"
                raise TargetsUnusable(split=split, reason=reason)
            if targets.shape[1:] != (len(names),):
                raise TargetsUnusable(
                    split=split, reason=f"they are {targets.shape[1:].numel()}, and labels {len(names)}"
                )
        case Positions(names):
            numbers = targets.long()
            left_out = getattr(train.loss, "ignore_index", -100)
            wrong = ((numbers < 0) | (numbers >= len(names))) & (numbers != left_out)
            if bool(wrong.any()):
                last = len(names) - 1
                reason = f"a position is of class {_first(numbers, wrong):g}, and there are the classes 0 to {last}"
                advice = f"`ignore_index` leaves out what has no class: `{{{loss.__name__}: {{ignore_index: 255}}}}`"
                raise TargetsUnusable(split=split, reason=reason, advice=advice)


def _first(targets: Tensor, wrong: Tensor) -> float:
    return float(targets[wrong][0])
