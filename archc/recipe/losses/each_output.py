"""Losses that take each output by itself, as the evidence for one class against all others."""

from typing import Annotated, Literal

from archc.layers.ranges import ANY, NEGATIVE, POSITIVE, UNIT, Range
from archc.recipe.losses.base import Loss, Reduction, Weight
from archc.terms.record import Doc
from archc.terms.values import Flag, Positive, choice


class BCEWithLogitsLoss(Loss):
    """Binary cross entropy of logits: for each class, whether the sample belongs to it.

    The output is one logit for each class or label, without Sigmoid: the loss has its own. Of two classes one logit
    alone is enough: that of the second.
    """

    target = "one_hot"
    takes = ("classes", "two classes", "labels")
    gives = "each_logit"
    wants = "logits, one for each class"

    weight: Weight = None
    reduction: Reduction = "mean"
    pos_weight: Annotated[Weight, Doc("A weight for each class where a sample belongs to it.")] = None


class BCELoss(Loss):
    """Binary cross entropy of probabilities: for each class, whether the sample belongs to it.

    The output is a probability for each class or label, as Sigmoid gives it. Of two classes one alone is enough: that
    of the second.
    """

    target = "one_hot"
    takes = ("classes", "two classes", "labels")
    gives = "probabilities"
    wants = "probabilities, one for each class"

    weight: Weight = None
    reduction: Reduction = "mean"

    def admits(self) -> Range:
        return UNIT

    def spans(self) -> Range:
        return UNIT


class MultiLabelSoftMarginLoss(Loss):
    """The mean over the labels, or classes, of the logistic loss: for each, whether the sample belongs to it.

    The output is one logit for each label, without Sigmoid: the loss has its own.
    """

    target = "one_hot"
    takes = ("classes", "labels")
    mean = "samples"
    gives = "each_logit"
    wants = "logits, one for each class"

    weight: Weight = None
    reduction: Reduction = "mean"


class SoftMarginLoss(Loss):
    """Logistic loss: `log(1 + exp(-y * x))`, where `y` is 1 for the class, or label, and -1 for the others.

    The output is one logit for each class or label. Of two classes one logit alone is enough: that of the second.
    """

    target = "sign"
    takes = ("classes", "two classes", "labels")
    gives = "each_logit"
    wants = "logits, one for each class"

    reduction: Reduction = "mean"


class KLDivLoss(Loss):
    """Kullback-Leibler divergence from log-probabilities to the target: 1 for the class and 0 for the others.

    `batchmean` is the divergence as mathematics has it; `mean` also divides by the number of classes.
    """

    target = "one_hot"
    gives = "log_probabilities"
    wants = "log-probabilities, one for each class"

    reduction: Annotated[
        Literal["mean", "batchmean", "sum"],
        choice("mean", "batchmean", "sum"),
        Doc("How the losses of a batch become one number."),
    ] = "mean"


class PoissonNLLLoss(Loss):
    """Negative log likelihood of counts: the output is the logarithm of the expected count.

    Targets are counts: whole numbers of at least 0. Of classes the count is 1 for the class and 0 for the others.
    """

    target = "one_hot"
    takes = ("classes", "numbers")
    counts = True
    wants = "the logarithm of an expected count, one for each class"

    log_input: Annotated[Flag, Doc("Whether the output is the logarithm, or the expected count itself.")] = True
    full: Annotated[Flag, Doc("Add Stirling's term, which does not depend on the output.")] = False
    eps: Annotated[Positive, Doc("Keeps the logarithm from 0 where `log_input` is false.")] = 1e-8
    reduction: Reduction = "mean"

    def admits(self) -> Range:
        return ANY if self.log_input else POSITIVE

    def spans(self) -> Range:
        return NEGATIVE if self.log_input else UNIT
