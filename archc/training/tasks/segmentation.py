"""Targets are a class number for each position: the largest output there is the prediction."""

from __future__ import annotations

import torch
from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.losses import Loss
from archc.recipe.train import Train
from archc.training.tasks.classification import Classification


class Segmentation(Classification):
    """Samples with (N, *shape) class numbers, and a network with (N, classes, *shape) outputs."""

    of = "positions"

    def __init__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> None:
        super().__init__(train, facts, output, targets, reading)
        # Of positions any number may stand for those that have no class, as 255 does in many sets.
        self.ignored = getattr(train.loss, "ignore_index", None)

    def encode(self, loss: Loss, outputs_n: Tensor, labels_n: Tensor) -> Tensor:
        """Class numbers, which may be stored in one byte each."""
        return labels_n.long()

    def kept(self, outputs_n: Tensor) -> Tensor:
        """(N, *shape) the predictions: outputs of many steps would take too much memory."""
        return outputs_n.argmax(1)

    def predicted(self, kept_n: Tensor) -> Tensor:
        """What was kept."""
        return kept_n

    def step_sums(self, kept_n: Tensor, labels_n: Tensor) -> Tensor:
        """(2,) int64: how many positions are predicted right, and how many are counted."""
        return super().step_sums(kept_n, labels_n.long())

    def counts(self, *, in_full: bool) -> PositionCounts:
        """The table of classes and predictions."""
        return PositionCounts(self, table=in_full and self.has_table)


class PositionCounts:
    """The positions of each class by what is predicted there. Those that are ignored are not counted."""

    def __init__(self, task: Segmentation, *, table: bool) -> None:
        self._task = task
        self._with_table = table
        self._cells: Tensor | None = None

    def add(self, outputs_n: Tensor, labels_n: Tensor) -> None:
        """Count a batch, without waiting for the device."""
        outputs, labels = self._task.outputs, labels_n.long().flatten()
        counted = torch.ne(labels, self._task.ignored if self._task.ignored is not None else -100)
        if self._cells is None:
            self._cells = torch.zeros(outputs**2, dtype=torch.int64, device=labels.device)
        place = labels.clamp(0, outputs - 1) * outputs + self._task.kept(outputs_n).flatten()
        self._cells.index_add_(0, place, counted.long())

    def sums(self) -> list[float]:
        """See `Classification.sizes`."""
        assert self._cells is not None, "a split has samples"
        outputs = self._task.outputs
        table = self._cells.cpu().view(outputs, outputs)
        found = [int(table.trace()), int(table.sum())]
        for part in (table.diagonal(), table.sum(1), table.sum(0)):
            found += part.tolist()
        if self._with_table:
            found += table.flatten().tolist()
        return [float(number) for number in found]
