"""Lints of what axes hold: a layer takes one for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from archc.axes import Holding, Misread, hold
from archc.axes.branches import turned_back
from archc.axes.turns import resized, ways
from archc.checks.check import Finding
from archc.checks.lint.chain import marked
from archc.diagnostics import catalog
from archc.diagnostics.ways import Ways
from archc.diagnostics.words import named
from archc.layers import Shape
from archc.layers.base import CHANNELS, FEATURES, INPUT, OF_POSITIONS, numel
from archc.network import Network, Node
from archc.source import Span

_TOLD_BY_RANK: Final = {"Linear": (3,), "Dropout2d": (1, 2, 4), "Dropout3d": (1, 2, 3)}
"""The ranks of an input for which another lint tells more of a layer: W601 and W615."""

_LONGEST: Final = 4
"""How many times as high as wide, or as wide as high, the pictures are that an input is told by."""


def axes_taken_for_others(network: Network) -> Iterator[Finding]:
    """A layer that takes an axis for what it is known not to be, and an input that looks like other tools' images."""
    holding = hold(network)
    yield from _linear_on_image(network, holding)
    yield from _channels_last(network, holding)
    if holding.misread:
        yield from _misread(network, holding)
    for node, names, shapes, holds in holding.mismatches:
        first, other = ["its input" if name == INPUT else f"`{name}`" for name in names]
        found = turned_back(node, names, holds)
        fault = catalog.axis_lints.BranchesTurned(
            layer=node.type, names=(first, other), shapes=shapes, holds=holds, ways=found
        )
        yield Finding(fault, node, (), found[0].target if found else None)


def _misread(network: Network, holding: Holding) -> Iterator[Finding]:
    nodes = {node.path: node for node in network.walk()}
    turns: dict[Span | None, set[tuple[int, int] | None]] = {}
    mistaken = {misread.node.path: (misread.at, misread.holding) for misread in holding.misread}
    for node in nodes.values():
        turns.setdefault(node.span, set()).add(mistaken.get(node.path))
    places = Counter([node.span for node in nodes.values()])
    for misread in holding.misread:
        node, by = misread.node, misread.by
        if len(node.input) in _TOLD_BY_RANK.get(node.type, ()):
            continue
        giver, is_elsewhere = _giver(network, node), len(turns[node.span]) > 1
        is_once = giver is not None and places[giver.span] == 1
        bypassed = _is_bypassed(node, holding, nodes)
        found = ways(misread, giver, network.nodes[0], bypassed=bypassed, repeated=is_elsewhere and is_once)
        labels = marked(by, f"gives {_given(holding, by)}") if by else ()
        fault = _fault(misread, found, elsewhere=is_elsewhere and found[0].target is None)
        yield Finding(fault, node, labels, found[0].target, everywhere=True)


def _giver(network: Network, node: Node) -> Node | None:
    """What gives a layer that which it takes; itself where that is merged of several."""
    givers = network.before(node)
    return givers[0] if len(givers) == 1 else node


def _is_bypassed(node: Node, holding: Holding, nodes: Mapping[str, Node]) -> bool:
    """Whether a shortcut, or a branch without layers that change it, hands on what a layer takes."""
    path, axes = node.path, holding.inputs[node.path].axes
    while path := path.rpartition(".")[0]:
        parent = nodes[path]
        if parent.layer.branching:
            names = parent.layer.gives(tuple([child.name for child in parent.children]))
            others = [child for child in parent.children if not node.path.startswith(child.path + ".")]
            unchanged = INPUT in names or any(holding.outputs[child.path].axes == axes for child in others)
            return unchanged and holding.inputs[path].axes == axes
    return False


def _fault(misread: Misread, found: Ways, *, elsewhere: bool) -> catalog.axis_lints.AxisTakenForAnother:
    node, by = misread.node, misread.by
    axes = {name: at % len(node.input) for name, at in node.layer.sizes.items() if at is not None}
    named = [name for name, at in axes.items() if at == misread.at and vars(node.layer)[name] is not None]
    written = named[0] if named else None
    is_flat = found[0].before == ("Flatten",)
    size = numel(node.input) if is_flat else node.input[misread.holding]
    return catalog.axis_lints.AxisTakenForAnother(
        layer=node.type,
        maker=f"`{by.path}` ({by.type})" if by else None,
        shape=node.input,
        holds=misread.holds,
        reads=misread.reads,
        ways=resized(found, node.places, written, size) if written else found,
        written=written,
        size=size,
        elsewhere=elsewhere,
    )


def _given(holding: Holding, node: Node) -> str:
    y = holding.outputs[node.path]
    return named(y.shape, y.holds)


def _channels_last(network: Network, holding: Holding) -> Iterator[Finding]:
    axes, by = holding.input.axes, holding.input.axes[CHANNELS].by
    if by is None or axes[CHANNELS].holds != "channels" or holding.inputs[by.path].axes != axes:
        return
    if is_channels_last(network.input):
        yield Finding(catalog.axis_lints.ChannelsLastInput(layer=by.type, shape=network.input), "input.shape")


def is_channels_last(shape: Shape) -> bool:
    """Whether an input looks like images, or volumes, whose channels come last, and not like anything else.

    One channel tells it alone of squares: a signal of many channels may be an image one pixel wide.
    """
    if len(shape) not in (3, 4) or shape[0] in (1, 3, 4):
        return False
    *_, height, width, channels = shape
    if min(shape[:-1]) <= _LONGEST or max(height, width) > _LONGEST * min(height, width):
        return False
    return channels in (3, 4) or (channels == 1 and height == width)


def _linear_on_image(network: Network, holding: Holding) -> Iterator[Finding]:
    """A Linear that maps each row of an image apart, where the last axis is not known to hold the features.

    After a Permute that puts the first axis last it is meant, whatever that holds.
    """
    channels_last: dict[str, bool] = {}
    for node in network.in_order():
        meant = all(giver and channels_last[giver.path] for giver in network.before(node))
        is_rows = node.type == "Linear" and len(node.input) == 3 and not meant
        if is_rows and holding.inputs[node.path].holds[FEATURES] not in OF_POSITIONS:
            fault = catalog.layer_lints.LinearOnImage(shape=node.input, output=node.output, flat=numel(node.input))
            yield Finding(fault, node)
        if node.type == "Permute":
            layer: Any = node.layer
            meant = layer.dims[-1] % (len(node.input) + 1) == 1
        elif inside := network.inside(node):
            meant = all(giver and channels_last[giver.path] for giver in inside)
        channels_last[node.path] = meant
