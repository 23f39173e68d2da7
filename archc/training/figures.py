"""The figures of steps: losses, and what the task counts, collected without waiting for the device."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import add

import torch
from torch import Tensor

from archc.distributed.ranks import ALONE, Ranks
from archc.training.tasks.base import Task


@dataclass(slots=True)
class Tally:
    """Sums over the steps of one epoch. `loss` is the sum over samples; `sums` are those of the task."""

    loss: float = 0.0
    sums: tuple[float, ...] = ()
    samples: int = 0
    steps: int = 0

    @property
    def mean_loss(self) -> float:
        return self.loss / max(self.samples, 1)


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
        self._outputs.append(outputs_n if counts else outputs_n[:0])
        self._targets.append(targets_n if counts else targets_n[:0])

    def collect(self, tally: Tally, ranks: Ranks = ALONE) -> None:
        """Add the kept steps, of all processes, to the tally, and forget them. Waits for the device.

        Losses are summed one by one in double precision, so that the sum does not depend on when they are collected.

        Raises:
            NotFiniteError: the loss of a step is not finite; the steps before it are in the tally.
        """
        if not self._losses:
            return
        counted = self._task.step_sums(torch.cat(self._outputs), torch.cat(self._targets)).tolist()
        summed = ranks.summed([*torch.stack(self._losses).tolist(), *counted])
        losses, sums = summed[: len(self._losses)], summed[len(self._losses) :]
        sizes = self._sizes
        self._losses, self._outputs, self._targets, self._sizes = [], [], [], []
        for index, (loss, size) in enumerate(zip(losses, sizes, strict=True)):
            if not math.isfinite(loss):
                raise NotFiniteError(loss, len(losses) - 1 - index)
            tally.loss += loss * size if self._is_mean else loss
        tally.sums = tuple(map(add, tally.sums or (0.0,) * len(sums), sums))
        tally.samples += sum(sizes)
        tally.steps += len(losses)
