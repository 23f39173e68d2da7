"""Targets are class numbers: the largest output is the prediction, and figures are computed of a table of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import torch
from torch import Tensor

from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import FIGURES, headlines
from archc.recipe.losses import Loss
from archc.recipe.train import Train


class Classification:
    """Samples of classes, and a network with (N, outputs) outputs, at least one for each class."""

    def __init__(self, train: Train, facts: DataFacts, output: Shape, targets: Tensor | None = None) -> None:
        self.classes = facts.classes
        self.outputs = output[0]
        left_out = getattr(train.loss, "ignore_index", None)
        self._ignored: int | None = left_out if left_out in range(output[0]) else None
        """The class whose samples the loss leaves out: no figure counts them."""
        self._asked = train.metrics
        self._names = tuple(dict.fromkeys((*headlines("classes")[1:], *train.metrics)))
        self._tops = tuple(sorted({FIGURES[name].top for name in self._names} - {0}))

    def encode(self, loss: Loss, outputs_nc: Tensor, labels_n: Tensor) -> Tensor:
        """See the function of that name."""
        return encode(loss, outputs_nc, labels_n)

    def step_sums(self, outputs_nc: Tensor, labels_n: Tensor) -> Tensor:
        """(1,) int64: how many samples have the largest output at their class; (2,) with how many are counted, where
        samples of one class are not.
        """
        right = outputs_nc.argmax(1) == labels_n
        if self._ignored is None:
            return right.sum()[None]
        counted = labels_n != self._ignored
        return torch.stack([(right & counted).sum(), counted.sum()])

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """The accuracy."""
        hits, counted = (*sums, samples)[:2] if sums else (0, 0)
        return {"accuracy": hits / max(counted, 1)}

    def counts(self, *, in_full: bool) -> ClassCounts:
        """Hits alone where accuracy is the only figure; else the table of classes and predictions too."""
        return ClassCounts(self.outputs, self._tops, table=in_full or bool(self._asked), ignored=self._ignored)

    def figures(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Accuracy, and what the recipe asks for beside it."""
        hits, counted, *tops = sums[: 2 + len(self._tops)]
        counted = max(counted, 1)
        found = dict(zip(self._tops, tops, strict=True))
        figures = {}
        for name in self._names:
            top = FIGURES[name].top
            if name == "accuracy":
                figures[name] = hits / counted
            else:
                figures[name] = found[top] / counted if top else _OF_TABLE[name](self._table(sums).double())
        return figures

    def report(self, sums: Sequence[float]) -> Mapping[str, Any]:
        """`classes`, `per_class` (the share of each one's samples that is recognised; None without samples), and
        `confusion`: for each class, how many of its samples were taken for each output.
        """
        table = self._table(sums).long()
        totals, right = table.sum(1).tolist(), table.diagonal().tolist()
        shares = [hits / total if total else None for hits, total in zip(right, totals, strict=True)]
        return {
            "classes": list(self.classes),
            "per_class": dict(zip(self.classes, shares, strict=False)),
            "confusion": table[: len(self.classes)].tolist(),
        }

    def _table(self, sums: Sequence[float]) -> Tensor:
        """(outputs, outputs): samples by their class and by the largest output."""
        return torch.tensor(sums[2 + len(self._tops) :], dtype=torch.float64).view(self.outputs, self.outputs)


def encode(loss: Loss, outputs_nc: Tensor, labels_n: Tensor) -> Tensor:
    """Class numbers; for losses that want a number for each output, 1 for the class, and 0 or -1 for the others."""
    if loss.target == "class":
        return labels_n
    # Not torch's `one_hot`, which looks whether all labels are classes: a look at numbers of a device waits for it.
    classes = torch.arange(outputs_nc.shape[1], device=labels_n.device)
    one_hot = (labels_n.unsqueeze(-1) == classes).to(outputs_nc.dtype)
    return one_hot if loss.target == "one_hot" else one_hot * 2 - 1


class ClassCounts:
    """Hits, samples, hits among the k largest outputs for each k, and, where wanted, the table of classes and
    predictions. Samples of the class that is ignored are not counted.
    """

    def __init__(self, outputs: int, tops: tuple[int, ...], *, table: bool, ignored: int | None = None) -> None:
        self._outputs = outputs
        self._ignored = ignored
        self._with_table = table
        self._predicted: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._hits: dict[int, list[Tensor]] = {top: [] for top in tops}

    def add(self, outputs_nc: Tensor, labels_n: Tensor) -> None:
        """Count a batch, without waiting for the device."""
        self._predicted.append(outputs_nc.argmax(1))
        self._labels.append(labels_n)
        for top, hits in self._hits.items():
            among = outputs_nc.topk(top).indices == labels_n[:, None]
            if self._ignored is not None:
                among &= (labels_n != self._ignored)[:, None]
            hits.append(among.sum())

    def sums(self) -> list[float]:
        """Hits, samples, then the hits of each k, then the table row by row."""
        predicted, labels = torch.cat(self._predicted), torch.cat(self._labels)
        if self._ignored is not None:
            counted = labels != self._ignored
            predicted, labels = predicted[counted], labels[counted]
        found = [
            int((predicted == labels).sum()),
            len(labels),
            *(int(torch.stack(hits).sum()) for hits in self._hits.values()),
        ]
        if self._with_table:
            cells = torch.bincount(labels * self._outputs + predicted, minlength=self._outputs**2)
            found += cells.tolist()
        return [float(number) for number in found]


Table: TypeAlias = Tensor
"""(outputs, outputs) float64 on the CPU: samples by their class and by the largest output."""


def _shares(part: Tensor, whole: Tensor) -> Tensor:
    """Part of whole, 0 where there is nothing."""
    return torch.where(whole > 0, part / whole.clamp(min=1), 0.0)


def _seen(counts: Table) -> Tensor:
    """The classes that have samples or predictions: the others have no share in a mean."""
    return (counts.sum(0) + counts.sum(1)) > 0


def _precision(counts: Table) -> float:
    return _shares(counts.diagonal(), counts.sum(0))[_seen(counts)].mean().item()


def _recall(counts: Table) -> float:
    return _shares(counts.diagonal(), counts.sum(1))[_seen(counts)].mean().item()


def _balanced(counts: Table) -> float:
    return _shares(counts.diagonal(), counts.sum(1))[counts.sum(1) > 0].mean().item()


def _f1(counts: Table) -> float:
    return _shares(2 * counts.diagonal(), counts.sum(0) + counts.sum(1))[_seen(counts)].mean().item()


def _kappa(counts: Table) -> float:
    samples = counts.sum()
    chance = (counts.sum(0) * counts.sum(1)).sum() / samples**2
    return ((counts.trace() / samples - chance) / (1 - chance)).item() if chance < 1 else 0.0


def _matthews(counts: Table) -> float:
    samples, right = counts.sum(), counts.trace()
    predicted, true = counts.sum(0), counts.sum(1)
    spread = (samples**2 - (predicted**2).sum()) * (samples**2 - (true**2).sum())
    return ((right * samples - (predicted * true).sum()) / spread.sqrt()).item() if spread > 0 else 0.0


_OF_TABLE: Final[Mapping[str, Callable[[Table], float]]] = {
    "balanced_accuracy": _balanced,
    "cohen_kappa": _kappa,
    "f1": _f1,
    "matthews_corrcoef": _matthews,
    "precision": _precision,
    "recall": _recall,
}
