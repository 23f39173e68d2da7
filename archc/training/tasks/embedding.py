"""Targets are class numbers, outputs vectors: the prediction is the class of the nearest other sample of the split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.train import Train
from archc.training.tasks.classification import Classification, table_sums

MOST_DISTANCES: Final = 2**24
"""Of those that are in memory at once: 64 MiB."""


class Embedding(Classification):
    """Samples of classes, and a network with (N, numbers) outputs, which lie near one another within a class."""

    of = "neighbours"

    def __init__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> None:
        super().__init__(train, facts, (len(facts.classes),), targets, reading)
        self.ignored = None
        self.norm = float(getattr(train.loss, "p", 2.0))

    def step_sums(self, kept_n: Tensor, labels_n: Tensor) -> Tensor:
        """(0,): the samples of some steps are no split to look for neighbours in."""
        return kept_n.new_zeros(0, dtype=torch.int64)

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """None beside the loss."""
        return {}

    def counts(self, *, in_full: bool) -> NeighbourCounts:
        """All vectors, of which each looks for the nearest other."""
        return NeighbourCounts(self, in_full=in_full)


class NeighbourCounts:
    """The vectors and classes of all samples of a split. The only process has them all."""

    def __init__(self, task: Embedding, *, in_full: bool) -> None:
        self._task = task
        self._in_full = in_full
        self._vectors: list[Tensor] = []
        self._labels: list[Tensor] = []

    def add(self, outputs_nd: Tensor, labels_n: Tensor) -> None:
        """Keep a batch."""
        self._vectors.append(outputs_nd)
        self._labels.append(labels_n)

    def sums(self) -> list[float]:
        """See `Classification.sizes`."""
        task, labels = self._task, torch.cat(self._labels)
        # A sample alone has no neighbour, and counts as none.
        labels = labels if len(labels) > 1 else labels[:0]
        predicted = labels[nearest(torch.cat(self._vectors)[: len(labels)], task.norm)]
        margins = self._in_full or task.needs_margins
        table = self._in_full and task.has_table
        tables = table_sums(labels, predicted, task.outputs, margins=margins, table=table)
        return [float(number) for number in [int((predicted == labels).sum()), len(labels), *tables]]


def nearest(vectors_nd: Tensor, norm: float) -> Tensor:
    """(N,) the index of the nearest other vector, by the norm of the difference. Takes memory for blocks of rows."""
    count = len(vectors_nd)
    if not count:
        return torch.zeros(0, dtype=torch.int64, device=vectors_nd.device)
    # From their mean: distances are computed of products, and large common parts would cost digits.
    centred = vectors_nd.double() - vectors_nd.double().mean(0)
    everyone, found = torch.arange(count, device=vectors_nd.device), []
    for own in torch.split(everyone, max(1, MOST_DISTANCES // count)):
        apart = torch.cdist(centred[own], centred, p=norm)
        itself = own[:, None] == everyone
        found.append(torch.where(itself, torch.inf, apart).argmin(1))
    return torch.cat(found)
