"""A model and a split -> loss, accuracy and confusion counts, without touching any random state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor, nn

from archc.data.batches import Preparation
from archc.data.splits import Split
from archc.distributed.ranks import ALONE, Ranks
from archc.lowering import lower
from archc.machine.precision import forward_of
from archc.network import Network
from archc.recipe.train import Train
from archc.training import metrics
from archc.training.objective import Objective

_BATCH_BYTES: Final = {"cpu": 32 * 2**20}
"""Activations that a batch may take: on a CPU they should stay near its caches."""
_OTHER_BATCH_BYTES: Final = 512 * 2**20
_MOST_SAMPLES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a split. `confusion` counts samples by (label, largest output), (outputs, outputs) int64."""

    loss: float
    correct: int
    samples: int
    confusion: Tensor | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    """What the spec asks for beside them."""

    @property
    def accuracy(self) -> float:
        return self.correct / self.samples


def batch_size(network: Network, device: torch.device) -> int:
    """Samples of an evaluation batch: as many as the device works on well."""
    most = _BATCH_BYTES.get(device.type, _OTHER_BATCH_BYTES)
    return max(1, min(_MOST_SAMPLES, most // max(network.activation_bytes, 1)))


class Measure:
    """How a recipe measures: its loss, its preparation of samples, its precision and its metrics, on one device.

    `labels` are those of the training samples, for a loss that is balanced by them.
    """

    def __init__(
        self, network: Network, train: Train, device: torch.device, labels: Tensor | None, ranks: Ranks = ALONE
    ) -> None:
        self.objective = Objective(train.loss, device, outputs=network.output[0], labels=labels)
        self.prepare = Preparation(train.data.transform, device)
        self._precision = train.precision
        self._metrics = train.metrics
        self._device = device
        self._batch = batch_size(network, device)
        self._ranks = ranks

    def __call__(self, model: nn.Module, split: Split, *, confusion: bool = False) -> Measured:
        """The figures of the model on a split of the same device. Leaves the model in the mode it was in."""
        training = model.training
        model.eval()
        try:
            with torch.inference_mode():
                return self._measure(model, split, confusion)
        finally:
            model.train(training)

    def _measure(self, model: nn.Module, split: Split, confusion: bool) -> Measured:
        forward = forward_of(lower(model, self._device, self._precision), self._precision, self._device)
        losses, counts, predicted, labels = [], [], [], []
        hits: dict[int, list[Tensor]] = {k: [] for k in metrics.tops(self._metrics)}
        outputs = split.labels.new_empty(0)
        for start in range(0, len(split), self._batch * self._ranks.size):
            part, own = self._part(split, start)
            outputs = forward(self.prepare(part.images))[:own]
            part = part.rows(0, own)
            losses.append(self.objective.total(outputs, part.labels))
            counts.append(self.objective.share(part.labels))
            predicted.append(outputs.argmax(1))
            labels.append(part.labels)
            for k, found in hits.items():
                found.append((outputs.topk(k).indices == part.labels[:, None]).sum())
        chosen, true = torch.cat(predicted), torch.cat(labels)
        correct = int((chosen == true).sum())
        figures = [sum(torch.stack(losses).tolist()), sum(torch.stack(counts).tolist()), correct]
        figures += [int(torch.stack(found).sum()) for found in hits.values()]
        loss, count, right, *tops = self._ranks.summed(figures)
        found_in_top = {k: int(top) for k, top in zip(hits, tops, strict=True)}
        table = self._table(true, chosen, outputs.shape[1]) if confusion or self._metrics else None
        return Measured(
            loss=loss / max(count, 1e-30),
            correct=int(right),
            samples=len(split),
            confusion=table if confusion else None,
            metrics=metrics.measured(self._metrics, table, found_in_top) if table is not None else {},
        )

    def _part(self, split: Split, start: int) -> tuple[Split, int]:
        """This process's part of the next batches, and how many of its samples count.

        One sample that does not count keeps company with the processes that have some.
        """
        end = min(start + self._batch * self._ranks.size, len(split))
        first, last = self._ranks.cut(end - start)
        if first == last:
            return split.rows(start, start + 1), 0
        return split.rows(start + first, start + last), last - first

    def _table(self, labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
        own = _confusion(labels, predicted, classes)
        if self._ranks.size == 1:
            return own
        return own.new_tensor(self._ranks.summed(own.flatten().tolist())).view_as(own)


def _confusion(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    return torch.bincount(labels * classes + predicted, minlength=classes * classes).view(classes, classes).cpu()
