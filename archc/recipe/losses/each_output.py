"""Losses that take each output by itself, as the evidence for one class against all others."""

from typing import Annotated, Literal

from archc.layers.ranges import ANY, NEGATIVE, POSITIVE, UNIT, Range
from archc.recipe.losses.base import Loss, Reduction, Weight
from archc.terms.record import Doc
from archc.terms.values import Flag, Positive, choice


class BCEWithLogitsLoss(Loss):
    """Binary cross entropy of logits: for each class, whether the sample belongs to it.

    The output is one logit for each class, without Sigmoid: the loss has its own.
    """

    target = "one_hot"
    gives = "each_logit"
    wants = "logits, one for each class"

    weight: Weight = None
    reduction: Reduction = "mean"
    pos_weight: Annotated[Weight, Doc("A weight for each class where a sample belongs to it.")] = None


class BCELoss(Loss):
    """Binary cross entropy of probabilities: for each class, whether the sample belongs to it.

    The output is a probability for each class, as Sigmoid gives it.
    """

    target = "one_hot"
    gives = "probabilities"
    wants = "probabilities, one for each class"

    weight: Weight = None
    reduction: Reduction = "mean"

    def admits(self) -> Range:
        return UNIT

    def spans(self) -> Range:
        return UNIT


class MultiLabelSoftMarginLoss(Loss):
    """The mean over the classes of the logistic loss: for each class, whether the sample belongs to it."""

    target = "one_hot"
    mean = "samples"
    gives = "each_logit"
    wants = "logits, one for each class"

    weight: Weight = None
    reduction: Reduction = "mean"


class SoftMarginLoss(Loss):
    """Logistic loss: `log(1 + exp(-y * x))`, where `y` is 1 for the class and -1 for the others."""

    target = "sign"
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
    """Negative log likelihood of counts: the output is the logarithm of the expected count of each class."""

    target = "one_hot"
    takes_numbers = True
    wants = "the logarithm of an expected count, one for each class"

    log_input: Annotated[Flag, Doc("Whether the output is the logarithm, or the expected count itself.")] = True
    full: Annotated[Flag, Doc("Add Stirling's term, which does not depend on the output.")] = False
    eps: Annotated[Positive, Doc("Keeps the logarithm from 0 where `log_input` is false.")] = 1e-8
    reduction: Reduction = "mean"

    def admits(self) -> Range:
        return ANY if self.log_input else POSITIVE

    def spans(self) -> Range:
        return NEGATIVE if self.log_input else UNIT
