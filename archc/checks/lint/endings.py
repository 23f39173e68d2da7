"""Lints of the network's end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archc.checks.check import Finding
from archc.checks.lint.chain import Chain, marked
from archc.checks.lint.pairs import DROPOUTS
from archc.diagnostics import catalog
from archc.network import Node

_AFTER: Final = frozenset({"Softmax", "LogSoftmax", "Sigmoid", "LogSigmoid", "Flatten", "Identity"})
"""What may follow the layer that makes the output, without another meaning."""


def dropout_last(chain: Chain) -> Iterator[Finding]:
    """A Dropout of the network's own outputs."""
    last = _ending(chain)
    if last and last[-1].type in DROPOUTS:
        yield Finding(catalog.chain_lints.DropoutLast(layer=last[-1].type), last[-1])


def norm_last(chain: Chain) -> Iterator[Finding]:
    """A batch norm of the network's own outputs."""
    last = _ending(chain)
    if len(last) > 1 and last[-1].type == "BatchNorm1d" and last[-2].type == "Linear":
        fault = catalog.chain_lints.NormLast(outputs=last[-1].output[0])
        yield Finding(fault, last[-1], labels=marked(last[-2], "the last Linear"))


def _ending(chain: Chain) -> tuple[Node, ...]:
    """The last two layers of the network that make its output; none for a branch."""
    if not chain.last:
        return ()
    end = len(chain.nodes)
    while end and chain.nodes[end - 1].type in _AFTER:
        end -= 1
    return chain.nodes[max(end - 2, 0) : end]
