"""What the loop asks of a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from torch import Tensor

from archc.recipe.losses import Loss


class Counts(Protocol):
    """What is counted while the samples of a split pass: sums, so that those of several processes add up."""

    def add(self, outputs_n: Tensor, targets_n: Tensor) -> None:
        """Count a batch, (N, ...) each, without waiting for the device."""

    def sums(self) -> list[float]:
        """All counts, in an order of their own. Waits for the device."""


class Task(Protocol):
    """A kind of target, with the figures that a recipe asks for."""

    @property
    def numbers(self) -> int:
        """How many numbers of a sample a loss compares, where it is a mean over all of them."""

    def encode(self, loss: Loss, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        """The targets as a loss compares them with (N, ...) outputs."""

    def kept(self, outputs_n: Tensor) -> Tensor:
        """(N, ...) what is kept of the outputs of a step for its figures, without waiting for the device."""

    def step_sums(self, kept_n: Tensor, targets_n: Tensor) -> Tensor:
        """(K,) what the running figures of steps are computed of, for kept outputs and (N, ...) targets."""

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """The running figures, beside the loss, of so many samples with these sums; of none, with none."""

    def counts(self, *, in_full: bool) -> Counts:
        """Counts that begin with nothing; `in_full` for `report`."""

    def figures(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """The figures of a split, beside the loss: the task's own, and those that the recipe asks for."""

    def report(self, sums: Sequence[float]) -> Mapping[str, Any]:
        """JSON-like data that says more than figures, of counts in full."""
