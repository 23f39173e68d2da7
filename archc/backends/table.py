"""A network -> its table of layers: as data for JSON, CSV and Markdown, and as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from archc.diagnostics.catalog.shapes import dimensions
from archc.diagnostics.visible import visible
from archc.network import Network, Node

VERSION: Final = 1
COLUMNS: Final = ("path", "type", "arguments", "output", "params", "macs", "receptive field")


def as_data(network: Network) -> dict[str, Any]:
    """The document of `archc show --format json`, version 1. A figure that cannot be known is None."""
    return {
        "version": VERSION,
        "name": network.name,
        "input": {"shape": list(network.input), "dtype": network.input_dtype},
        "output": {"shape": list(network.output), "dtype": network.output_dtype},
        "layers": [_row(node) for node in network.walk()],
        "totals": {
            "layers": network.layers,
            "params": network.params,
            "trainable": network.trainable,
            "macs": network.macs,
            "weight_bytes": network.weight_bytes,
            "activation_bytes": network.activation_bytes,
            "training_bytes": network.training_bytes,
        },
    }


def render_json(network: Network, depth: int | None = None) -> str:
    """`as_data` as JSON text. Programs fold for themselves: it has all layers, whatever `depth` says."""
    return json.dumps(as_data(network), indent=1, ensure_ascii=False)


def render_csv(network: Network, depth: int | None = None) -> str:
    """One line a layer, with a header; shapes as in `32x28x28`."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.replace(" ", "_") for column in COLUMNS])
    for node in network.walk():
        field = "x".join(map(str, node.receptive_field or ()))
        arguments = written(node)
        if depth is not None and node.depth > depth:
            continue
        output = "x".join(map(str, node.output))
        writer.writerow([node.path, node.type, arguments, output, node.params, node.macs, field])
    return out.getvalue()


def render_markdown(network: Network, depth: int | None = None) -> str:
    """A table in GitHub's Markdown, with the totals under it."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- | --- | --- | --- | ---: | ---: | --- |"]
    for cells in rows(network, depth):
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n\n" + "  \n".join(f"{name}: {value}" for name, value in totals(network)) + "\n"


def rows(network: Network, depth: int | None = None) -> Iterator[tuple[str, ...]]:
    """The cells of the table, one tuple a layer; the parts of a nested layer are indented, down to `depth`."""
    for node in network.walk():
        if depth is not None and node.depth > depth:
            continue
        yield (
            "  " * (node.depth - 1) + visible(node.path),
            node.type,
            written(node),
            dimensions(node.output),
            f"{node.params:,}" if node.params else "",
            f"{node.macs:,}" if node.macs else "",
            dimensions(node.receptive_field) if node.receptive_field else "",
        )


def totals(network: Network) -> list[tuple[str, str]]:
    """The lines under the table."""
    lines = [
        ("input", f"{dimensions(network.input)} {network.input_dtype}"),
        ("output", f"{dimensions(network.output)} {network.output_dtype}"),
        ("parameters", f"{network.params:,} ({size(network.weight_bytes)})"),
        ("MACs", f"{network.macs:,} for one sample"),
        ("activations", f"{size(network.activation_bytes)} for one sample"),
    ]
    if network.train is not None and network.training_bytes is not None:
        lines.append(("training", f"{size(network.training_bytes)} with batches of {network.train.batch_size}"))
    return lines


def size(count: int) -> str:
    """Bytes for people: 5.6 MiB."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError("unreachable")


def written(node: Node) -> str:
    """A layer's arguments as the constructor call has them, without sizes that are seen in the shapes anyway."""
    if node.layer.contains:
        noun = "layer" if not node.layer.branching else "branch"
        plural = {"layer": "layers", "branch": "branches"}
        return f"{len(node.children)} {noun if len(node.children) == 1 else plural[noun]}"
    call = node.layer.constructor(node.input)
    shown = [str(value) for value in call.args]
    shown += [f"{name}={value}" for name, value in call.kwargs.items()]
    return ", ".join(shown)


def _row(node: Node) -> dict[str, Any]:
    first = node.span.first if node.span else None
    return {
        "path": node.path,
        "type": node.type,
        "depth": node.depth,
        "input": list(node.input),
        "output": list(node.output),
        "arguments": {name: _plain(value) for name, value in node.layer.resolve(node.input).items()},
        "params": node.params,
        "trainable": node.trainable,
        "macs": node.macs,
        "activation_bytes": node.activation_bytes,
        "receptive_field": list(node.receptive_field) if node.receptive_field else None,
        "file": node.span.source.name if node.span else None,
        "line": first.line if first else None,
        "column": first.column if first else None,
    }


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
