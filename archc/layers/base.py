"""What every layer has: arguments, an output shape, costs, and the constructor call that makes it."""

from collections.abc import Callable, Mapping
from functools import cache
from math import prod
from typing import Any, ClassVar, Final, Literal, Self, TypeAlias, final, get_args

from archc.diagnostics import catalog
from archc.layers.ranges import Range
from archc.terms.record import declared
from archc.terms.term import Call, Term
from archc.terms.values import DIMENSION_LIMIT

Shape: TypeAlias = tuple[int, ...]
"""The sizes of one sample's axes, without the batch axis."""

Reach: TypeAlias = tuple[tuple[int, int], ...] | None
"""Per spatial axis, how many input positions one output position sees, and the step between two outputs.

Empty for a layer that works on each position alone; None where the output has no place in the image any more, or
where two outputs are less than a position apart. The statistics of a normalisation are not counted.
"""

Dtype: TypeAlias = Literal["float32", "int64"]
"""The types of a tensor's elements."""

DTYPES: Final[tuple[Dtype, ...]] = get_args(Dtype)

Family: TypeAlias = Literal[
    "activation", "adaptive pool", "attention", "batch norm", "branch", "container", "convolution", "dropout",
    "embedding", "fractional pool", "gate", "instance norm", "linear", "padding", "pool", "power pool", "rearrangement",
    "recurrent", "reduction", "sample norm", "selection", "softmax", "transposed convolution", "upsampling", "view",
]  # fmt: skip
"""What a layer is, for those who ask about layers and must not load them all. A view has the same values elsewhere."""

Meaning: TypeAlias = Literal["channels", "depth", "height", "width", "length", "steps", "features", "tokens"]
"""What an axis holds: channels of positions in space or time, or features of each; else positions. Tokens are positions
of several axes in a row, as `Flatten` and `Unfold` make them."""

MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)

GIVEN_MEANINGS: Final[tuple[Meaning, ...]] = MEANINGS[:-1]
"""Those that an author can say of the input. Tokens are made."""

OF_POSITIONS: Final = frozenset[Meaning | None](["channels", "features"])
"""What each position has: where one is asked for, the other will do. All other meanings are positions."""

Readings: TypeAlias = tuple[Meaning | None, ...]
"""What a layer takes each axis of its input for; None for an axis that it does not ask of."""

Origin: TypeAlias = int | tuple[int, ...] | Meaning | None
"""Where an axis of an output comes from: an axis of the input, several that are merged, a new one by what it holds; or
None for a new one that may hold anything."""

CHANNELS: Final = 0
"""The axis of a sample that holds the channels of an image or a signal."""
FEATURES: Final = -1
"""The axis that holds the features of each position, or of a vector."""
STEPS: Final = 0
"""The axis along which a sequence runs."""

INPUT: Final = "."
"""What a layer takes that takes its container's own input. No layer is called so: a name has no dot."""

FLOATS: Final[Mapping[Dtype, Dtype]] = {"float32": "float32"}
ANY_NUMBER: Final[Mapping[Dtype, Dtype]] = {"float32": "float32", "int64": "int64"}
TO_FLOAT: Final[Mapping[Dtype, Dtype]] = {"float32": "float32", "int64": "float32"}


class Layer(Term):
    """Base of every layer: pure functions of ints. A layer is final; it knows no files, spans or torch."""

    url = "https://pytorch.org/docs/stable/generated/torch.nn.{name}.html"

    family: ClassVar[Family]
    """What it is. Every layer has one; checks ask for it, so that a new layer of a family is known to all of them."""

    only_matrices: ClassVar[bool] = False
    """Whether all its parameters but biases are matrices."""

    ranks: ClassVar[Mapping[int, str]] = {}
    """The numbers of axes it accepts, each with the names of those axes; empty for any."""

    instead: ClassVar[Mapping[int, str]] = {}
    """For a number of axes it does not accept: the layer that does."""

    decides: ClassVar[bool] = True
    """Whether an axis of which nothing is known holds what the layer takes it for. It is false where a layer works on
    any axis, and is only expected at another one."""

    sizes: ClassVar[Mapping[str, int | None]] = {}
    """Arguments that follow from the input: name to axis of the sample; None where the layer's `inferred` knows it."""

    of_data: ClassVar[tuple[str, ...]] = ()
    """Arguments that may be left out where the data tells them: see `for_tokens`."""

    dtypes: ClassVar[Mapping[Dtype, Dtype]] = FLOATS
    """The element types it accepts, each with the type of its output."""

    fixed: ClassVar[Mapping[str, Any]] = {}
    """Arguments of the module that are no choice in archc, such as `batch_first`."""

    keeps_output: ClassVar[bool] = False
    """Whether torch keeps its output for the gradient, so that no layer may overwrite it."""

    keeps_own_output: ClassVar[bool] = False
    """Whether it does so where the layer itself has overwritten its input."""

    contains: ClassVar[tuple[str, ...]] = ()
    """Arguments that are lists of layers; `branches` is a list or mapping of such lists, `nodes` a mapping of nodes."""

    branching: ClassVar[bool] = False
    """Whether its children have paths of their own from its input; else they follow each other."""

    may_be_empty: ClassVar[tuple[str, ...]] = ()
    """Those of `contains` that may be left out, or be empty."""

    @final
    def output_shape(self, x: Shape) -> Shape:
        """The shape of one output sample, after the checks that all layers share.

        Raises:
            Fault: the layer cannot take the input `x`; `field` names the argument to blame, if one is.
        """
        if self.ranks and len(x) not in self.ranks:
            name = type(self).__name__
            instead = self.instead.get(len(x))
            raise catalog.shapes.WrongRank(layer=name, shape=x, expected=dict(self.ranks), instead=instead)
        if self.sizes:
            self._check_sizes(x)
        self.check_input(x)
        y = self.infer(x)
        if max(y, default=0) >= DIMENSION_LIMIT:
            raise catalog.shapes.DimensionTooLarge(shape=y, limit=DIMENSION_LIMIT)
        return y

    def _check_sizes(self, x: Shape) -> None:
        for name, actual in self.inferred(x).items():
            written = getattr(self, name)
            if written is not None and written != actual:
                raise catalog.shapes.SizeMismatch(field=name, written=written, actual=actual)

    def for_tokens(self, tokens: int | None) -> Self:
        """The same with what it keeps for each token; the data has so many, None where nothing says it.

        Raises:
            Fault: it would not be known how many, or they would be too few; `field` names the argument.
        """
        return self

    def check_input(self, x: Shape) -> None:
        """Check what it asks of the sizes of its input, and what its output does not depend on.

        Raises:
            Fault: they are others; `field` names the argument to blame.
        """

    def infer(self, x: Shape) -> Shape:
        """The shape of one output sample. The rank of `x` and the sizes that it asks for are already checked."""
        return x

    def reads(self, x: Shape) -> Readings:
        """What it takes the axes of its input for: by `ranks`, where it has them. Empty if it asks of none."""
        return _meanings(self.ranks[len(x)]) if len(x) in self.ranks else ()

    def origins(self, x: Shape) -> tuple[Origin, ...] | None:
        """Where each axis of its output comes from; None where they are those of its input, in their order."""
        return None

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Of which of its children, or of `INPUT`, a container makes its output."""
        return names[-1:] or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        """The output of a container from those that `gives` names.

        Raises:
            BranchesDiffer: they cannot be merged.
        """
        return outputs[-1]

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        """What is known of its values, by those of an input of a shape; of a layer with weights, whether they vary.

        `training` as torch means it: what is random then is not in evaluation.
        """
        return Range(varies=x.varies)

    def merged_range(self, given: tuple[Range, ...], shape: Shape) -> Range:
        """That of a container of a shape, from those that `gives` names."""
        return given[-1]

    def bends_back(self) -> bool:
        """Whether several inputs may give one output, so that torch has no gradient of it without the input."""
        return False

    def params(self, x: Shape) -> int:
        """The number of learned values, as `sum(p.numel())` counts them."""
        return 0

    def macs(self, x: Shape, y: Shape) -> int:
        """Multiply-accumulates of matrix products and convolutions for one sample `x` that becomes `y`."""
        return 0

    def reach(self, x: Shape) -> Reach:
        """How far an output position sees along each spatial axis of its input."""
        return ()

    def resolve(self, x: Shape) -> dict[str, Any]:
        """Every argument with its value, those that follow from the input or from other arguments included."""
        return {name: getattr(self, name) for name in declared(type(self))} | self.inferred(x)

    def inferred(self, x: Shape) -> dict[str, Any]:
        """The arguments of `sizes`, with their values for the input `x`."""
        return {name: x[axis] for name, axis in self.sizes.items() if axis is not None}

    @final
    def constructor(self, x: Shape) -> Call:
        """The constructor call that makes the layer's module for the input `x`."""
        name, args, kwargs = self.call(self.inferred(x))
        return Call(name, args, {**kwargs, **self.fixed})


SIGNAL: Final[Mapping[int, str]] = {2: "channels, length"}
IMAGE: Final[Mapping[int, str]] = {3: "channels, height, width"}
VOLUME: Final[Mapping[int, str]] = {4: "channels, depth, height, width"}
SEQUENCE: Final[Mapping[int, str]] = {2: "steps, features"}


@cache
def _meanings(names: str) -> Readings:
    """The names of `ranks`, as in `channels, length`."""
    return tuple([meaning for name in names.split(", ") for meaning in MEANINGS if meaning == name])


def first_channels(x: Shape) -> Readings:
    """The reading of a layer that takes the first axis for the channels, and asks nothing of the others."""
    return ("channels", *(None,) * (len(x) - 1))


def last_features(x: Shape) -> Readings:
    """The reading of a layer that takes the last axis for the features, and asks nothing of the others."""
    return (*(None,) * (len(x) - 1), "features")


def numel(shape: Shape) -> int:
    """The number of elements of one sample."""
    return prod(shape)


def axis(field: str, dim: int, x: Shape) -> int:
    """An axis as torch counts it, batch included: 0 for the batch, and `len(x)` for the last.

    Raises:
        NoSuchAxis: the input does not have it.
    """
    rank = len(x)
    if not -(rank + 1) <= dim <= rank:
        raise catalog.axes.NoSuchAxis(field=field, axis=dim, rank=rank)
    return dim % (rank + 1)


def sample_axis(field: str, dim: int, x: Shape) -> int:
    """The index in `x` of an axis as torch counts it, which is not the batch.

    Raises:
        NoSuchAxis: the input does not have it.
        BatchAxis: it is the batch.
    """
    index = axis(field, dim, x)
    if index == 0:
        raise catalog.axes.BatchAxis(field=field, dim=dim)
    return index - 1


Choices: TypeAlias = Callable[[], tuple[int, ...]]


def check_multiple(
    field: str, of: tuple[str, int], by: tuple[str, int], choices: Choices | None = None, *, chosen: str | None = None
) -> None:
    """Check that one number, with its name, is a multiple of another.

    `choices` gives those that would do, or the values of the argument `chosen` with which they would.

    Raises:
        NotDivisible: it is not; `field` names the argument to blame.
    """
    (name, value), (divisor_name, divisor) = of, by
    if value % divisor:
        raise catalog.shapes.NotDivisible(
            field=field,
            name=name,
            value=value,
            divisor_name=divisor_name,
            divisor=divisor,
            choices=choices() if choices else divisors(value),
            chosen=chosen,
        )


def divisors(number: int) -> tuple[int, ...]:
    """The divisors of a number of channels, at most a dozen of them."""
    found: list[int] = []
    candidate = 1
    while candidate <= number and len(found) < 12 and candidate < 10_000:
        if number % candidate == 0:
            found.append(candidate)
        candidate += 1
    return tuple(found)
