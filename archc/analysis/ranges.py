"""A network -> what is known of the values that each of its layers takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archc.layers.base import INPUT
from archc.layers.ranges import ANY, Range
from archc.network import Network, Node


class Flow(NamedTuple):
    """What a layer takes, and what it gives."""

    takes: Range
    gives: Range


class Ranges(NamedTuple):
    """What is known of all values of a network: of each layer's by its path, and of what comes out."""

    layers: Mapping[str, Flow]
    output: Range

    def of(self, node: Node) -> Flow:
        """What a layer takes and gives."""
        return self.layers[node.path]


def ranges(network: Network, given: Range = ANY, *, training: bool = False) -> Ranges:
    """What is known of the values in a network of which `given` goes in; while training, where dropouts are at work."""
    layers: dict[str, Flow] = {}
    flows = _siblings(network.nodes, given, training, layers)
    return Ranges(layers, [*flows.values()][-1])


def _siblings(nodes: tuple[Node, ...], given: Range, training: bool, layers: dict[str, Flow]) -> dict[str, Range]:
    """What each of some siblings gives, by name, where the container receives `given`."""
    flows = {INPUT: given}
    for node in nodes:
        taken = tuple([flows[name] for name in node.inputs])
        takes = taken[0]
        if len(taken) > 1:
            assert node.merge is not None, "a node that takes several merges them"
            takes = node.merge.range_of(taken, node.input)
        if node.layer.contains:
            inner = _siblings(node.children, takes, training, layers)
            names = node.layer.gives(tuple(inner)[1:])  # the first is INPUT
            gives = node.layer.merged_range(tuple([inner[name] for name in names]), node.output)
        else:
            gives = node.layer.range_of(takes, node.input, training)
        layers[node.path] = Flow(takes, gives)
        flows[node.name] = gives
    return flows
