"""Data as it was read -> the training, validation and test samples as tensors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from archc.data.fitted import NOTHING, Fitted
from archc.data.whole import Arrays, Whole
from archc.diagnostics import catalog
from archc.diagnostics.catalog.train_lints import ClassMissing
from archc.machine.randomness import generator
from archc.recipe.data import Classes, DataFacts
from archc.recipe.splits import Validation


@dataclass(frozen=True, slots=True)
class Split:
    """Samples on one device: (N, ...) inputs as they are stored, uint8 for pixels, and their targets.

    Those are (N,) int64 class numbers, or (N, ...) float32 numbers.
    """

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return self.targets.shape[0]

    def to(self, device: torch.device) -> Split:
        """The same samples on another device; itself where it is there already."""
        return Split(_moved(self.inputs, device), self.targets.to(device))

    def rows(self, start: int, end: int) -> Split:
        """The samples `start` (inclusive) to `end` (exclusive), without a copy."""
        return Split(self.inputs[start:end], self.targets[start:end])

    def take(self, indices: Tensor) -> Split:
        """The samples of these indices, copied."""
        return Split(self.inputs.index_select(0, indices), self.targets.index_select(0, indices))


def _moved(samples: Tensor, device: torch.device) -> Tensor:
    """Samples that overlap, as windows of a series do, are moved once, and overlap there."""
    extent = 1 + sum((size - 1) * stride for size, stride in zip(samples.shape, samples.stride(), strict=True))
    if samples.device == device or extent >= samples.numel():
        return samples.to(device)
    line = samples.as_strided((extent,), (1,))
    return line.to(device).as_strided(samples.shape, samples.stride())


@dataclass(frozen=True, slots=True)
class Splits:
    """What a training sees. `validation` is None where the spec keeps none, `test` where the data has none."""

    train: Split
    validation: Split | None
    test: Split | None
    digest: str
    facts: DataFacts
    fitted: Fitted = NOTHING
    """What was learnt of the training samples for the preparation of all."""


def divide(
    whole: Whole, facts: DataFacts, validation: Validation | None, seed: int, test: Validation | None = None
) -> Splits:
    """The splits on the CPU: those of the data, and what is cut from the training samples, the test samples first.

    The first and the last samples are not copied; a share is drawn by the seed, another one for each split.

    Raises:
        EmptySplit: a split takes all samples, or none.
        SplitTwice: one that is to be cut is there.
    """
    given = {"test": (whole.test, test), "validation": (whole.validation, validation)}
    train, found = _tensors(whole.train), dict[str, Split | None]()
    for name, (own, part) in given.items():
        if own is not None and part is not None:
            raise catalog.evaluation.SplitTwice(split=name, dataset=facts.name)
        found[name] = _tensors(own) if own is not None else None
        if part is not None:
            found[name], train = _cut(train, part, name, facts, seed)
    return Splits(train, found["validation"], found["test"], whole.digest, facts)


def _cut(train: Split, part: Validation, name: str, facts: DataFacts, seed: int) -> tuple[Split, Split]:
    """What is cut from training samples, and the rest of them."""
    samples, count = len(train), part.count(len(train))
    between = facts.apart or 0
    if not 0 < count < samples - between:
        raise catalog.preflight.EmptySplit(split=name, samples=samples, count=count)
    if part.first is not None:
        return train.rows(0, count), train.rows(count + between, samples)
    if part.last is not None or facts.apart is not None:
        # A share of what follows one another in time is its last part.
        return train.rows(samples - count, samples), train.rows(0, samples - count - between)
    order = torch.randperm(samples, generator=generator(seed, name))
    stratified = part.by_class and isinstance(facts.target, Classes)
    kept = _of_each_class(train.targets[order], count) if stratified else torch.arange(samples) < count
    return train.take(order[kept].sort().values), train.take(order[~kept].sort().values)


def _of_each_class(labels_n: Tensor, count: int) -> Tensor:
    """(N,) which samples to keep, so that `count` are kept, of each class as many as its share: the first ones of it.

    What rounding down leaves goes to the classes with the largest remainders, of equal ones to those that come first;
    to classes that would give their last sample, after all others.
    """
    sizes = torch.bincount(labels_n)
    shares, remainders = sizes * count // len(labels_n), sizes * count % len(labels_n)
    turn = torch.where(shares + 1 >= sizes, remainders - len(labels_n), remainders).argsort(
        descending=True, stable=True
    )
    shares[turn[: count - int(shares.sum())]] += 1
    by_class = labels_n.argsort(stable=True)
    # How many of its class come before each sample.
    before = torch.empty_like(by_class)
    before[by_class] = torch.arange(len(labels_n)) - (sizes.cumsum(0) - sizes)[labels_n[by_class]]
    return before < shares[labels_n]


def missing_classes(splits: Splits) -> Iterator[ClassMissing]:
    """The classes that a split has no sample of, split by split."""
    if not isinstance(splits.facts.target, Classes):
        return
    names = splits.facts.classes
    for name, split in (("train", splits.train), ("validation", splits.validation), ("test", splits.test)):
        if split is None:
            continue
        counts = torch.bincount(split.targets, minlength=len(names))
        missing = tuple([known for known, count in zip(names, counts.tolist(), strict=False) if not count])
        if missing:
            yield ClassMissing(split=name, samples=len(split), of=len(names), classes=missing)


def _tensors(arrays: Arrays) -> Split:
    """Class numbers become int64, which torch's losses ask for; those of positions stay in one byte each."""
    targets = torch.from_numpy(arrays.targets)
    small = targets.dtype == torch.uint8 and targets.dim() > 1
    return Split(torch.from_numpy(arrays.inputs), targets if targets.is_floating_point() or small else targets.long())
