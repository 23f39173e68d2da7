"""Lints of what axes hold: a layer takes one for another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archc.axes import Holding, Misread, hold
from archc.axes.turns import ways
from archc.checks.check import Finding
from archc.checks.lint.chain import marked
from archc.diagnostics import catalog
from archc.diagnostics.ways import Ways
from archc.diagnostics.words import named
from archc.layers import Shape
from archc.layers.base import CHANNELS, INPUT
from archc.network import Network, Node
from archc.source import Span

_TOLD_BY_RANK: Final = {"Linear": (3,), "Dropout2d": (1, 2, 4), "Dropout3d": (1, 2, 3)}
"""The ranks of an input for which another lint tells more of a layer: W601 and W615."""

_LONGEST: Final = 4
"""How many times as high as wide, or as wide as high, the pictures are that an input is told by."""


def axes_taken_for_others(network: Network) -> Iterator[Finding]:
    """A layer that takes an axis for what it is known not to be, and an input that looks like other tools' images."""
    holding = hold(network)
    yield from _channels_last(network, holding)
    if holding.misread:
        yield from _misread(network, holding)
    for node, names, shapes, holds in holding.mismatches:
        first, other = ["its input" if name == INPUT else f"`{name}`" for name in names]
        fault = catalog.axis_lints.BranchesTurned(layer=node.type, names=(first, other), shapes=shapes, holds=holds)
        yield Finding(fault, node)


def _misread(network: Network, holding: Holding) -> Iterator[Finding]:
    mends = {misread.node.path: _ways(misread) for misread in holding.misread}
    by_place: dict[Span | None, set[Ways | None]] = {}
    for node in network.walk():
        by_place.setdefault(node.span, set()).add(mends.get(node.path))
    for misread in holding.misread:
        node = misread.node
        if len(node.input) not in _TOLD_BY_RANK.get(node.type, ()):
            labels = marked(misread.by, f"gives {_given(holding, misread.by)}") if misread.by else ()
            yield Finding(_fault(misread, mends[node.path], elsewhere=len(by_place[node.span]) > 1), node, labels)


def _ways(misread: Misread) -> Ways:
    return ways(misread.node.layer, misread.node.input, misread.at, misread.holding)


def _fault(misread: Misread, ways: Ways, *, elsewhere: bool) -> catalog.axis_lints.AxisTakenForAnother:
    node, by = misread.node, misread.by
    return catalog.axis_lints.AxisTakenForAnother(
        layer=node.type,
        maker=f"`{by.path}` ({by.type})" if by else None,
        shape=node.input,
        holds=misread.holds,
        reads=misread.reads,
        ways=ways,
        elsewhere=elsewhere,
    )


def _given(holding: Holding, node: Node) -> str:
    y = holding.outputs[node.path]
    return named(y.shape, y.holds)


def _channels_last(network: Network, holding: Holding) -> Iterator[Finding]:
    by = holding.input.axes[CHANNELS].by
    if by and holding.input.holds[CHANNELS] == "channels" and by.input == network.input and is_channels_last(by.input):
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
