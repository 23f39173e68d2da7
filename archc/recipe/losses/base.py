"""What a loss of torch.nn is, and the arguments that several of them have."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from archc.layers.ranges import ANY, Range
from archc.terms.record import Doc, Kind, nullable
from archc.terms.term import Term
from archc.terms.values import choice, either, listed, number

_WEIGHTS: Kind = listed("a list of numbers of at least 0, one for each class", number("", least=0), least=1)

Weight: TypeAlias = Annotated[tuple[float, ...] | None, nullable(_WEIGHTS), Doc("A weight for each class.")]
WeightOrBalanced: TypeAlias = Annotated[
    tuple[float, ...] | Literal["balanced"] | None,
    nullable(either(f"{_WEIGHTS.says}, or `balanced`", choice("balanced"), _WEIGHTS)),
    Doc("A weight for each class; `balanced`: samples / (classes * samples of the class), of the training samples."),
]
Reduction: TypeAlias = Annotated[
    Literal["mean", "sum"],
    choice("mean", "sum"),
    Doc("How the losses of a batch become one number."),
]


Target: TypeAlias = Literal["class", "one_hot", "sign"]
Takes: TypeAlias = Literal["classes", "two classes", "labels", "numbers", "positions"]
"""Kinds of targets: a class of one output each, one of two of a single output, any number of labels, numbers, and a
class for each position."""
_IN_WORDS: Final[Mapping[Takes, str]] = {
    "classes": "one class for each sample",
    "two classes": "one of two classes, by a single output",
    "labels": "any number of labels for each sample",
    "numbers": "numbers",
    "positions": "a class for each position",
}

Mean: TypeAlias = Literal["weights", "samples", "outputs"]
Gives: TypeAlias = Literal[
    "logits", "log_probabilities", "each_logit", "probabilities", "distance", "embedding", "scores"
]


class Loss(Term):
    """Base of the losses."""

    url = "https://pytorch.org/docs/stable/generated/torch.nn.{name}.html"

    target: ClassVar[Target] = "class"
    """What it compares the output with: the number of the class; 1 for the class and 0, or -1, for the others."""

    takes: ClassVar[tuple[Takes, ...]] = ("classes",)
    """What the targets of the data may be."""

    counts: ClassVar[bool] = False
    """Whether targets that are numbers have to be counts: whole, and at least 0."""

    compares: ClassVar[Literal["targets", "samples"]] = "targets"
    """What it compares outputs with: the targets of their samples, or the outputs of other samples of the batch."""

    mean: ClassVar[Mean] = "outputs"
    """What torch divides the sum by for a mean: the weights of the samples' classes, the samples, or all outputs."""

    gives: ClassVar[Gives] = "scores"
    """What the outputs of a network that was trained with it are. `each_logit`: of each class by itself.

    `distance`: small where a sample is of the second of two classes; `embedding`: near those of samples of its class.
    """

    wants: ClassVar[str] = ""
    """What the output must be, in words."""

    @classmethod
    def targets(cls) -> str:
        """What the targets may be, in words."""
        return "; ".join([_IN_WORDS[kind] for kind in cls.takes])

    def admits(self) -> Range:
        """The outputs that it can be computed of. At others torch stops, or it is no number."""
        return ANY

    def spans(self) -> Range | None:
        """What outputs have to be able to be, all of it, for classes to be learned; None where that is not known."""
        return ANY if self.gives in ("logits", "each_logit") else None
