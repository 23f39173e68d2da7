"""A network: placed layers with every shape and cost known. A value: frozen, comparable, printable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archc.layers import Layer, Shape
from archc.layers.base import numel
from archc.recipe.train import Train
from archc.source import Span
from archc.spec import Dtype, Places

ITEM_BYTES = {"float32": 4, "int64": 8}
"""Bytes of one element of a tensor."""


class Node(NamedTuple):
    """A layer in its place. Shapes are those of one sample; a container counts its children.

    `path` is the name of the torch submodule. `receptive_field` is, for each spatial axis, the pixels of the
    network's input that one output position sees, or None where positions have no meaning. `places` says where it was
    written, and takes no part in comparison.
    """

    path: str
    type: str
    layer: Layer
    depth: int
    input: Shape
    output: Shape
    input_dtype: Dtype
    output_dtype: Dtype
    params: int
    macs: int
    activation_bytes: int
    receptive_field: tuple[int, ...] | None
    children: tuple[Node, ...] = ()
    places: Places | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self[:-1] == other[:-1]

    def __hash__(self) -> int:
        return hash(self[:-1])

    def __repr__(self) -> str:
        return f"Node({self.path!r}, {self.layer!r}, {list(self.input)} -> {list(self.output)})"

    @property
    def name(self) -> str:
        """The submodule's name among its siblings."""
        return self.path.rpartition(".")[2]

    @property
    def span(self) -> Span | None:
        """The place of the layer's name in its file."""
        return self.places.type if self.places else None

    @property
    def document_path(self) -> str:
        """The place in the document, as in `layers[0]`."""
        return self.places.path if self.places else ""

    @property
    def trainable(self) -> int:
        """The parameters that training changes."""
        return self.params

    def walk(self) -> Iterator[Node]:
        """This node, then its children, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network. `input` and `output` are the shapes of one sample; `train` says how to train it."""

    name: str
    input: Shape
    output: Shape
    input_dtype: Dtype
    output_dtype: Dtype
    nodes: tuple[Node, ...]
    description: str | None = None
    train: Train | None = None

    def walk(self) -> Iterator[Node]:
        """Every node, depth first, a container before its children."""
        for node in self.nodes:
            yield from node.walk()

    @property
    def params(self) -> int:
        """The number of learned values, as `sum(p.numel())` counts them."""
        return sum(node.params for node in self.nodes)

    @property
    def trainable(self) -> int:
        """The parameters that training changes."""
        return sum(node.trainable for node in self.nodes)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of matrix products and convolutions for one sample."""
        return sum(node.macs for node in self.nodes)

    @property
    def weight_bytes(self) -> int:
        """Bytes of the parameters, in float32."""
        return self.params * ITEM_BYTES["float32"]

    @property
    def activation_bytes(self) -> int:
        """Bytes of all layers' outputs for one sample."""
        return sum(node.activation_bytes for node in self.nodes)

    @property
    def training_bytes(self) -> int | None:
        """Bytes of weights, gradients, optimizer state, and a batch of activations; None without a `train` section."""
        if self.train is None:
            return None
        copies = 2 + self.train.optimizer.state() + (self.train.ema is not None)
        batch = self.train.part_size * (self.activation_bytes + numel(self.input) * ITEM_BYTES[self.input_dtype])
        return self.weight_bytes * copies + batch

    @property
    def layers(self) -> int:
        """The number of layers, containers included."""
        return sum(1 for _ in self.walk())
