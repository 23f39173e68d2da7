"""What a kind of data is, and the facts of data that the checks and the tasks ask for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Self, TypeAlias

from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.layers.base import Dtype
from archc.terms.record import Doc, nullable
from archc.terms.term import Term
from archc.terms.values import choice

Background: TypeAlias = Literal["dark", "light"]

Holds: TypeAlias = Literal["pixels", "numbers"]

Wants: TypeAlias = Literal["classes", "labels", "numbers"]
"""What a loss makes of a target that could be either: a column of numbers is a class each, or what they say."""


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Classes(NamedTuple):
    """The target of a sample is one of these classes, whose number it is."""

    names: tuple[str, ...]


class Numbers(NamedTuple):
    """The target of a sample is an array of numbers of this shape."""

    shape: Shape


class Labels(NamedTuple):
    """A sample has any number of these labels: its target is 1 for each that it has, else 0; (N, labels) float32."""

    names: tuple[str, ...]


class Positions(NamedTuple):
    """Each position of a sample, as a pixel of an image, has one of these classes: (N, *shape) class numbers."""

    names: tuple[str, ...]
    shape: Shape


Target: TypeAlias = Classes | Labels | Numbers | Positions


OwnTarget: TypeAlias = Annotated[
    Literal["input"] | None,
    nullable(choice("input")),
    Doc("`input`: the sample itself, as the network gets it, is the target, as of an autoencoder."),
]
"""The key `target` of kinds whose samples have another target of their own."""


class Seen(NamedTuple):
    """An image that was looked at, with its channels, height and width."""

    file: str
    shape: Shape


class DataFacts(NamedTuple):
    """What is known of data. `sample` is the shape of one sample, as the network gets it.

    What only reading all of the data can tell is not there before that: None for `sample`, `train` and `test` (numbers
    of samples), and no names of classes.
    """

    name: str
    sample: Shape | None
    dtype: Dtype
    target: Target
    train: int | None = None
    test: int | None = None
    has_validation: bool = False
    """Whether there is a validation split of the data's own."""
    found: Mapping[str, Any] = _NOTHING
    """Keys of the kind with what only the data could tell, as `classes` with their names."""
    apart: int | None = None
    """Where samples follow one another in time: with how many of those after it each has a step in common."""
    has_test: bool | None = None
    """Whether there is a test split of the data's own; None where only the data can tell."""
    seen: tuple[Seen, ...] = ()
    """Images of different sizes, where those that were looked at have none in common."""
    remarks: tuple[Fault, ...] = ()
    """Warnings about the data."""
    own_target: bool = False
    """Whether the target of a sample is that itself, as the network gets it."""

    @property
    def tests(self) -> bool | None:
        """Whether there are test samples of the data's own; None where only the data can tell."""
        return self.has_test if self.has_test is not None or self.test is None else self.test > 0

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, or labels; none where targets are numbers."""
        return () if isinstance(self.target, Numbers) else self.target.names


class DataKind(Term):
    """Base of the kinds of data. Its arguments stand beside the other keys of `train.data`."""

    background: ClassVar[Background | None] = None
    """That of all its images, where they have one."""

    each_a_file: ClassVar[bool] = False
    """Whether each sample is an image file, which its module reads through the transforms that change sizes."""

    channels: ClassVar[int | None] = None
    """Of its images, where their size may be what only the data can tell."""

    @property
    def holds(self) -> Holds:
        """What a stored value is: a pixel from 0 to 255, which the network gets from 0 to 1, or a number as it is."""
        return "numbers"

    @property
    def tokens_in(self) -> int | None:
        """How many tokens its samples are made of, whose numbers begin with 0; None where they are none."""
        return None

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """What can be known without reading the data, in bounded time. `folder` is what paths are relative to.

        The sample is as the data have it, before `transform`.

        Raises:
            Fault: the data is not what the spec says; `field` names the argument that says it.
        """
        raise AssertionError(f"{type(self).__name__} has no facts")

    def rooted(self, folder: Path) -> Self:
        """The same with its paths from the root, so that it says the same wherever the spec lies."""
        return self

    def settled(self, facts: DataFacts) -> Self:
        """The same with what only the data could tell written down, as the names of the classes.

        A run keeps that: what it was trained for is known where the data are no more, or have changed.
        """
        return self.replace(**facts.found) if facts.found else self
