"""Network and `expect` section -> a fault for each claim that does not hold, with what contributes most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from archc.checks.check import Finding
from archc.diagnostics import catalog
from archc.layers import Shape
from archc.network import Network, Node
from archc.recipe.expect import Bound, Expect

_SHOWN = 3


class Claims(NamedTuple):
    """A network with what its spec claims of it."""

    network: Network
    claimed: Expect


class _Figure(NamedTuple):
    """A figure that can be claimed: its unit, how it is measured, and what a layer contributes to it, if it adds up."""

    unit: str
    of: Callable[[Network], int | None]
    cost: Callable[[Node], int] | None


def _receptive_field(network: Network) -> int | None:
    """The smaller side of the last receptive field that is known, in pixels."""
    known = [node.receptive_field for node in network.walk() if node.receptive_field]
    return min(known[-1]) if known else None


_FIGURES: Final = {
    "params": _Figure("parameters", lambda network: network.params, lambda node: node.params),
    "macs": _Figure("MACs", lambda network: network.macs, lambda node: node.macs),
    "memory": _Figure("bytes", lambda network: network.training_bytes, lambda node: node.activation_bytes),
    "receptive_field": _Figure("pixels", _receptive_field, None),
}


def output(claims: Claims) -> Iterator[Finding]:
    """The shape of the network's output."""
    yield from _shape("output", claims.network.output, claims.claimed.output)


def figures(claims: Claims) -> Iterator[Finding]:
    """Limits of figures. A figure that cannot be known does not hold."""
    for name, figure in _FIGURES.items():
        claimed: Bound | None = getattr(claims.claimed, name)
        actual = figure.of(claims.network) if claimed else None
        if claimed is None or (actual is not None and claimed.holds(actual)):
            continue
        fault = catalog.expect.FigureNotAsExpected(
            what=name,
            unit=figure.unit,
            actual=actual,
            least=claimed.least,
            most=claimed.most,
            largest=_largest(claims.network, figure.cost),
        )
        yield Finding(fault, f"expect.{name}")


def shapes(claims: Claims) -> Iterator[Finding]:
    """The shapes of layers' outputs, by the layers' paths."""
    if not claims.claimed.shapes:
        return
    nodes = {node.path: node for node in claims.network.walk()}
    for path, shape in claims.claimed.shapes.items():
        if path in nodes:
            yield from _shape(f"shapes.{path}", nodes[path].output, shape)
        else:
            yield Finding(catalog.expect.NoSuchLayer(path=path, known=tuple(nodes)), "expect.shapes")


def _shape(what: str, actual: Shape, claimed: Shape | None) -> Iterator[Finding]:
    if claimed is not None and claimed != actual:
        fault = catalog.expect.ShapeNotAsExpected(what=what, actual=actual, claimed=claimed)
        yield Finding(fault, f"expect.{what.partition('.')[0]}")


def _largest(network: Network, cost: Callable[[Node], int] | None) -> tuple[tuple[str, int], ...]:
    """The layers that contribute most to a figure."""
    if cost is None:
        return ()
    leaves = [(f"{node.path} ({node.type})", cost(node)) for node in network.walk() if not node.children]
    ranked = sorted((item for item in leaves if item[1]), key=lambda item: -item[1])
    return tuple(ranked[:_SHOWN])
