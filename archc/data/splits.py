"""Data as it was read -> the training, validation and test samples as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from archc.data.fitted import NOTHING, Fitted
from archc.data.whole import Arrays, Whole
from archc.diagnostics import catalog
from archc.machine.randomness import generator
from archc.recipe.data import DataFacts
from archc.recipe.train import Validation


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
        return Split(self.inputs.to(device), self.targets.to(device))

    def rows(self, start: int, end: int) -> Split:
        """The samples `start` (inclusive) to `end` (exclusive), without a copy."""
        return Split(self.inputs[start:end], self.targets[start:end])

    def take(self, indices: Tensor) -> Split:
        """The samples of these indices, copied."""
        return Split(self.inputs.index_select(0, indices), self.targets.index_select(0, indices))


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


def divide(whole: Whole, facts: DataFacts, validation: Validation | None, seed: int) -> Splits:
    """The splits on the CPU. `{first: N}` copies nothing; `{fraction: f}` draws samples by the seed.

    Raises:
        EmptySplit: validation takes all samples, or none.
    """
    train, test = _tensors(whole.train), _tensors(whole.test) if whole.test else None
    if whole.validation is not None:
        return Splits(train, _tensors(whole.validation), test, whole.digest, facts)
    if validation is None:
        return Splits(train, None, test, whole.digest, facts)
    samples, count = len(train), validation.count(len(train))
    if not 0 < count < samples:
        raise catalog.preflight.EmptySplit(samples=samples, validation=count)
    if validation.first is not None:
        return Splits(train.rows(count, samples), train.rows(0, count), test, whole.digest, facts)
    kept, rest = _draw(samples, count, seed)
    return Splits(train.take(rest), train.take(kept), test, whole.digest, facts)


def _tensors(arrays: Arrays) -> Split:
    """Class numbers become int64, which torch's losses ask for; those of positions stay in one byte each."""
    targets = torch.from_numpy(arrays.targets)
    small = targets.dtype == torch.uint8 and targets.dim() > 1
    return Split(torch.from_numpy(arrays.inputs), targets if targets.is_floating_point() or small else targets.long())


def _draw(samples: int, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`count` of the indices below `samples`, and the others, each in ascending order."""
    order = torch.randperm(samples, generator=generator(seed, "validation"))
    return order[:count].sort().values, order[count:].sort().values
