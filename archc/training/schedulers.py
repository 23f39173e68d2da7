"""A scheduler of a spec, with those that it is made of -> torch's own, and what of it changes while it runs."""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch.optim import lr_scheduler

from archc.recipe.figures import better
from archc.recipe.schedulers import Scheduler
from archc.recipe.schedulers.composed import SequentialLR
from archc.recipe.schedulers.plateau import ReduceLROnPlateau
from archc.training import saved

_COUNTED: Final = ("last_epoch", "_step_count", "_last_lr")

CHANGING: Final[Mapping[str, tuple[str, ...]]] = {
    "ChainedScheduler": ("_last_lr",),
    "ConstantLR": _COUNTED,
    "CosineAnnealingLR": _COUNTED,
    "CosineAnnealingWarmRestarts": (*_COUNTED, "T_cur", "T_i"),
    "CyclicLR": _COUNTED,
    "ExponentialLR": _COUNTED,
    "LinearLR": _COUNTED,
    "MultiStepLR": _COUNTED,
    "OneCycleLR": _COUNTED,
    "PolynomialLR": _COUNTED,
    "ReduceLROnPlateau": ("last_epoch", "_last_lr", "best", "cooldown_counter", "num_bad_epochs"),
    "SequentialLR": ("last_epoch", "_last_lr"),
    "StepLR": _COUNTED,
}
"""What of each scheduler's `state_dict` its steps change; all else follows from the spec. Seen in torch 2.9 to 2.13."""

_COUNTERS: Final = frozenset({"T_cur", "T_i", "_step_count", "cooldown_counter", "last_epoch", "num_bad_epochs"})
_COUNTERS_FROM: Final[Mapping[str, int]] = {"T_cur": 0, "T_i": 1, "_step_count": 0}
"""Where counters begin. That of epochs is below 0 in parts that have not begun, the more the deeper they are."""
_MOST: Final = 2**53


class Running:
    """A scheduler at work on an optimizer, and those that it is made of."""

    def __init__(self, term: Scheduler, optimizer: torch.optim.Optimizer) -> None:
        self.term = term
        self._optimizer = optimizer
        self._parts = [Running(part, optimizer) for part in term.parts()]
        self.scheduler: Any = _make(term, optimizer, [part.scheduler for part in self._parts])

    def step(self, *figures: float) -> None:
        """Go on by one epoch or step. `figures` is what ReduceLROnPlateau looks at."""
        if isinstance(self.term, SequentialLR):
            self._step_in_sequence(self.term.milestones)
        elif self._parts:
            # As torch's ChainedScheduler does; but its parts may be sequences.
            for part in self._parts:
                part.step()
            self._note_rates()
        else:
            self.scheduler.step(*figures)

    def _step_in_sequence(self, milestones: tuple[int, ...]) -> None:
        """As torch's SequentialLR does, which cannot begin a part that is made of others: it asks it for a learning
        rate of its own, and such parts have none.
        """
        epoch = self.scheduler.last_epoch + 1
        part = self._parts[bisect_right(milestones, epoch)]
        if not part._parts:
            self.scheduler.step()
            return
        self.scheduler.last_epoch = epoch
        if epoch in milestones:
            part._begin()
        else:
            part.step()
        self._note_rates()

    def _begin(self) -> None:
        """Begin as at the start of a training, from the initial learning rate: torch does that when it makes one."""
        for group in self._optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        fresh = Running(self.term, self._optimizer)
        self.restore(fresh.state())

    def _note_rates(self) -> None:
        self.scheduler._last_lr = [group["lr"] for group in self._optimizer.param_groups]

    def state(self) -> dict[str, Any]:
        """The numbers that its steps change, and those of its parts under `parts`."""
        own = {name: getattr(self.scheduler, name) for name in CHANGING[type(self.term).__name__]}
        return own | ({"parts": [part.state() for part in self._parts]} if self._parts else {})

    def restore(self, state: object) -> None:
        """Put back what `state` gave. Older checkpoints also hold what never changes: it has to be as it is.

        Raises:
            DoesNotFit: it is not such a state.
        """
        name = type(self.term).__name__
        own = dict(saved.by_name(state, f"`{name}`"))
        parts = own.pop("parts", [])
        if not isinstance(parts, list) or len(parts) != len(self._parts):
            raise saved.DoesNotFit(f"`{name}` has {len(self._parts)} parts")
        for part, of_part in zip(self._parts, parts, strict=True):
            part.restore(of_part)
        self._check_counters(own, name)
        saved.put_back(vars(self.scheduler), own, CHANGING[name], f"`{name}`")

    def _check_counters(self, state: Mapping[str, Any], name: str) -> None:
        """See that torch can count on from what was saved: it divides by some, and goes through tables by others."""
        for counter in _COUNTERS & state.keys():
            count = state[counter]
            most = getattr(self.scheduler, "total_steps", _MOST)
            if not isinstance(count, int) or not _COUNTERS_FROM.get(counter, -_MOST) <= count <= most:
                raise saved.DoesNotFit(f"`{counter}` of `{name}` cannot be {count}")


def _make(term: Scheduler, optimizer: torch.optim.Optimizer, parts: Sequence[Any]) -> Any:
    name, args, kwargs = term.call({})
    if parts:
        kwargs["schedulers"] = list(parts)
    if isinstance(term, ReduceLROnPlateau):
        kwargs["mode"] = term.mode or better(term.monitor)
    if "milestones" in kwargs:
        kwargs["milestones"] = list(kwargs["milestones"])
    cls = getattr(lr_scheduler, name)
    with warnings.catch_warnings():
        # Of a part that begins at a milestone torch finds that it steps before the optimizer, which has stepped often.
        warnings.simplefilter("ignore")
        # ChainedScheduler finds the optimizer in its parts.
        return cls(*args, **kwargs) if name == "ChainedScheduler" else cls(optimizer, *args, **kwargs)
