"""A network: placed layers with every shape and cost known. A value: frozen, comparable, printable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from archc.layers import Layer, Shape
from archc.layers.base import INPUT, Dtype, Family, Readings, numel
from archc.recipe.train import Train
from archc.source import Span
from archc.spec import Places

if TYPE_CHECKING:
    from archc.layers.merges import Merge

ITEM_BYTES = {"float32": 4, "int64": 8}
"""Bytes of one element of a tensor."""


class Node(NamedTuple):
    """A layer in its place. Shapes are those of one sample; a container counts its children.

    `path` is the name of the torch submodule. `receptive_field` is, for each spatial axis, the pixels of the
    network's input that one output position sees, or None where positions have no meaning. `children` stand after
    those that they take from. `places` says where it was written, and takes no part in comparison.

    `inputs` are the names of the siblings whose outputs it takes, or `INPUT` for what its container receives; `merge`
    makes one of several. A node of a Graph that only merges is of the merge's type, and no module of torch.
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
    inputs: tuple[str, ...]
    children: tuple[Node, ...] = ()
    merge: Merge | None = None
    places: Places | None = None

    # A tuple, because a frozen dataclass takes six times as long to make, a quarter of all inference. A tuple has a
    # `!=` of its own: without `__ne__`, equal nodes of two files would be equal and unequal.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self[:-1] == other[:-1]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:-1])

    def __repr__(self) -> str:
        return f"Node({self.path!r}, {self.layer!r}, {list(self.input)} -> {list(self.output)})"

    @property
    def family(self) -> Family:
        """What its layer is, as in `convolution`."""
        return self.layer.family

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

    @property
    def has_module(self) -> bool:
        """Whether torch has a submodule for it; a merge alone has none."""
        return self.merge is None or self.type == "Sequential"

    @property
    def is_seen(self) -> bool:
        """Whether it gives something of its own: a Sequential and a Graph hand on what a layer inside gives."""
        return self.type not in ("Sequential", "Graph")

    def walk(self) -> Iterator[Node]:
        """This node, then its children, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def inside_out(self) -> Iterator[Node]:
        """Its children, each with its own before it, then this node."""
        for child in self.children:
            yield from child.inside_out()
        yield self


@dataclass(frozen=True, slots=True)
class Network:
    """A whole network. `input` and `output` are the shapes of one sample; `train` says how to train it.

    `input_axes` is what the author says that the axes of the input hold.
    """

    name: str
    input: Shape
    output: Shape
    input_dtype: Dtype
    output_dtype: Dtype
    nodes: tuple[Node, ...]
    description: str | None = None
    train: Train | None = None
    input_axes: Readings | None = None
    _links: _Links | None = field(default=None, init=False, repr=False, compare=False)

    def before(self, node: Node) -> Givers:
        """What gives what a node takes, in its order.

        A Sequential and a Graph are seen through: a giver is a layer, a merge, or a container with branches.
        """
        return self._linked().before[node.path]

    def after(self, node: Node) -> tuple[Node, ...]:
        """The layers that take what a node gives; none where it goes into its container's merge, or is the output."""
        return self._linked().after.get(node.path, ())

    def inside(self, node: Node) -> Givers:
        """What gives that of which a container makes its output, in its order; nothing in a layer without layers.

        What reaches the container is among them where one of its branches is the identity.
        """
        return self._linked().inside.get(node.path, ())

    def in_order(self) -> Iterator[Node]:
        """Every node after those that it takes from, and a container after what it contains."""
        for node in self.nodes:
            yield from node.inside_out()

    def back(self) -> Iterator[Node]:
        """The layers that lead to the output, the last one first, as long as each takes from one alone."""
        givers = self.last
        while len(givers) == 1 and givers[0]:
            yield givers[0]
            givers = self.before(givers[0])

    @property
    def last(self) -> Givers:
        """What gives the output, seen as `before` sees it."""
        return self._linked().last

    def _linked(self) -> _Links:
        """Worked out when it is first asked for: most networks are only shown, and never asked."""
        if self._links is None:
            object.__setattr__(self, "_links", _links(self.nodes))
        assert self._links is not None
        return self._links

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


Givers: TypeAlias = tuple[Node | None, ...]
"""Layers that give something, and None for the network's own input."""


class _Links(NamedTuple):
    """What stands before, after and inside each node, by its path, and what gives the output."""

    before: dict[str, Givers]
    after: dict[str, tuple[Node, ...]]
    inside: dict[str, Givers]
    last: Givers


def _links(nodes: tuple[Node, ...]) -> _Links:
    links = _Links({}, {}, {}, ())
    last = _follow(nodes, (None,), links)[nodes[-1].name]
    takers: dict[str, list[Node]] = {}
    for node in (each for top in nodes for each in top.walk() if each.is_seen):
        for giver in dict.fromkeys([giver.path for giver in links.before[node.path] if giver]):
            takers.setdefault(giver, []).append(node)
    return links._replace(after={path: tuple(found) for path, found in takers.items()}, last=last)


def _follow(nodes: tuple[Node, ...], given: Givers, links: _Links) -> dict[str, Givers]:
    """What gives each of some siblings' outputs, by name, where the container receives what `given` give."""
    known = {INPUT: given}
    for node in nodes:
        links.before[node.path] = takes = tuple([giver for name in node.inputs for giver in known[name]])
        known[node.name] = (node,)
        if node.layer.contains:
            inner = _follow(node.children, takes, links)
            names = node.layer.gives(tuple(inner)[1:])  # the first is INPUT
            links.inside[node.path] = tuple([giver for name in names for giver in inner[name]])
            if not node.is_seen:
                known[node.name] = links.inside[node.path]
    return known
