"""Schedulers that let the learning rate rise and fall, and the momentum against it. They count steps."""

from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.recipe.schedulers.base import Every, Scheduler
from archc.terms.record import Doc
from archc.terms.values import Flag, Fraction, NonNegative, Positive, Probability, Size, choice

_Cycle = Annotated[Flag, Doc("Let the momentum (Adam's first beta) fall where the learning rate rises.")]
_Low = Annotated[Probability, Doc("The lowest momentum.")]
_High = Annotated[Probability, Doc("The highest momentum.")]


class CyclicLR(Scheduler):
    """Let the learning rate rise from `base_lr` to `max_lr` and fall back, again and again."""

    base_lr: Annotated[NonNegative, Doc("The lowest learning rate, which replaces the optimizer's `lr`.")]
    max_lr: Annotated[NonNegative, Doc("The highest learning rate.")]
    step_size_up: Annotated[Size, Doc("Steps from the lowest to the highest.")] = 2000
    step_size_down: Annotated[Size | None, Doc("Steps back down; null: as many as up.")] = None
    mode: Annotated[
        Literal["triangular", "triangular2", "exp_range"],
        choice("triangular", "triangular2", "exp_range"),
        Doc("Cycles of equal height, each half as high as the last, or falling as `gamma ** step`."),
    ] = "triangular"
    gamma: Annotated[Positive, Doc("The factor of `exp_range`.")] = 1.0
    cycle_momentum: _Cycle = True
    base_momentum: _Low = 0.8
    max_momentum: _High = 0.9
    every: Every = "step"

    def cycles_momentum(self) -> bool:
        return self.cycle_momentum

    def check(self) -> None:
        if self.base_lr > self.max_lr:
            raise catalog.values.Contradiction(
                field="max_lr", first="base_lr", second="max_lr", reason="the lowest is above the highest"
            )


class OneCycleLR(Scheduler):
    """Let the learning rate rise to `max_lr` and fall to almost nothing, once in the run.

    Its length is that of the run, unless `total_steps`, or `epochs` and `steps_per_epoch`, say otherwise. It counts
    steps; it has its own warm-up. Unless `cycle_momentum` is false it also sets the optimizer's momentum, from 0.95
    down to 0.85 and back, which SGD without momentum then has, as in torch.
    """

    principal = "max_lr"

    max_lr: Annotated[Positive, Doc("The highest learning rate. The optimizer's `lr` has no effect.")]
    total_steps: Annotated[Size | None, Doc("Its length; left out: that of the run.")] = None
    epochs: Annotated[Size | None, Doc("Its length in epochs of `steps_per_epoch`, instead of `total_steps`.")] = None
    steps_per_epoch: Annotated[Size | None, Doc("Steps in an epoch, beside `epochs`.")] = None
    pct_start: Annotated[Fraction, Doc("The share of the steps in which it rises.")] = 0.3
    anneal_strategy: Annotated[Literal["cos", "linear"], choice("cos", "linear"), Doc("The shape of its sides.")] = (
        "cos"
    )
    cycle_momentum: _Cycle = True
    base_momentum: _Low = 0.85
    max_momentum: _High = 0.95
    div_factor: Annotated[Positive, Doc("`max_lr` is this many times the first learning rate.")] = 25.0
    final_div_factor: Annotated[Positive, Doc("The first learning rate is this many times the last.")] = 1e4
    three_phase: Annotated[Flag, Doc("Fall as long as it has risen, then to the end.")] = False
    every: Every = "step"

    def check(self) -> None:
        if (self.epochs is None) != (self.steps_per_epoch is None):
            field = "epochs" if self.steps_per_epoch is None else "steps_per_epoch"
            raise catalog.values.Contradiction(
                field=field, first="epochs", second="steps_per_epoch", reason="each needs the other, or leave out both"
            )
        if self.total_steps is not None and self.epochs is not None:
            raise catalog.values.Contradiction(
                field="epochs", first="total_steps", second="epochs", reason="only one of the two can be its length"
            )

    def cycles_momentum(self) -> bool:
        return self.cycle_momentum

    def total(self) -> int | None:
        return self.total_steps or (
            self.epochs * self.steps_per_epoch if self.epochs and self.steps_per_epoch else None
        )

    def made_for(self, length: int, begin: int = 0) -> Scheduler:
        given = {**vars(self), "epochs": None, "steps_per_epoch": None}
        return OneCycleLR(**{**given, "total_steps": self.total() or max(1, length - begin)})
