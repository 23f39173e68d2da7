"""A scheduler and a warm-up of a spec -> the learning rate of each step, and its state for checkpoints."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch.optim import lr_scheduler

from archc.recipe.metrics import better
from archc.recipe.schedulers import Scheduler
from archc.recipe.schedulers.plateau import ReduceLROnPlateau
from archc.recipe.train import Train


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
        self._torch: Any = None
        if self._term is not None:
            length = train.length(steps_per_epoch).of(self._term.unit) or 1
            self._torch = _make(self._term.made_for(length), optimizer)
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

    def look(self, figures: Mapping[str, float]) -> None:
        """Show newly measured figures to a scheduler that looks at one of them."""
        if isinstance(self._term, ReduceLROnPlateau) and self._term.monitor in figures:
            self._torch.step(figures[self._term.monitor])

    def _advance(self) -> None:
        if getattr(self._optimizer, "_opt_called", False):
            self._torch.step()
            return
        with warnings.catch_warnings():
            # float16 may skip the first step of the optimizer, which torch takes for a wrong order of calls.
            warnings.simplefilter("ignore")
            self._torch.step()

    def state(self) -> dict[str, Any]:
        """All numbers that scheduling changes."""
        groups = [{name: value for name, value in group.items() if _is_numeric(value)} for group in self._groups]
        return {"groups": groups, "scheduler": _numbers(self._torch)}

    def restore(self, state: dict[str, Any]) -> None:
        """Put back what `state` gave."""
        for group, saved in zip(self._groups, state["groups"], strict=True):
            for name, value in saved.items():
                group[name] = type(group[name])(value) if isinstance(value, list) else value
        _restore_numbers(self._torch, state["scheduler"])


def _make(term: Scheduler, optimizer: torch.optim.Optimizer) -> Any:
    name, args, kwargs = term.call({})
    if term.parts():
        kwargs["schedulers"] = [_make(part, optimizer) for part in term.parts()]
    if isinstance(term, ReduceLROnPlateau):
        kwargs["mode"] = term.mode or better(term.monitor)
    if "milestones" in kwargs:
        kwargs["milestones"] = list(kwargs["milestones"])
    cls = getattr(lr_scheduler, name)
    # ChainedScheduler finds the optimizer in its parts.
    return cls(*args, **kwargs) if name == "ChainedScheduler" else cls(optimizer, *args, **kwargs)


def _is_numeric(value: object) -> bool:
    """Numbers and lists of them, as JSON has them."""
    if isinstance(value, list | tuple):
        return all(isinstance(item, int | float) for item in value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(scheduler: Any) -> dict[str, Any]:
    """The numbers that a scheduler and its parts hold; empty for None."""
    if scheduler is None:
        return {}
    found = {name: value for name, value in vars(scheduler).items() if _is_numeric(value) and value != []}
    parts = getattr(scheduler, "_schedulers", ())
    return {**found, "parts": [_numbers(part) for part in parts]} if parts else found


def _restore_numbers(scheduler: Any, saved: dict[str, Any]) -> None:
    if scheduler is None:
        return
    for part, own in zip(getattr(scheduler, "_schedulers", ()), saved.get("parts", ()), strict=True):
        _restore_numbers(part, own)
    vars(scheduler).update({name: value for name, value in saved.items() if name != "parts"})
