"""Network -> warnings about what torch permits, and what is most likely a mistake."""

from __future__ import annotations

from typing import Final

from archc.checks.lint import endings, pairs, sizes
from archc.checks.lint.chain import Chain, Lint, chains
from archc.diagnostics.report import Report
from archc.network import Network

LINTS: Final[tuple[Lint, ...]] = (
    pairs.nothing_between,
    pairs.bias_before_norm,
    pairs.dropout_twice,
    pairs.activation_twice,
    pairs.heavy_flatten,
    endings.dropout_last,
    endings.norm_last,
    sizes.softmax_axis,
    sizes.dropout_of_another_rank,
    sizes.rows_dropped,
    sizes.redundant_size,
)
"""What is looked for in each chain of layers, in this order."""


def lint(network: Network, report: Report) -> None:
    """Look for everything. A layer that stands in the network many times, by a Repeat or a block, is reported once."""
    lines: list[Chain] = list(chains(network))
    seen = set()
    for look in LINTS:
        for chain in lines:
            for finding in look(chain):
                place = finding.node.places
                span = finding.span or (place.type if place else None)
                if (finding.fault.code, span) in seen:
                    continue
                seen.add((finding.fault.code, span))
                labels = (*finding.labels, *(place.calls if place else ()))
                path = finding.node.document_path
                report.add(finding.fault, span, path=path, labels=labels)
    sizes.linear_on_image(network, report)
