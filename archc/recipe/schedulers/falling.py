"""Schedulers that multiply the learning rate by a factor that depends on the time alone."""

from typing import Annotated

from archc.recipe.schedulers.base import Every, Scheduler
from archc.terms.record import Doc
from archc.terms.values import Count, NonNegative, Positive, Size, integer, listed, number

_Gamma = Annotated[NonNegative, Doc("What the learning rate is multiplied by.")]
_Total = Annotated[Count, Doc("How long it changes; after that the learning rate stays.")]
_FACTOR = number("a number above 0 and at most 1", above=0, most=1)


class StepLR(Scheduler):
    """Multiply the learning rate by `gamma` every `step_size` epochs."""

    step_size: Annotated[Size, Doc("Epochs, or steps, from one change to the next.")]
    gamma: _Gamma = 0.1
    every: Every = "epoch"

    def first_change(self) -> int | None:
        return self.step_size


class MultiStepLR(Scheduler):
    """Multiply the learning rate by `gamma` at each of the milestones."""

    milestones: Annotated[
        tuple[int, ...],
        listed("a list of ints of at least 1", integer("", 1), least=1),
        Doc("After how many epochs, or steps."),
    ]
    gamma: _Gamma = 0.1
    every: Every = "epoch"

    def first_change(self) -> int | None:
        return min(self.milestones)


class ConstantLR(Scheduler):
    """Multiply the learning rate by `factor` until `total_iters` epochs are over."""

    factor: Annotated[NonNegative, number("a number from 0 to 1", least=0, most=1), Doc("The factor.")] = 1 / 3
    total_iters: _Total = 5
    every: Every = "epoch"


class LinearLR(Scheduler):
    """Multiply the learning rate by a factor that goes from `start_factor` to `end_factor` in a straight line."""

    start_factor: Annotated[Positive, _FACTOR, Doc("The first factor.")] = 1 / 3
    end_factor: Annotated[NonNegative, number("a number from 0 to 1", least=0, most=1), Doc("The last factor.")] = 1.0
    total_iters: Annotated[Size, Doc("How long it changes; after that the learning rate stays.")] = 5
    every: Every = "epoch"


class ExponentialLR(Scheduler):
    """Multiply the learning rate by `gamma` after every epoch."""

    principal = "gamma"

    gamma: _Gamma
    every: Every = "epoch"


class PolynomialLR(Scheduler):
    """Let the learning rate fall to 0 within `total_iters` epochs, as `(1 - t / total_iters) ** power`."""

    total_iters: Annotated[Size, Doc("How long it falls; after that the learning rate is 0.")] = 5
    power: Annotated[NonNegative, Doc("1 is a straight line.")] = 1.0
    every: Every = "epoch"
