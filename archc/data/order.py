"""The order in which an epoch sees the training samples: a function of the seed and the epoch alone."""

from __future__ import annotations

import torch
from torch import Tensor

from archc.machine.randomness import epoch_order, generator
from archc.recipe.train import Train


class Order:
    """Which samples an epoch is made of, one after the other: as many as there are training samples."""

    def __init__(self, train: Train, targets: Tensor) -> None:
        self._samples = len(targets)
        self._seed = train.seed
        self._shuffle = train.shuffle
        self._balanced = Balanced(targets) if train.sampler == "balanced" else None

    def __call__(self, epoch: int) -> Tensor:
        """(samples,) int64 on the CPU; `epoch` counts from 1."""
        if self._balanced is not None:
            return self._balanced(generator(self._seed, f"samples of epoch {epoch}"))
        return epoch_order(self._samples, self._seed, epoch, shuffle=self._shuffle)


class Balanced:
    """Draws samples of (N,) class numbers with replacement, each class as likely as the others.

    The distribution is that of torch's `WeightedRandomSampler` with the weight `1 / samples of the class` for each
    sample. torch draws from at most 2 ** 24 weights; here a class is drawn, and then one of its samples.
    """

    def __init__(self, labels_n: Tensor) -> None:
        labels_n = labels_n.cpu()
        self._by_class = labels_n.argsort(stable=True)
        counts = torch.bincount(labels_n)
        self._counts = counts[counts > 0]
        self._begins = self._counts.cumsum(0) - self._counts

    def __call__(self, source: torch.Generator) -> Tensor:
        """(N,) int64: as many as there are."""
        samples = len(self._by_class)
        classes = torch.randint(len(self._counts), (samples,), generator=source)
        counts = self._counts[classes]
        # Double precision: a float32 has no numbers between some of the samples of a large class.
        within = (torch.rand(samples, dtype=torch.float64, generator=source) * counts).long().minimum(counts - 1)
        return self._by_class[self._begins[classes] + within]
