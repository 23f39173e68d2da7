"""Network and `expect` section -> a fault for each claim that does not hold, with what contributes most."""

from __future__ import annotations

from collections.abc import Callable

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.network import Network, Node
from archc.recipe.expect import Bound, Expect
from archc.spec import Spec

_SHOWN = 3


def expect(network: Network, spec: Spec, report: Report) -> None:
    """Verify every claim of a spec."""
    if spec.expect is not None:
        _Claims(network, spec.expect, spec, report).run()


class _Claims:
    def __init__(self, network: Network, claims: Expect, spec: Spec, report: Report) -> None:
        self.network = network
        self.claims = claims
        self.spec = spec
        self.report = report

    def run(self) -> None:
        network, claims = self.network, self.claims
        self.shape("output", network.output, claims.output)
        self.bound("params", "parameters", network.params, claims.params, lambda node: node.params)
        self.bound("macs", "MACs", network.macs, claims.macs, lambda node: node.macs)
        self.bound("memory", "bytes", network.training_bytes, claims.memory, lambda node: node.activation_bytes)
        self.bound("receptive_field", "pixels", self.receptive_field(), claims.receptive_field, None)
        nodes = {node.path: node for node in network.walk()}
        for path, shape in (claims.shapes or {}).items():
            if path in nodes:
                self.shape(f"shapes.{path}", nodes[path].output, shape)
            else:
                fault = catalog.expect.NoSuchLayer(path=path, known=tuple(nodes))
                self.report.add(fault, self.spec.places.get("expect.shapes"), path="expect.shapes")

    def receptive_field(self) -> int | None:
        """The smaller side of the last receptive field that is known."""
        known = [node.receptive_field for node in self.network.walk() if node.receptive_field]
        return min(known[-1]) if known else None

    def shape(self, key: str, actual: tuple[int, ...], claimed: tuple[int, ...] | None) -> None:
        if claimed is not None and claimed != actual:
            fault = catalog.expect.ShapeNotAsExpected(what=key, actual=actual, claimed=claimed)
            self.add(fault, key)

    def bound(
        self, key: str, unit: str, actual: int | None, claimed: Bound | None, cost: Callable[[Node], int] | None
    ) -> None:
        """Compare a figure with its limits. A figure that cannot be known does not hold."""
        if claimed is None or (actual is not None and claimed.holds(actual)):
            return
        fault = catalog.expect.FigureNotAsExpected(
            what=key, unit=unit, actual=actual, least=claimed.least, most=claimed.most, largest=self.largest(cost)
        )
        self.add(fault, key)

    def largest(self, cost: Callable[[Node], int] | None) -> tuple[tuple[str, int], ...]:
        """The layers that contribute most to a figure."""
        if cost is None:
            return ()
        leaves = [(f"{node.path} ({node.type})", cost(node)) for node in self.network.walk() if not node.children]
        ranked = sorted((item for item in leaves if item[1]), key=lambda item: -item[1])
        return tuple(ranked[:_SHOWN])

    def add(self, fault: catalog.expect.ShapeNotAsExpected | catalog.expect.FigureNotAsExpected, key: str) -> None:
        section = key.partition(".")[0]
        self.report.add(fault, self.spec.places.get(f"expect.{section}"), path=f"expect.{section}")
