"""Network -> warnings about layers that torch permits, and that are most likely a mistake."""

from __future__ import annotations

from archc.diagnostics.catalog import lints
from archc.diagnostics.report import Report
from archc.layers.base import numel
from archc.layers.linear import Linear
from archc.layers.shape import Permute
from archc.layers.softmax import LogSoftmax, Softmax
from archc.network import Network, Node


def lint(network: Network, report: Report) -> None:
    """Look at every layer."""
    _chain(network.nodes, False, report)


def _chain(nodes: tuple[Node, ...], last: bool, report: Report) -> bool:
    """Look at layers that follow each other. `last`: a Permute has put the channels last, and so it is on return."""
    for node in nodes:
        layer = node.layer
        if isinstance(layer, Permute):
            last = layer.dims[-1] % (len(node.input) + 1) == 1
        elif isinstance(layer, Linear):
            _linear(node, last, report)
        elif isinstance(layer, Softmax | LogSoftmax):
            _softmax(node, layer, report)
        elif layer.branching:
            ends = [_chain((branch,), last, report) for branch in node.children]
            last = all(ends)
        else:
            last = _chain(node.children, last, report)
    return last


def _linear(node: Node, last: bool, report: Report) -> None:
    if len(node.input) == 3 and not last:
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
