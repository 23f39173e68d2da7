"""Plan -> layers that write their output over their input, where something else still needs that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archc.checks.check import Argument, Finding, Plan
from archc.diagnostics import catalog
from archc.network import Givers, Network, Node

_SAME_MEMORY: Final = frozenset({"Flatten", "Identity", "Unflatten"})
"""Layers whose output is their input, seen in another way."""


def overwritten(plan: Plan) -> Iterator[Finding]:
    """An `inplace` layer on what another layer takes too, or on what torch keeps for a gradient."""
    nodes = [node for node in plan.network.walk() if getattr(node.layer, "inplace", False)]
    if not nodes:
        return
    memory = _Memory(plan.network)
    for node in nodes:
        if needs := memory.needs(node):
            yield Finding(catalog.steps.Overwritten(layer=node.type, needs=needs), Argument(node, "inplace"))


class _Memory:
    """Who takes what in a network, and of what torch computes gradients."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._takers: dict[str, list[Node]] = {}
        self._learned: set[str] = set()
        for node in network.in_order():
            givers = _taken(network, node)
            for path in {_path(giver) for giver in givers}:
                self._takers.setdefault(path, []).append(node)
            if node.params or any(_path(giver) in self._learned for giver in givers):
                self._learned.add(node.path)

    def needs(self, node: Node) -> str | None:
        """What still needs what a layer overwrites."""
        if node.layer.bends_back() and node.path in self._learned:
            return f"the gradient of `{node.type}` with a slope below 0 needs its input"
        giver: Node | None = node
        while giver is not None and (giver is node or giver.type in _SAME_MEMORY):
            taker, givers = giver, self._network.before(giver)
            if len(givers) != 1:
                return None  # a merge, which makes a tensor of its own
            giver = givers[0]
            if other := next((each for each in self._takers[_path(giver)] if each.path != taker.path), None):
                return f"`{other.path} ({other.type})` takes it too"
        if giver is not None and giver.path in self._learned and _is_kept(giver):
            return f"the gradient of `{giver.path} ({giver.type})` needs it"
        return None


def _taken(network: Network, node: Node) -> Givers:
    """What a layer takes, or a container merges; nothing for one that only hands on."""
    if not node.is_seen:
        return ()
    return network.inside(node) if node.children else network.before(node)


def _path(giver: Node | None) -> str:
    return giver.path if giver else ""


def _is_kept(node: Node) -> bool:
    layer = node.layer
    return layer.keeps_output or (layer.keeps_own_output and getattr(layer, "inplace", False))
