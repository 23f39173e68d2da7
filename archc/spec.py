"""A spec: the document, typed. What `elaborate` makes of a tree, and `infer` turns into a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from archc.diagnostics.report import Label
from archc.layers import Layer, Shape
from archc.layers.base import Dtype, Readings
from archc.recipe.expect import Expect
from archc.recipe.train import Train
from archc.source import Span

if TYPE_CHECKING:
    from archc.layers.merges import Merge


class Places(NamedTuple):
    """Where a layer was written. `path` is its place in the document, as in `layers[0]`."""

    path: str
    type: Span
    arguments: Mapping[str, Span]
    """The span of each `argument: value` that was written."""
    values: Mapping[str, Span]
    """The span of each argument's value, and of that of `when`."""
    calls: tuple[Label, ...] = ()
    """The calls of blocks that lead there, outermost first."""
    item: Span | None = None
    """The layer as a whole: its name and its arguments."""
    repetition: str | None = None
    """Which of several repetitions of that place it comes from, in words."""

    def of(self, field: str | None) -> Span:
        """Where to point for a fault of an argument: its entry, or the layer's name where it was left out."""
        return self.arguments.get(field or "", self.type)


class LayerSpec(NamedTuple):
    """A layer as it was written. `layer` is None where its arguments are wrong; the report says how.

    A node of a Graph names what it takes in `inputs`, and `merge` makes one of several. Elsewhere they follow from the
    container: a branch takes its input, and a layer of a chain what stands before it.
    """

    type: str
    layer: Layer | None
    name: str | None
    children: tuple[LayerSpec, ...]
    places: Places
    inputs: tuple[str, ...] = ()
    merge: Merge | None = None


class InputSpec(NamedTuple):
    """The shape and element type of one sample, and what its author says that its axes hold.

    `span` is the place of the entry, `sizes` that of the shape alone.
    """

    shape: Shape
    dtype: Dtype
    span: Span
    sizes: Span
    axes: Readings | None = None


class Spec(NamedTuple):
    """A whole spec. `input` is None where it is wrong; the report says how."""

    name: str
    description: str | None
    input: InputSpec | None
    layers: tuple[LayerSpec, ...]
    train: Train | None
    places: Mapping[str, Span]
    """The span of each written entry of the sections, by its path, as in `train.data.name`."""
    has_train: bool
    expect: Expect | None = None
