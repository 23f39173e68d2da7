"""Targets are class numbers: the largest output is the prediction, and figures are computed of a table of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import FIGURES, Of, headlines
from archc.recipe.losses import Loss
from archc.recipe.train import Train
from archc.training.objective import probabilities
from archc.training.tasks.base import Counts
from archc.training.tasks.margins import OF_MARGINS, Margins, by_class
from archc.training.tasks.ranking import BINS, average_precision, bin_sums, calibration_error, roc_auc

MOST_IN_TABLE: Final = 1_000
"""Classes of which each is counted against each."""

_OF_RANKS: Final = {"average_precision": average_precision, "roc_auc": roc_auc}


class Classification:
    """Samples of classes, and a network with (N, outputs) outputs, at least one for each class."""

    of: Of = "classes"

    def __init__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> None:
        self.classes = facts.classes
        self.outputs = output[0] if output else 1
        self.numbers = self.outputs
        left_out = getattr(train.loss, "ignore_index", None)
        self.ignored: int | None = left_out if left_out in range(self.outputs) else None
        """The class whose samples the loss leaves out: no figure counts them."""
        self.reading = reading
        self._names = tuple(dict.fromkeys((*headlines(self.of)[1:], *train.metrics)))
        self.tops = tuple(sorted({FIGURES[name].top for name in self._names} - {0}))
        self.ranks = tuple([name for name in self._names if name in _OF_RANKS])
        self.calibrates = "calibration_error" in self._names
        self.needs_margins = any(name in OF_MARGINS for name in self._names)

    def encode(self, loss: Loss, outputs_nc: Tensor, labels_n: Tensor) -> Tensor:
        """See the function of that name."""
        return encode(loss, outputs_nc, labels_n)

    def kept(self, outputs_n: Tensor) -> Tensor:
        """The outputs as they are."""
        return outputs_n

    def predicted(self, outputs_nc: Tensor) -> Tensor:
        """(N,) the number of the class that is predicted."""
        return outputs_nc.argmax(1)

    def scores(self, outputs_nc: Tensor) -> Tensor:
        """(N,) of two classes, how far the output of the second is above that of the first."""
        return outputs_nc[:, 1] - outputs_nc[:, 0]

    def shares(self, outputs_nc: Tensor) -> Tensor:
        """(N, outputs) the probability of each class."""
        assert self.reading is not None, "figures of probabilities are refused where there are none"
        return probabilities(outputs_nc, self.reading)

    def step_sums(self, kept_n: Tensor, labels_n: Tensor) -> Tensor:
        """(1,) int64: how many samples are predicted right; (2,) with how many are counted, where samples of one class
        are not.
        """
        right = self.predicted(kept_n) == labels_n
        if self.ignored is None:
            return right.sum()[None]
        counted = labels_n != self.ignored
        return torch.stack([(right & counted).sum(), counted.sum()])

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """The accuracy."""
        hits, counted = (*sums, samples)[:2] if sums else (0, 0)
        return {"accuracy": hits / max(counted, 1)}

    def counts(self, *, in_full: bool) -> Counts:
        """Hits alone where nothing else is asked for."""
        return ClassCounts(self, margins=in_full or self.needs_margins, table=in_full and self.has_table)

    @property
    def has_table(self) -> bool:
        """Whether classes are counted each against each, where all is asked for."""
        return self.outputs <= MOST_IN_TABLE

    def figures(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Accuracy, and what the recipe asks for beside it."""
        parts = self._parts(sums)
        hits, counted = parts["hits"].item(), max(parts["counted"].item(), 1)
        found = {"accuracy": hits / counted, "error_rate": 1 - hits / counted if parts["counted"] else 0.0}
        for name in self._names:
            if top := FIGURES[name].top:
                found[name] = parts[f"top{top}"].item() / counted
            elif name in OF_MARGINS:
                found[name] = OF_MARGINS[name](self._margins(parts))
            elif name == "calibration_error":
                found[name] = calibration_error(parts[name])
            elif name in _OF_RANKS:
                found[name] = parts[name].item()
        return {name: found[name] for name in self._names}

    def report(self, sums: Sequence[float]) -> Mapping[str, Any]:
        """`classes`; `per_class`, see `margins.by_class`; and `confusion`: for each class, how many of its samples were
        taken for each output. Without `confusion` where there are very many classes.
        """
        parts = self._parts(sums)
        found = {"classes": list(self.classes), "per_class": by_class(self._margins(parts), self.classes)}
        if "table" in parts:
            table = parts["table"].view(self.outputs, self.outputs).long()
            found["confusion"] = table[: len(self.classes)].tolist()
        return found

    def sizes(self) -> dict[str, int]:
        """The parts of all sums, in their order, with how many numbers each has; the last two may not be there."""
        return {
            "hits": 1,
            "counted": 1,
            **{f"top{top}": 1 for top in self.tops},
            **dict.fromkeys(self.ranks, 1),
            **({"calibration_error": 3 * BINS} if self.calibrates else {}),
            "margins": 3 * self.outputs,
            "table": self.outputs**2,
        }

    def _parts(self, sums: Sequence[float]) -> dict[str, Tensor]:
        """All sums by their names, float64."""
        found, rest = {}, torch.tensor(sums, dtype=torch.float64)
        for name, size in self.sizes().items():
            if len(rest):
                found[name], rest = rest[:size], rest[size:]
        return found

    def _margins(self, parts: Mapping[str, Tensor]) -> Margins:
        return Margins(*parts["margins"].view(3, self.outputs))


def encode(loss: Loss, outputs_nc: Tensor, labels_n: Tensor) -> Tensor:
    """Class numbers; for losses that want a number for each output, 1 for the class, and 0 or -1 for the others."""
    if loss.target == "class":
        return labels_n
    # Not torch's `one_hot`, which looks whether all labels are classes: a look at numbers of a device waits for it.
    classes = torch.arange(outputs_nc.shape[1], device=labels_n.device)
    one_hot = (labels_n.unsqueeze(-1) == classes).to(outputs_nc.dtype)
    return one_hot if loss.target == "one_hot" else one_hot * 2 - 1


class ClassCounts:
    """Predictions and classes of all samples, and what else the figures of a task are computed of.

    Samples of the class that is ignored are not counted.
    """

    def __init__(self, task: Classification, *, margins: bool, table: bool) -> None:
        self._task = task
        self._with_margins = margins
        self._with_table = table
        self._predicted: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._scores: list[Tensor] = []
        self._confidence: list[Tensor] = []
        self._hits: dict[int, list[Tensor]] = {top: [] for top in task.tops}

    def add(self, outputs_nc: Tensor, labels_n: Tensor) -> None:
        """Count a batch, without waiting for the device."""
        task = self._task
        predicted = task.predicted(outputs_nc)
        self._predicted.append(predicted)
        self._labels.append(labels_n)
        for top, hits in self._hits.items():
            among = outputs_nc.topk(top).indices == labels_n[:, None]
            if task.ignored is not None:
                among &= (labels_n != task.ignored)[:, None]
            hits.append(among.sum())
        if task.ranks:
            self._scores.append(task.scores(outputs_nc))
        if task.calibrates:
            self._confidence.append(task.shares(outputs_nc).gather(1, predicted[:, None])[:, 0])

    def sums(self) -> list[float]:
        """See `Classification.sizes`."""
        task = self._task
        predicted, labels = torch.cat(self._predicted), torch.cat(self._labels)
        counted = labels != task.ignored if task.ignored is not None else torch.ones_like(labels, dtype=torch.bool)
        predicted, labels = predicted[counted], labels[counted]
        hits = [int(torch.stack(hits).sum()) for hits in self._hits.values()]
        found: list[float] = [int((predicted == labels).sum()), len(labels), *hits]
        if task.ranks:
            scores = torch.cat(self._scores)[counted]
            found += [_OF_RANKS[name](scores, labels == 1) for name in task.ranks]
        if task.calibrates:
            found += bin_sums(torch.cat(self._confidence)[counted], predicted == labels).tolist()
        found += table_sums(labels, predicted, task.outputs, margins=self._with_margins, table=self._with_table)
        return [float(number) for number in found]


def table_sums(labels: Tensor, predicted: Tensor, outputs: int, *, margins: bool, table: bool) -> list[int]:
    """The margins of a table of classes and predictions, and its cells row by row, where they are wanted."""
    found: list[int] = []
    if margins:
        for classes in (labels[predicted == labels], labels, predicted):
            found += torch.bincount(classes, minlength=outputs).tolist()
    if table:
        found += torch.bincount(labels * outputs + predicted, minlength=outputs**2).tolist()
    return found
