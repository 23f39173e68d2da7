"""The figures of steps: losses, and what the task counts, collected without waiting for the device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import torch
from torch import Tensor

from archc.distributed.ranks import ALONE, Ranks
from archc.training.tasks.base import Task


@dataclass(slots=True)
class Tally:
    """Sums over some steps. `loss` is the sum over samples; `sums` are those of the task."""

    loss: float = 0.0
    sums: tuple[float, ...] = ()
    samples: int = 0
    steps: int = 0

    @property
    def mean_loss(self) -> float:
        return self.loss / max(self.samples, 1)

    def add(self, losses: Sequence[float], sums: Sequence[Sequence[float]], samples: int) -> None:
        """Add steps: the sum of each one's losses, and the task's sums, which are of each or of all of them."""
        # One by one, so that the sum does not depend on how many come at once.
        for loss in losses:
            self.loss += loss
        for row in sums:
            self.sums = tuple(map(add, self.sums or (0.0,) * len(row), row))
        self.samples += samples
        self.steps += len(losses)


class NotFiniteError(Exception):
    """A loss is infinite or not a number. `steps_ago` counts back from the newest step, which is 0."""

    def __init__(self, loss: float, steps_ago: int) -> None:
        super().__init__(loss, steps_ago)
        self.loss = loss
        self.steps_ago = steps_ago


class StepFigures:
    """Losses and outputs of the newest steps, left on the device until `collect` asks for their values."""

    def __init__(self, task: Task, *, is_mean: bool) -> None:
        self._task = task
        self._is_mean = is_mean
        self._losses: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._targets: list[Tensor] = []
        self._sizes: list[int] = []

    def __len__(self) -> int:
        return len(self._losses)

    def add(self, loss: Tensor, outputs_n: Tensor, targets_n: Tensor, size: int, *, counts: bool = True) -> None:
        """Keep the figures of a step, detached. Takes no time on the device, and waits for nothing.

        `size` is that of the whole batch, of which this process may have a share; one that does not count is left out.
        """
        self._losses.append(loss)
        self._sizes.append(size)
        kept_n = self._task.kept(outputs_n)
        self._outputs.append(kept_n if counts else kept_n[:0])
        self._targets.append(targets_n if counts else targets_n[:0])

    def collect(self, tallies: Sequence[Tally], ranks: Ranks = ALONE) -> None:
        """Add the kept steps, of all processes, to each of the tallies, and forget them. Waits for the device.

        Raises:
            NotFiniteError: the loss of a step is not finite.
        """
        if not self._losses:
            return
        counted = self._counted()
        summed = ranks.summed([*torch.stack(self._losses).tolist(), *torch.cat(counted).tolist()])
        losses, sums = summed[: len(self._losses)], summed[len(self._losses) :]
        width = len(counted[0])
        rows = [sums[start : start + width] for start in range(0, len(sums), max(width, 1))]
        sizes = self._sizes
        self._losses, self._outputs, self._targets, self._sizes = [], [], [], []
        for index, loss in enumerate(losses):
            if not math.isfinite(loss):
                raise NotFiniteError(loss, len(losses) - 1 - index)
        each = [loss * size if self._is_mean else loss for loss, size in zip(losses, sizes, strict=True)]
        for tally in tallies:
            tally.add(each, rows, sum(sizes))

    def _counted(self) -> list[Tensor]:
        """What the task counts, of all kept steps at once, or of each, where sums depend on what comes first."""
        first = self._task.step_sums(self._outputs[0], self._targets[0])
        if not first.is_floating_point():
            return [self._task.step_sums(torch.cat(self._outputs), torch.cat(self._targets))]
        others = zip(self._outputs[1:], self._targets[1:], strict=True)
        return [first, *(self._task.step_sums(outputs_n, targets_n) for outputs_n, targets_n in others)]
