"""Losses of torch.nn: their arguments, and what they expect of a network's output."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal

from archc.record import Doc, nullable
from archc.term import Term
from archc.values import Int, Probability, choice, listed, number

_Weight = Annotated[
    tuple[float, ...] | None,
    nullable(listed("a list of numbers of at least 0, one for each class", number("", least=0), least=1)),
    Doc("A weight for each class."),
]
_Reduction = Annotated[
    Literal["mean", "sum"],
    choice("mean", "sum"),
    Doc("How the losses of a batch become one number."),
]
_IgnoreIndex = Annotated[Int, Doc("Samples of this class do not count.")]


class Loss(Term):
    """Base of the losses."""

    target: ClassVar[Literal["class", "one_hot"]] = "class"
    """What it compares the output with: the number of the class, or 1 for the class and 0 for the others."""

    wants: ClassVar[str] = ""
    """What the output must be, in words."""


class CrossEntropyLoss(Loss):
    """Cross entropy of logits and classes: `-log(softmax(x)[class])`, the mean over the batch.

    The output is one logit for each class, without Softmax: the loss has its own.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html"
    principal: ClassVar[str | None] = None
    wants: ClassVar[str] = "logits, one for each class"

    weight: _Weight = None
    ignore_index: _IgnoreIndex = -100
    reduction: _Reduction = "mean"
    label_smoothing: Annotated[Probability, Doc("Share of the target that is spread over all classes.")] = 0.0


class NLLLoss(Loss):
    """Negative log likelihood: `-x[class]`, the mean over the batch.

    The output is a log-probability for each class, as LogSoftmax gives it.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html"
    wants: ClassVar[str] = "log-probabilities, one for each class"

    weight: _Weight = None
    ignore_index: _IgnoreIndex = -100
    reduction: _Reduction = "mean"


class MSELoss(Loss):
    """Mean squared error: `(x - y) ** 2`, the mean over all outputs of the batch.

    On a data set of classes the target is 1 for the class and 0 for the others.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.MSELoss.html"
    target: ClassVar[Literal["class", "one_hot"]] = "one_hot"
    wants: ClassVar[str] = "one number for each class"

    reduction: _Reduction = "mean"


LOSSES: Final[Mapping[str, type[Loss]]] = {
    "CrossEntropyLoss": CrossEntropyLoss,
    "MSELoss": MSELoss,
    "NLLLoss": NLLLoss,
}
