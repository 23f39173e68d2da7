"""A model and a split -> loss, accuracy and confusion counts, without touching any random state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from archc.network import Network
from archc.training.data.batches import Preparation
from archc.training.data.splits import Split
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

    @property
    def accuracy(self) -> float:
        return self.correct / self.samples


def batch_size(network: Network, device: torch.device) -> int:
    """Samples of an evaluation batch: as many as the device works on well."""
    most = _BATCH_BYTES.get(device.type, _OTHER_BATCH_BYTES)
    return max(1, min(_MOST_SAMPLES, most // max(network.activation_bytes, 1)))


def measure(
    model: nn.Module, split: Split, objective: Objective, prepare: Preparation, *, batch: int, confusion: bool = False
) -> Measured:
    """The figures of the model on a split of the same device. Leaves the model in the mode it was in."""
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            return _measure(model, split, objective, prepare, batch, confusion)
    finally:
        model.train(training)


def _measure(
    model: nn.Module, split: Split, objective: Objective, prepare: Preparation, batch: int, confusion: bool
) -> Measured:
    losses, counts, predicted = [], [], []
    outputs = split.labels.new_empty(0)
    for start in range(0, len(split), batch):
        part = split.rows(start, min(start + batch, len(split)))
        outputs = model(prepare(part.images))
        loss, count = objective.total(outputs, part.labels)
        losses.append(loss)
        counts.append(count)
        predicted.append(outputs.argmax(1))
    chosen = torch.cat(predicted)
    return Measured(
        loss=sum(torch.stack(losses).tolist()) / max(sum(torch.stack(counts).tolist()), 1e-30),
        correct=int((chosen == split.labels).sum()),
        samples=len(split),
        confusion=_confusion(split.labels, chosen, outputs.shape[1]) if confusion else None,
    )


def _confusion(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    return torch.bincount(labels * classes + predicted, minlength=classes * classes).view(classes, classes).cpu()
