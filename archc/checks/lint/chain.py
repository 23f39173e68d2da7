"""What lints look at: layers that follow one another, whatever Sequentials they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archc.diagnostics.report import Label
from archc.network import Network, Node


class Chain(NamedTuple):
    """Layers that follow one another. A Sequential is dissolved; a container with branches is one of them.

    `last` is true where the chain's end is the network's output.
    """

    nodes: tuple[Node, ...]
    network: Network
    last: bool


def chains(network: Network) -> Iterator[Chain]:
    """The network's own chain, then those of its branches."""
    waiting = [(network.nodes, True)]
    while waiting:
        nodes, last = waiting.pop()
        flat = tuple(_dissolved(nodes))
        yield Chain(flat, network, last)
        waiting += [((branch,), False) for node in flat if node.layer.branching for branch in node.children]


def _dissolved(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if node.layer.branching or not node.layer.contains:
            yield node
        else:
            yield from _dissolved(node.children)


def without(nodes: tuple[Node, ...], types: frozenset[str]) -> tuple[Node, ...]:
    """The layers that are not of these types."""
    return tuple([node for node in nodes if node.type not in types])


def marked(node: Node, text: str) -> tuple[Label, ...]:
    """A label at a layer's name."""
    return (Label(node.span, text),) if node.span else ()
