"""Schedulers that let the learning rate fall along half a cosine."""

from typing import Annotated

from archc.recipe.schedulers.base import Every, Scheduler
from archc.terms.record import Doc
from archc.terms.values import NonNegative, Size

_Least = Annotated[NonNegative, Doc("The lowest learning rate.")]


class CosineAnnealingLR(Scheduler):
    """Let the learning rate fall to `eta_min` along half a cosine, `T_max` epochs long.

    Without `T_max` it is as long as the run; inside a SequentialLR, as long as its part of the run.
    """

    T_max: Annotated[Size | None, Doc("Epochs, or steps, down to `eta_min`; left out: those of the run.")] = None
    eta_min: _Least = 0.0
    every: Every = "epoch"

    def made_for(self, length: int, begin: int = 0) -> Scheduler:
        return CosineAnnealingLR(**{**vars(self), "T_max": self.T_max or max(1, length - begin)})


class CosineAnnealingWarmRestarts(Scheduler):
    """Let the learning rate fall along half a cosine, again and again, each `T_mult` times as long as the last."""

    T_0: Annotated[Size, Doc("Epochs, or steps, down to `eta_min` the first time.")]
    T_mult: Annotated[Size, Doc("How many times as long each is as the one before.")] = 1
    eta_min: _Least = 0.0
    every: Every = "epoch"
