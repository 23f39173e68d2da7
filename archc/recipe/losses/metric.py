"""Losses that draw samples of one class together, and push those of others away."""

from typing import Annotated

from archc.layers.ranges import POSITIVE, Range
from archc.recipe.losses.base import Loss, Reduction
from archc.terms.record import Doc
from archc.terms.values import Flag, Positive, Real


class HingeEmbeddingLoss(Loss):
    """Hinge loss of a distance: `x` for samples of the second of two classes, `max(0, margin - x)` for the others.

    The output is one distance of at least 0, as Softplus gives it. It says the second class where it is below half the
    margin.
    """

    target = "sign"
    takes = ("two classes",)
    gives = "distance"
    wants = "one distance, which is small for the second of two classes"

    margin: Annotated[Real, Doc("How far away samples of the first class should be.")] = 1.0
    reduction: Reduction = "mean"

    def admits(self) -> Range:
        return POSITIVE


class TripletMarginLoss(Loss):
    """How much nearer a sample should be to one of its own class than to one of another.

    `max(0, d(anchor, positive) - d(anchor, negative) + margin)`, where `d` is the p-norm of a difference. Each sample
    of a batch is an anchor once: with the farthest sample of its own class, and the nearest one of another that is
    farther still, or else the farthest (FaceNet, 2015: semi-hard). One that lacks either in its batch does not count.
    The output is a vector of any length. The prediction is the class of the nearest other sample of the split.
    """

    takes = ("classes",)
    compares = "samples"
    mean = "samples"
    gives = "embedding"
    wants = "a vector of any length"

    margin: Annotated[Positive, Doc("By how much the other class should be farther away.")] = 1.0
    p: Annotated[Positive, Doc("Which norm a distance is: 2 is Euclid's.")] = 2.0
    eps: Annotated[Positive, Doc("Added to each difference, which keeps the gradient of a distance of 0 finite.")] = (
        1e-6
    )
    swap: Annotated[Flag, Doc("Count the distance from positive to negative where that is the smaller one.")] = False
    reduction: Reduction = "mean"
