"""A loss of numbers whose uncertainty the network says itself."""

from typing import Annotated

from archc.recipe.losses.base import Loss, Reduction
from archc.terms.record import Doc
from archc.terms.values import Flag, Positive


class GaussianNLLLoss(Loss):
    """Negative log likelihood of normal distributions: `(log(var) + (x - y) ** 2 / var) / 2`, a mean over all numbers.

    The output has twice the numbers of the target along its first axis: the means, then the variances, which are
    at least 0, as `Concat: [[Linear: 1], [Linear: 1, Softplus]]` gives them. The mean is the prediction.
    """

    target = "one_hot"
    takes = ("numbers",)
    wants = "a mean and a variance for each number"

    full: Annotated[Flag, Doc("Add the constant `log(2 * pi) / 2`, which does not depend on the output.")] = False
    eps: Annotated[Positive, Doc("The least that a variance counts as.")] = 1e-6
    reduction: Reduction = "mean"
