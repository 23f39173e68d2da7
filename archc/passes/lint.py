"""Network -> warnings about layers that torch permits, and that are most likely a mistake."""

from __future__ import annotations

from archc.diagnostics.catalog import lints
from archc.diagnostics.report import Report
from archc.layers.base import numel
from archc.layers.linear import Linear
from archc.layers.softmax import LogSoftmax, Softmax
from archc.network import Network, Node


def lint(network: Network, report: Report) -> None:
    """Look at every layer."""
    for node in network.walk():
        if isinstance(node.layer, Linear):
            _linear(node, report)
        elif isinstance(node.layer, Softmax | LogSoftmax):
            _softmax(node, node.layer, report)


def _linear(node: Node, report: Report) -> None:
    if len(node.input) == 3:
        fault = lints.LinearOnImage(shape=node.input, output=node.output, flat=numel(node.input))
        report.add(fault, node.span, path=node.document_path)


def _softmax(node: Node, layer: Softmax | LogSoftmax, report: Report) -> None:
    dim = layer.resolve(node.input)["dim"]
    if dim == 0:
        fault: lints.SoftmaxOverBatch | lints.SoftmaxWithoutDim = lints.SoftmaxOverBatch(
            layer=node.type, implicit=layer.dim is None
        )
    elif layer.dim is None:
        fault = lints.SoftmaxWithoutDim(layer=node.type, dim=dim)
    else:
        return
    report.add(fault, node.span, path=node.document_path)
