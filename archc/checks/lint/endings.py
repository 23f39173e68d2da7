"""Lints of the network's end."""

from __future__ import annotations

from collections.abc import Iterator

from archc.checks.check import Finding
from archc.checks.lint.chain import Chain, marked
from archc.diagnostics import catalog
from archc.layers.ranges import ANY, NEGATIVE, UNIT
from archc.network import Node


def dropout_last(chain: Chain) -> Iterator[Finding]:
    """A Dropout of the network's own outputs."""
    last = _ending(chain)
    if last and last[-1].family == "dropout":
        yield Finding(catalog.chain_lints.DropoutLast(layer=last[-1].type), last[-1])


def norm_last(chain: Chain) -> Iterator[Finding]:
    """A batch norm of the network's own outputs."""
    last = _ending(chain)
    if len(last) > 1 and last[-1].type == "BatchNorm1d" and last[-2].type == "Linear":
        fault = catalog.chain_lints.NormLast(outputs=last[-1].output[0])
        yield Finding(fault, last[-1], labels=marked(last[-2], "the last Linear"))


def _only_reads(node: Node) -> bool:
    """Whether it may follow the layer that makes the output without another meaning."""
    return node.family == "view" or (not node.children and reads(node))


def reads(node: Node) -> bool:
    """Whether it makes of any numbers such as stand between 0 and 1, or logarithms of such."""
    gives = node.layer.range_of(ANY, node.input, False)
    return gives.within(UNIT) or gives.within(NEGATIVE)


def _ending(chain: Chain) -> tuple[Node, ...]:
    """The last two layers of the network that make its output; none for a branch."""
    if not chain.last:
        return ()
    end = len(chain.nodes)
    while end and _only_reads(chain.nodes[end - 1]):
        end -= 1
    return chain.nodes[max(end - 2, 0) : end]
