"""Losses whose target is the number of the class."""

from typing import Annotated

from archc.recipe.losses.base import Loss, Reduction, WeightOrBalanced
from archc.terms.record import Doc
from archc.terms.values import Int, Probability, Real, integer

_IgnoreIndex = Annotated[Int, Doc("Samples, or positions, of this class do not count.")]


class CrossEntropyLoss(Loss):
    """Cross entropy of logits and classes: `-log(softmax(x)[class])`, the mean over the batch.

    The output is one logit for each class, without Softmax: the loss has its own. Where each position of a sample has a
    class, as each pixel of an image, there are logits for each position: (classes, height, width).
    """

    principal = None
    takes = ("classes", "positions")
    mean = "weights"
    gives = "logits"
    wants = "logits, one for each class"

    weight: WeightOrBalanced = None
    ignore_index: _IgnoreIndex = -100
    reduction: Reduction = "mean"
    label_smoothing: Annotated[Probability, Doc("Share of the target that is spread over all classes.")] = 0.0


class NLLLoss(Loss):
    """Negative log likelihood: `-x[class]`, the mean over the batch.

    The output is a log-probability for each class, as LogSoftmax gives it; for each position, where those have classes.
    """

    takes = ("classes", "positions")
    mean = "weights"
    gives = "log_probabilities"
    wants = "log-probabilities, one for each class"

    weight: WeightOrBalanced = None
    ignore_index: _IgnoreIndex = -100
    reduction: Reduction = "mean"


class MultiMarginLoss(Loss):
    """Hinge loss over classes: `sum(max(0, margin - x[class] + x[i]) ** p) / classes` over all others `i`."""

    mean = "samples"
    wants = "scores, one for each class"

    p: Annotated[int, integer("1 or 2", 1, 3), Doc("Power of the hinge.")] = 1
    margin: Annotated[Real, Doc("By how much the right class should win.")] = 1.0
    weight: WeightOrBalanced = None
    reduction: Reduction = "mean"
