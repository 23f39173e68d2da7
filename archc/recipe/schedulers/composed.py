"""Schedulers made of schedulers."""

from typing import Annotated

from archc.diagnostics import catalog
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.schedulers.base import Every, Scheduler
from archc.recipe.schedulers.plateau import ReduceLROnPlateau
from archc.terms.record import Doc
from archc.terms.term import OneOf
from archc.terms.values import integer, listed

_Parts = Annotated[tuple[Scheduler, ...], Doc("The schedulers."), OneOf("scheduler", SCHEDULERS)]


class SequentialLR(Scheduler):
    """One scheduler after the other; the next begins at each milestone.

    A warm-up is a LinearLR in front:
    `{schedulers: [{LinearLR: {total_iters: 5}}, CosineAnnealingLR], milestones: [5]}`.
    """

    schedulers: _Parts
    milestones: Annotated[
        tuple[int, ...],
        listed("a list of ints of at least 1", integer("", 1)),
        Doc("When each but the first begins."),
    ]
    every: Every = "epoch"

    def parts(self) -> tuple[Scheduler, ...]:
        return self.schedulers

    def begins(self) -> tuple[int, ...]:
        return (0, *self.milestones)

    def made_for(self, length: int, begin: int = 0) -> Scheduler:
        ends = (*self.milestones, length - begin)
        spans = zip(self.schedulers, self.begins(), ends, strict=True)
        parts = [part.made_for(end, start) for part, start, end in spans]
        return SequentialLR(**{**vars(self), "schedulers": tuple(parts)})

    def check(self) -> None:
        _check_parts(self.schedulers, self.every)
        if len(self.milestones) != len(self.schedulers) - 1:
            reason = f"{len(self.schedulers)} schedulers have {len(self.schedulers) - 1} milestones between them"
            raise catalog.values.Contradiction(
                field="milestones", first="schedulers", second="milestones", reason=reason
            )
        if list(self.milestones) != sorted(set(self.milestones)):
            raise catalog.values.Contradiction(
                field="milestones", first="milestones", second="schedulers", reason="each begins later than the last"
            )


class ChainedScheduler(Scheduler):
    """Several schedulers at once: each changes the learning rate that the one before has left."""

    principal = "schedulers"

    schedulers: _Parts
    every: Every = "epoch"

    def parts(self) -> tuple[Scheduler, ...]:
        return self.schedulers

    def made_for(self, length: int, begin: int = 0) -> Scheduler:
        parts = tuple(part.made_for(length, begin) for part in self.schedulers)
        return ChainedScheduler(**{**vars(self), "schedulers": parts})

    def check(self) -> None:
        _check_parts(self.schedulers, self.every)


def _check_parts(parts: tuple[Scheduler, ...], every: str) -> None:
    if not parts:
        raise catalog.values.Contradiction(
            field="schedulers", first="schedulers", second="[]", reason="it is made of at least one scheduler"
        )
    for part in parts:
        if isinstance(part, ReduceLROnPlateau):
            raise catalog.values.Contradiction(
                field="schedulers",
                first="schedulers",
                second="ReduceLROnPlateau",
                reason="it looks at a figure, and the others count; write it alone",
            )
