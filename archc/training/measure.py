"""A model and a split -> its figures, without touching any random state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from archc.analysis.probabilities import reading
from archc.data import kinds
from archc.data.batches import Preparation
from archc.data.splits import Split, Splits
from archc.distributed.ranks import ALONE, Ranks
from archc.lowering import lower
from archc.machine.precision import forward_of
from archc.network import Network
from archc.recipe.train import Train
from archc.training.objective import Objective
from archc.training.tasks import task_of

_BATCH_BYTES: Final = {"cpu": 32 * 2**20}
"""Activations that a batch may take: on a CPU they should stay near its caches."""
_OTHER_BATCH_BYTES: Final = 512 * 2**20
_MOST_SAMPLES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a split, the loss first. `sums` are the task's counts, which its `report` explains."""

    figures: dict[str, float]
    samples: int
    sums: tuple[float, ...]


def batch_size(network: Network, device: torch.device) -> int:
    """Samples of an evaluation batch: as many as the device works on well."""
    most = _BATCH_BYTES.get(device.type, _OTHER_BATCH_BYTES)
    return max(1, min(_MOST_SAMPLES, most // max(network.activation_bytes, 1)))


class Measure:
    """How a recipe measures: its loss, its preparation of samples, its precision and its task, on one device.

    The training samples are asked for what the data is, and by a loss that is balanced by their classes.
    """

    def __init__(
        self, network: Network, train: Train, splits: Splits, device: torch.device, ranks: Ranks = ALONE
    ) -> None:
        targets = splits.train.targets if not train.data.own_target else None
        read, scale = reading(network, train.loss), splits.fitted.targets
        self.task = task_of(train, splits.facts, network.output, targets, read, scale)
        self.objective = Objective(train.loss, device, self.task.encode, outputs=self.task.numbers, labels=targets)
        self.prepare = Preparation(train.data, device, splits.fitted)
        self._naive = kinds.naive(train.data.kind)
        self._precision = train.precision
        self._device = device
        # A loss that compares the samples of a batch says the same on every device in batches as those of training.
        compares = type(train.loss).compares == "samples"
        self._batch = train.batch_size if compares else batch_size(network, device)
        self._ranks = ranks

    def __call__(self, model: nn.Module, split: Split, *, in_full: bool = False) -> Measured:
        """The figures of the model on a split of the same device. Leaves the model in the mode it was in.

        `in_full`: count what the task's `report` needs, too.
        """
        training = model.training
        model.eval()
        try:
            with torch.inference_mode():
                return self._measure(model, split, in_full)
        finally:
            model.train(training)

    def _measure(self, model: nn.Module, split: Split, in_full: bool) -> Measured:
        forward = forward_of(lower(model, self._device, self._precision), self._precision, self._device)
        losses, shares, naive, counts = [], [], [], self.task.counts(in_full=in_full)
        for start in range(0, len(split), self._batch * self._ranks.size):
            part, own = self._part(split, start)
            part = Split(part.inputs, self.prepare.targets(part))
            outputs_n = forward(self.prepare(part.inputs))[:own]
            part = part.rows(0, own)
            losses.append(self.objective.total(outputs_n, part.targets))
            shares.append(self.objective.share(part.targets))
            counts.add(outputs_n, part.targets)
            if self._naive is not None:
                naive.append((self._naive(part.inputs) - part.targets).abs().double().sum())
        errors = sum(torch.stack(naive).tolist()) if naive else 0.0
        own_sums = [sum(torch.stack(losses).tolist()), sum(torch.stack(shares).tolist()), errors, *counts.sums()]
        loss, share, errors, *sums = self._ranks.summed(own_sums)
        figures = {"loss": loss / max(share, 1e-30), **self.task.figures(sums, len(split))}
        if self._naive is not None:
            figures["naive_mae"] = errors / max(split.targets.numel(), 1)
        return Measured(figures, len(split), tuple(sums))

    def _part(self, split: Split, start: int) -> tuple[Split, int]:
        """This process's part of the next batches, and how many of its samples count.

        One sample that does not count keeps company with the processes that have some.
        """
        end = min(start + self._batch * self._ranks.size, len(split))
        first, last = self._ranks.cut(end - start)
        if first == last:
            return split.rows(start, start + 1), 0
        return split.rows(start + first, start + last), last - first
