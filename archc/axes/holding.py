"""What each layer takes the axes that reach it for, and what it makes of them.

An axis is unknown until somebody says what it holds: the layer that made it, `input.axes`, or the first layer that asks
for one. Where layers disagree, or an axis is read anew, it is unknown again: nothing is said of what may be meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from archc.layers import Layer, Shape
from archc.layers.base import INPUT, OF_POSITIONS, Meaning, Origin, Readings
from archc.network import Network, Node


class Axis:
    """One axis, wherever it is handed on. `by` is the layer that says what it holds, None where the spec's author does.

    It is one object in all shapes that have it, since a layer far behind may be the first that says so.
    """

    __slots__ = ("by", "decided", "disputed", "holds")

    def __init__(self, holds: Meaning | None = None, by: Node | None = None) -> None:
        self.holds = holds
        self.by = by
        self.decided = False
        """Whether it is the first layer that asked which says so, and not what made the axis."""
        self.disputed: Misread | None = None
        """Where a layer has taken another axis for what this one holds. One mistake is told once."""

    def __repr__(self) -> str:
        return f"Axis({self.holds})"


Axes: TypeAlias = tuple[Axis, ...]


class Held(NamedTuple):
    """A tensor: its shape, and what its axes hold."""

    shape: Shape
    axes: Axes

    @property
    def holds(self) -> Readings:
        """What is known of its axes by now."""
        return tuple([axis.holds for axis in self.axes])

    @property
    def undisputed(self) -> Readings:
        """What is known of its axes, and no layer has mistaken so far."""
        return tuple([None if axis.disputed else axis.holds for axis in self.axes])


class Misread(NamedTuple):
    """A layer that takes an axis for what it is known not to be.

    It takes the axis `at` for the channels or features, which the axis `holding` holds, as the layer `by` says.
    """

    node: Node
    holds: Readings
    reads: Readings
    at: int
    holding: int
    by: Node | None
    also: list[Node]
    """Layers behind it that want the other order too."""
    against: list[Node]
    """Those that want the order as it is."""


class Mismatch(NamedTuple):
    """A merge of two tensors whose axes hold the same in another order. The names are those of what gives them."""

    node: Node
    names: tuple[str, str]
    shapes: tuple[Shape, Shape]
    holds: tuple[Readings, Readings]


def mistaken(layer: Layer, holds: Readings, x: Shape) -> tuple[int, int] | None:
    """The axis that a layer takes for the channels or features, and the one that holds them; None where it may be so.

    An axis of 1 may stand for anything; but a Linear behind a pool that leaves one position of a signal lacks a
    Flatten. Where nothing is known of the axis that is taken, the other one has to be taken for positions.
    """
    reads = layer.reads(x)
    at = next((at for at, meaning in enumerate(reads) if meaning in OF_POSITIONS), None)
    if at is None or holds[at] in OF_POSITIONS:
        return None
    if x[at] == 1:
        is_pooled = layer.family == "linear" and holds[at] and len(x) == 2 and holds[0] == "channels" and x[0] > 1
        return (at, 0) if is_pooled else None
    for other, meaning in enumerate(holds):
        if meaning in OF_POSITIONS and ((reads[other] and holds[at]) or (x[other] > 1 and (reads[other] or holds[at]))):
            return at, other
    return None


class Holding:
    """What the axes hold before and behind each layer, by its path, and where layers do not agree."""

    def __init__(self, shape: Shape, given: Readings | None = None) -> None:
        known = given if given and len(given) == len(shape) else (None,) * len(shape)
        self.input = self.output = Held(shape, tuple([Axis(meaning) for meaning in known]))
        self.inputs: dict[str, Held] = {}
        self.outputs: dict[str, Held] = {}
        self.misread: list[Misread] = []
        self.mismatches: list[Mismatch] = []

    def follow(self, nodes: Iterable[Node], given: Held) -> dict[str, Held]:
        """What siblings give, by name, where their container receives `given`."""
        known = {INPUT: given}
        for node in nodes:
            taken = [known[name] for name in node.inputs]
            x = taken[0] if len(taken) == 1 else self._merged(node, node.inputs, taken, node.input)
            known[node.name] = self.through(node, x)
        return known

    def through(self, node: Node, x: Held) -> Held:
        """What a node makes of what it receives."""
        self.inputs[node.path] = x
        self.outputs[node.path] = y = self._inside(node, x) if node.layer.contains else self._read(node, x)
        return y

    def _inside(self, node: Node, x: Held) -> Held:
        inner = self.follow(node.children, x)
        names = node.layer.gives(tuple(inner)[1:])  # the first is INPUT
        given = [inner[name] for name in names]
        return given[0] if len(given) == 1 else self._merged(node, names, given, node.output)

    def _read(self, node: Node, x: Held) -> Held:
        layer, axes = node.layer, x.axes
        reads = layer.reads(x.shape)
        if reads:
            if wrong := mistaken(layer, x.undisputed, x.shape):
                misread = Misread(node, x.holds, reads, *wrong, axes[wrong[1]].by, [], [])
                axes[wrong[1]].disputed = misread
                self.misread.append(misread)
            else:
                if self.misread:
                    _side(node, x, reads)
                if layer.decides:
                    _decide(axes, reads, node)
        origins = layer.origins(x.shape)
        if origins is None:
            return Held(node.output, axes)
        return Held(node.output, tuple([_made(origin, axes, x.shape, node) for origin in origins]))

    def _merged(self, node: Node, names: Sequence[str], given: Sequence[Held], y: Shape) -> Held:
        """Several tensors as one: an axis holds what all those hold that are not stretched along it."""
        for name, other in zip(names[1:], given[1:], strict=True):
            if _is_turned(given[0], other):
                both = (given[0].shape, other.shape), (given[0].holds, other.holds)
                self.mismatches.append(Mismatch(node, (names[0], name), *both))
                break
        dim = vars(node.merge or node.layer).get("dim")
        along = None if dim is None else dim % (len(y) + 1) - 1
        axes = []
        for at, size in enumerate(y):
            axes.append(_agreed([held.axes[at] for held in given if at == along or held.shape[at] == size]))
        return Held(y, tuple(axes))


def hold(network: Network) -> Holding:
    """What the axes of a network hold."""
    holding = Holding(network.input, network.input_axes)
    holding.output = [*holding.follow(network.nodes, holding.input).values()][-1]
    return holding


def behind(steps: Iterable[Node], holding: Holding, shape: Shape) -> Held:
    """What is known of a tensor of a shape behind layers that follow one another, of which the first takes the input.

    Where another tensor was merged into it on the way, nothing may be known.
    """
    x = holding.input
    for node in steps:
        x = holding.through(node, _as(node.input, x))
    return _as(shape, x)


def _as(shape: Shape, x: Held) -> Held:
    return Held(shape, x.axes if len(x.axes) == len(shape) else tuple([Axis() for _ in shape]))


def _decide(axes: Axes, reads: Readings, node: Node) -> None:
    """Axes of which nothing is known hold what the first layer that asks takes them for."""
    for axis, meaning in zip(axes, reads, strict=True):
        if meaning and axis.holds is None:
            axis.holds, axis.by, axis.decided = meaning, node, True


def _side(node: Node, x: Held, reads: Readings) -> None:
    """Note which order of an axis that was mistaken before a layer wants."""
    wrong = mistaken(node.layer, x.holds, x.shape)
    for at, axis in enumerate(x.axes):
        if axis.disputed and reads[at] and x.shape[at] > 1:
            wants = axis.disputed.against if reads[at] in OF_POSITIONS else axis.disputed.also
            wants.append(node)
        elif axis.disputed and wrong and wrong[1] == at:
            axis.disputed.also.append(node)


def _made(origin: Origin, axes: Axes, x: Shape, node: Node) -> Axis:
    if isinstance(origin, int):
        return axes[origin]
    if not isinstance(origin, tuple):
        return Axis(origin, node if origin else None)
    parts = [axes[at] for at in origin if x[at] > 1] or [axes[at] for at in origin]
    if len(parts) == 1:
        return parts[0]
    if any(part.disputed for part in parts):
        return Axis()
    if any(part.holds in OF_POSITIONS for part in parts):
        return Axis("features", node)
    return Axis("tokens", node) if all(part.holds for part in parts) else Axis()


def _agreed(axes: list[Axis]) -> Axis:
    known = [axis for axis in axes if axis.holds]
    kinds = {axis.holds in OF_POSITIONS for axis in known}
    return (known or axes)[0] if len(kinds) < 2 else Axis()


def _is_turned(first: Held, other: Held) -> bool:
    """Whether one tensor has positions where the other has channels or features, and the other way round."""
    found = set()
    for a, b, both in zip(first.undisputed, other.undisputed, zip(first.shape, other.shape, strict=True), strict=True):
        if a and b and 1 not in both:
            found.add((a in OF_POSITIONS, b in OF_POSITIONS))
    return {(True, False), (False, True)} <= found
