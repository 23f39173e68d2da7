"""Decoded data -> the training, validation and test samples as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from archc.data.decode import Decoded, Samples
from archc.diagnostics import catalog
from archc.machine.randomness import generator
from archc.recipe.train import Validation


@dataclass(frozen=True, slots=True)
class Split:
    """Samples on one device: `images` is uint8 (N, C, H, W), `labels` is int64 (N,)."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return self.labels.shape[0]

    def to(self, device: torch.device) -> Split:
        """The same samples on another device; itself where it is there already."""
        return Split(self.images.to(device), self.labels.to(device))

    def rows(self, start: int, end: int) -> Split:
        """The samples `start` (inclusive) to `end` (exclusive), without a copy."""
        return Split(self.images[start:end], self.labels[start:end])

    def take(self, indices: Tensor) -> Split:
        """The samples of these indices, copied."""
        return Split(self.images.index_select(0, indices), self.labels.index_select(0, indices))


@dataclass(frozen=True, slots=True)
class Splits:
    """What a training sees. `validation` is None where the spec keeps none."""

    train: Split
    validation: Split | None
    test: Split
    digest: str


def divide(decoded: Decoded, validation: Validation | None, seed: int) -> Splits:
    """The splits on the CPU. `{first: N}` copies nothing; `{fraction: f}` draws samples by the seed.

    Raises:
        EmptySplit: validation takes all samples, or none.
    """
    train, test = _tensors(decoded.train), _tensors(decoded.test)
    if validation is None:
        return Splits(train, None, test, decoded.digest)
    samples, count = len(train), validation.count(len(train))
    if not 0 < count < samples:
        raise catalog.preflight.EmptySplit(samples=samples, validation=count)
    if validation.first is not None:
        return Splits(train.rows(count, samples), train.rows(0, count), test, decoded.digest)
    kept, rest = _draw(samples, count, seed)
    return Splits(train.take(rest), train.take(kept), test, decoded.digest)


def _tensors(samples: Samples) -> Split:
    return Split(torch.from_numpy(samples.images), torch.from_numpy(samples.labels).long())


def _draw(samples: int, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`count` of the indices below `samples`, and the others, each in ascending order."""
    order = torch.randperm(samples, generator=generator(seed, "validation"))
    return order[:count].sort().values, order[count:].sort().values
