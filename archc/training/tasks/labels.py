"""Targets are 1 for each label that a sample has, and 0 for others: each output says by itself whether it has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import headlines
from archc.recipe.losses import Loss
from archc.recipe.train import Train
from archc.training.tasks.margins import Margins, by_class
from archc.training.tasks.two_classes import cut


class Labelling:
    """Samples with any number of labels, and a network with (N, labels) outputs."""

    def __init__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> None:
        self.labels = facts.classes
        self.numbers = len(self.labels)
        self._cut, _ = cut(train, reading)
        self._names = tuple(dict.fromkeys((*headlines("labels")[1:], *train.metrics)))

    def encode(self, loss: Loss, outputs_nl: Tensor, targets_nl: Tensor) -> Tensor:
        """1 for each label, and 0 or -1 for the others."""
        ones = targets_nl.to(outputs_nl.dtype)
        return ones if loss.target == "one_hot" else ones * 2 - 1

    def kept(self, outputs_n: Tensor) -> Tensor:
        """The outputs as they are."""
        return outputs_n

    def step_sums(self, kept_n: Tensor, targets_n: Tensor) -> Tensor:
        """See `sums`."""
        return self.sums(kept_n, targets_n)

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Those of the task's own figures."""
        names = headlines("labels")[1:]
        return self._figures(sums, samples, names) if sums else dict.fromkeys(names, 0.0)

    def counts(self, *, in_full: bool) -> LabelCounts:
        """How often each label is there, predicted, and both."""
        return LabelCounts(self)

    def sums(self, outputs_nl: Tensor, targets_nl: Tensor) -> Tensor:
        """(1 + 3 * labels,) int64: samples that are right as a whole; then, by label, those that have it and are
        predicted to, those that have it, and those that are predicted to.
        """
        predicted, true = outputs_nl > self._cut, targets_nl > 0
        whole = (predicted == true).all(1).sum()[None]
        return torch.cat([whole, (predicted & true).sum(0), true.sum(0), predicted.sum(0)])

    def figures(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Accuracy over all labels, F1, and what the recipe asks for beside them."""
        return self._figures(sums, samples, self._names)

    def report(self, sums: Sequence[float]) -> Mapping[str, Any]:
        """`classes`, the labels, and `per_class`, see `margins.by_class`."""
        return {"classes": list(self.labels), "per_class": by_class(self._margins(sums), self.labels)}

    def _margins(self, sums: Sequence[float]) -> Margins:
        return Margins(*torch.tensor(sums[1:], dtype=torch.float64).view(3, self.numbers))

    def _figures(self, sums: Sequence[float], samples: int, names: Sequence[str]) -> dict[str, float]:
        margins, most = self._margins(sums), max(samples, 1)
        right, true, predicted = (part.sum().item() for part in margins)
        # All labels have a share in a mean, as scikit-learn has it: one that is never there and never said counts 0.
        known = {
            "f1": margins.f1.mean().item(),
            "f1_micro": 2 * right / max(true + predicted, 1),
            "label_accuracy": 1 - (true + predicted - 2 * right) / (most * self.numbers),
            "precision": margins.precision.mean().item(),
            "recall": margins.recall.mean().item(),
            "subset_accuracy": sums[0] / most,
        }
        return {name: known[name] for name in names}


class LabelCounts:
    """The sums of a task of labels."""

    def __init__(self, task: Labelling) -> None:
        self._task = task
        self._sums: list[Tensor] = []

    def add(self, outputs_nl: Tensor, targets_nl: Tensor) -> None:
        """Count a batch, without waiting for the device."""
        self._sums.append(self._task.sums(outputs_nl, targets_nl))

    def sums(self) -> list[float]:
        """See `Labelling.sums`."""
        return [float(number) for number in torch.stack(self._sums).sum(0).tolist()]
