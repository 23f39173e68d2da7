"""What lints look at: layers that follow one another, whatever Sequentials they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from archc.diagnostics.report import Label
from archc.network import Network, Node


class Chain(NamedTuple):
    """Layers that follow one another: each takes what the one before gives, which nothing else takes.

    The borders of a Sequential and of a Graph's node are none; a container with branches is one of the layers, and
    each of its branches a chain of its own. `last` is true where the chain's end is the network's output.
    """

    nodes: tuple[Node, ...]
    network: Network
    last: bool


def chains(network: Network) -> Iterator[Chain]:
    """Every layer of a network in a chain, and in one alone."""
    end = next(network.back(), None)
    passed: set[str] = set()
    for start in network.walk():
        if start.path not in passed and start.is_seen:
            nodes = tuple(_from(start, network))
            passed.update([node.path for node in nodes])
            yield Chain(nodes, network, nodes[-1] is end)


def _from(start: Node, network: Network) -> Iterator[Node]:
    """A layer, and those that follow it alone."""
    yield start
    while len(after := network.after(start)) == 1 and len(network.before(after[0])) == 1:
        start = after[0]
        yield start


def without(nodes: tuple[Node, ...], left_out: Callable[[Node], bool]) -> tuple[Node, ...]:
    """The layers that are not left out."""
    return tuple([node for node in nodes if not left_out(node)])


def marked(node: Node, text: str) -> tuple[Label, ...]:
    """A label at a layer's name."""
    return (Label(node.span, text),) if node.span else ()
