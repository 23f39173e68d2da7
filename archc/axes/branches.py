"""Branches that cannot be merged -> the Permute with which they can, where an axis was taken for another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archc.axes.holding import Held, Misread
from archc.axes.turns import Standing, orders
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.ways import Way, Ways
from archc.diagnostics.words import Taken
from archc.layers import Layer, Shape
from archc.layers.base import INPUT, OF_POSITIONS, Readings
from archc.network import Node

_Order = tuple[int, ...]


def with_turns(
    fault: catalog.blocks.BranchesDiffer, layer: Layer, children: tuple[Node, ...], standing: Standing
) -> catalog.blocks.BranchesDiffer:
    """A fault of a container with what its branches hold, and the Permute after which its branches fit."""
    branches, holding = _Branches(layer, children), standing.holding
    told = len(holding.misread)
    known = holding.follow(children, standing.held)
    fault = fault.with_(holds=tuple([known[name].holds for name in branches.given]))
    if len(holding.misread) > told:
        misread = holding.misread[told]
        node, asked = misread.node, misread.reads
        taken = Taken(f"`{node.path}` ({node.type})", node.input, misread.holds, asked)
        return fault.with_(ways=_of_misread(misread, branches, standing), taken=taken)
    return fault.with_(ways=(*_at_an_end(branches, known, standing), *_before_all(branches, standing))[:1])


def turned_back(node: Node, names: tuple[str, str], holds: tuple[Readings, Readings]) -> Ways:
    """A Permute at the end of one of two branches of a container that hold the same in another order."""
    children = {child.name: child for child in node.children if node.merge is None}
    for name, own, other in ((names[1], holds[1], holds[0]), (names[0], holds[0], holds[1])):
        last = children[name].children[-1] if name in children and children[name].children else None
        at, holding = _of_positions(other), _of_positions(own)
        if last and at is not None and holding is not None:
            return (_behind(last, orders(holding, at, len(own))[0]),)
    return ()


def _of_positions(holds: Readings) -> int | None:
    return next((at for at, meaning in enumerate(holds) if meaning in OF_POSITIONS), None)


def _behind(last: Node, dims: _Order) -> Way:
    place = f"behind `{last.path}` ({last.type})"
    return Way((f"Permute: {list(dims)}",), place=place, action="append-layer", target=last.span)


class _Branches:
    """The branches of a container, and what they give together if Permutes stood in them."""

    def __init__(self, layer: Layer, children: tuple[Node, ...]) -> None:
        self.layer = layer
        self.children = children
        self.given = layer.gives(tuple([child.name for child in children]))

    def fit(self, x: Shape, before: Mapping[str, _Order], behind: Mapping[str, _Order] | None = None) -> bool:
        """Whether they can be merged with Permutes before some nodes, by their paths, and behind some children."""
        try:
            flows = _flows(self.children, x, before)
            for name, order in (behind or {}).items():
                flows[name] = _permuted(flows[name], order)
            self.layer.merge(tuple([flows[name] for name in self.given]))
        except Fault:
            return False
        return True


def _flows(nodes: Iterable[Node], x: Shape, before: Mapping[str, _Order]) -> dict[str, Shape]:
    """What siblings give, by name.

    Raises:
        Fault: one of them cannot take what reaches it then.
    """
    flows = {INPUT: x}
    for node in nodes:
        taken = [flows[name] for name in node.inputs]
        y = node.merge.shape(tuple(taken)) if node.merge else taken[0]
        if node.path in before:
            y = _permuted(y, before[node.path])
        if node.layer.contains:
            inner = _flows(node.children, y, before)
            y = node.layer.merge(tuple([inner[name] for name in node.layer.gives(tuple(inner)[1:])]))
        else:
            y = node.layer.output_shape(y)
        flows[node.name] = y
    return flows


def _permuted(x: Shape, dims: _Order) -> Shape:
    return tuple([x[dim - 1] for dim in dims[1:]])


def _of_misread(misread: Misread, branches: _Branches, standing: Standing) -> Ways:
    """A Permute before the layer that takes another axis, or before the container; none where that is not all."""
    node, x = misread.node, standing.held.shape
    dims, _ = orders(misread.holding, misread.at, len(node.input))
    whole = Way((f"Permute: {list(dims)}",))
    if len(dims) == len(x) + 1 and branches.fit(_permuted(x, dims), {}):
        return (whole,)
    place = f"before `{node.path}` ({node.type})"
    way = Way((f"Permute: {list(dims)}",), place=place, target=node.span)
    return (way,) if branches.fit(x, {node.path: dims}) else ()


def _at_an_end(branches: _Branches, known: Mapping[str, Held], standing: Standing) -> Iterator[Way]:
    """A Permute at the end of a branch that gives its axes in another order."""
    for child in branches.children:
        if not child.children or child.name not in branches.given:
            continue
        last, others = child.children[-1], [known[name].holds for name in branches.given if name != child.name]
        for dims in _turns(len(child.output)):
            holds = tuple([known[child.name].holds[dim - 1] for dim in dims[1:]])
            if _agree(holds, others) and branches.fit(standing.held.shape, {}, {child.name: dims}):
                yield _behind(last, dims)


def _agree(holds: Readings, others: Iterable[Readings]) -> bool:
    """Whether no axis is known to hold positions in one and what each has in another."""
    pairs = [pair for other in others for pair in zip(holds, other, strict=False) if all(pair)]
    return all((a in OF_POSITIONS) == (b in OF_POSITIONS) for a, b in pairs)


def _before_all(branches: _Branches, standing: Standing) -> Iterator[Way]:
    """A Permute of a signal or a sequence before the container, if nothing is known of its axes."""
    x = standing.held.shape
    if len(x) == 2 and standing.certain == (None, None):
        dims = (0, 2, 1)
        if branches.fit(_permuted(x, dims), {}):
            yield Way((f"Permute: {list(dims)}",))


def _turns(rank: int) -> Iterator[_Order]:
    """The orders that put the first axis last, and the last first."""
    if rank > 1:
        yield orders(rank - 1, 0, rank)[0]
    if rank > 2:
        yield orders(0, rank - 1, rank)[0]
