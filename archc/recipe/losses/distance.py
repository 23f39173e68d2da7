"""Losses that measure the distance of each output from its target: 1 for the class, and 0 for the others."""

from typing import Annotated

from archc.layers.ranges import UNIT, Range
from archc.recipe.losses.base import Loss, Reduction
from archc.terms.record import Doc
from archc.terms.values import NonNegative, Positive


class Distance(Loss):
    """What they share. Abstract."""

    target = "one_hot"
    takes = ("classes", "numbers")
    wants = "one number for each class"

    def spans(self) -> Range | None:
        """What targets of classes are."""
        return UNIT


class MSELoss(Distance):
    """Mean squared error: `(x - y) ** 2`, the mean over all outputs of the batch.

    On a data set of classes the target is 1 for the class and 0 for the others.
    """

    reduction: Reduction = "mean"


class L1Loss(Distance):
    """Mean absolute error: `|x - y|`, the mean over all outputs of the batch.

    On a data set of classes the target is 1 for the class and 0 for the others.
    """

    reduction: Reduction = "mean"


class SmoothL1Loss(Distance):
    """Squared error below `beta`, absolute error above: `d ** 2 / (2 * beta)` or `d - beta / 2`.

    On a data set of classes the target is 1 for the class and 0 for the others.
    """

    reduction: Reduction = "mean"
    beta: Annotated[NonNegative, Doc("Where it changes from one to the other.")] = 1.0


class HuberLoss(Distance):
    """Squared error below `delta`, absolute error above: `d ** 2 / 2` or `delta * (d - delta / 2)`.

    On a data set of classes the target is 1 for the class and 0 for the others.
    """

    reduction: Reduction = "mean"
    delta: Annotated[Positive, Doc("Where it changes from one to the other.")] = 1.0
