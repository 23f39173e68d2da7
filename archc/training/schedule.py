"""A scheduler and a warm-up of a spec -> the learning rate of each step, and its state for checkpoints."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

import torch

from archc.recipe.schedulers.plateau import ReduceLROnPlateau
from archc.recipe.train import Train
from archc.training import saved
from archc.training.schedulers import Running

CHANGING_IN_GROUPS: Final = ("lr", "momentum", "betas")
"""What schedulers change of an optimizer's groups."""


class Schedule:
    """Moves an optimizer's learning rate. Without a scheduler and a warm-up it does nothing.

    The state of a training that a scheduler may change is in the optimizer's groups (learning rate, momentum, betas)
    and in the scheduler's own counters: both are plain numbers, and `state` gives them all.
    """

    def __init__(self, train: Train, optimizer: torch.optim.Optimizer, steps_per_epoch: int) -> None:
        self._optimizer = optimizer
        self._warmup = train.warmup.steps(steps_per_epoch) if train.warmup else 0
        self._kept: list[float] = []
        self._term = train.scheduler
        self._running: Running | None = None
        if self._term is not None:
            length = train.length(steps_per_epoch).of(self._term.unit) or 1
            self._running = Running(self._term.made_for(length), optimizer)
        self._may_skip = train.precision == "float16"
        self._looks = isinstance(self._term, ReduceLROnPlateau)
        self._each_step = self._term is not None and not self._looks and self._term.unit == "step"
        self._each_epoch = self._term is not None and not self._looks and self._term.unit == "epoch"
        self.lr: float = self._groups[0]["lr"]
        """The learning rate of the newest step."""

    @property
    def _groups(self) -> list[dict[str, Any]]:
        """The optimizer's groups, which it makes anew when its state is loaded."""
        return self._optimizer.param_groups

    def before_step(self, step: int) -> None:
        """Set the learning rate for a step; `step` of them are over."""
        if step < self._warmup:
            self._kept = [group["lr"] for group in self._groups]
            for group in self._groups:
                group["lr"] *= (step + 1) / self._warmup
        self.lr = self._groups[0]["lr"]

    def after_step(self) -> None:
        """Take the warm-up's factor back, which the scheduler does not know of, and go on."""
        for group, lr in zip(self._groups, self._kept, strict=False):
            group["lr"] = lr
        self._kept = []
        if self._each_step:
            self._advance()

    def after_epoch(self) -> None:
        """Go on, where the scheduler counts epochs."""
        if self._each_epoch:
            self._advance()

    def take_note(self, figures: Mapping[str, float]) -> None:
        """Show newly measured figures to a scheduler that looks at one of them."""
        if self._running and isinstance(self._term, ReduceLROnPlateau) and self._term.monitor in figures:
            self._running.step(figures[self._term.monitor])

    def _advance(self) -> None:
        assert self._running is not None
        if not self._may_skip:
            self._running.step()
            return
        with warnings.catch_warnings():
            # float16 may skip the first step of the optimizer, which torch takes for a wrong order of calls.
            warnings.simplefilter("ignore")
            self._running.step()

    def state(self) -> dict[str, Any]:
        """All numbers that scheduling changes."""
        groups = [{name: group[name] for name in CHANGING_IN_GROUPS if name in group} for group in self._groups]
        return {"groups": groups, "scheduler": self._running.state() if self._running else {}}

    def restore(self, state: object) -> None:
        """Put back what `state` gave.

        Raises:
            DoesNotFit: it is of another recipe, or of none.
        """
        parts = saved.by_name(state, "the schedule")
        groups = parts.get("groups")
        if not isinstance(groups, list) or len(groups) != len(self._groups):
            raise saved.DoesNotFit(f"the optimizer has {len(self._groups)} groups of parameters")
        for group, own in zip(self._groups, groups, strict=True):
            saved.put_back(group, saved.by_name(own, "a group"), CHANGING_IN_GROUPS, "a group of the optimizer")
        if self._running is not None:
            self._running.restore(parts.get("scheduler"))
        elif parts.get("scheduler"):
            raise saved.DoesNotFit("there is no scheduler now")
