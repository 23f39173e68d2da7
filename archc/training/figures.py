"""What a training measures: losses and accuracies of steps and splits, collected without waiting for the device."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(slots=True)
class Tally:
    """Sums over the steps of one epoch. `loss` is the sum over samples."""

    loss: float = 0.0
    correct: int = 0
    samples: int = 0
    steps: int = 0

    @property
    def mean_loss(self) -> float:
        return self.loss / max(self.samples, 1)

    @property
    def accuracy(self) -> float:
        return self.correct / max(self.samples, 1)


class NotFiniteError(Exception):
    """A loss is infinite or not a number. `steps_ago` counts back from the newest step, which is 0."""

    def __init__(self, loss: float, steps_ago: int) -> None:
        super().__init__(loss, steps_ago)
        self.loss = loss
        self.steps_ago = steps_ago


class StepFigures:
    """Losses and outputs of the newest steps, left on the device until `drain` asks for their values."""

    def __init__(self, *, is_mean: bool) -> None:
        self._is_mean = is_mean
        self._losses: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._labels: list[Tensor] = []

    def __len__(self) -> int:
        return len(self._losses)

    def add(self, loss: Tensor, outputs_nc: Tensor, labels_n: Tensor) -> None:
        """Keep the figures of a step. Takes no time on the device, and waits for nothing."""
        self._losses.append(loss.detach())
        self._outputs.append(outputs_nc.detach())
        self._labels.append(labels_n)

    def drain(self, tally: Tally) -> None:
        """Add the kept steps to the tally, and forget them. Waits for the device.

        Losses are summed one by one in double precision, so that the sum does not depend on when it is drained.

        Raises:
            NotFiniteError: the loss of a step is not finite; the steps before it are in the tally.
        """
        if not self._losses:
            return
        losses = torch.stack(self._losses).tolist()
        sizes = [len(labels) for labels in self._labels]
        correct = (torch.cat(self._outputs).argmax(1) == torch.cat(self._labels)).sum().item()
        self._losses, self._outputs, self._labels = [], [], []
        for index, (loss, size) in enumerate(zip(losses, sizes, strict=True)):
            if not math.isfinite(loss):
                raise NotFiniteError(loss, len(losses) - 1 - index)
            tally.loss += loss * size if self._is_mean else loss
        tally.correct += int(correct)
        tally.samples += sum(sizes)
        tally.steps += len(losses)
