"""The difference of two networks -> a table, as text, JSON and Markdown. It shows layers as backends/table.py does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from archc.analysis.difference import Difference, LayerChange
from archc.backends.table import size, written
from archc.diagnostics.visible import columns, visible
from archc.diagnostics.words import dimensions
from archc.network import Network, Node

VERSION: Final = 1
COLUMNS: Final = ("", "path", "type", "arguments", "output", "params", "macs")
SIGNS: Final = {"added": "+", "removed": "-", "changed": "~"}
_TOTALS: Final = {
    "layers": "layers",
    "params": "parameters",
    "macs": "MACs",
    "weight_bytes": "weights",
    "activation_bytes": "activations",
    "training_bytes": "training",
}


def render_json(difference: Difference) -> str:
    """The document of `archc diff --format json`, version 1: a value that differs has that of `a` and that of `b`."""
    document = {
        "version": VERSION,
        "same": difference.same,
        "a": _network(difference.a),
        "b": _network(difference.b),
        "layers": [_layer(change) for change in difference.layers],
        "train": [{"path": path, "a": _plain(a), "b": _plain(b)} for path, a, b in difference.train],
        "totals": {name: {"a": a, "b": b} for name, a, b in difference.totals},
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


def render_text(difference: Difference) -> list[str]:
    """The lines of the tables for a terminal, without colours. Lines of layers begin with `+`, `-` or `~`."""
    lines = [f"a  {_ends(difference.a)}", f"b  {_ends(difference.b)}"]
    rows = list(layer_rows(difference))
    if rows:
        lines += ["", *_aligned([COLUMNS, *rows])]
    if difference.train:
        lines += ["", *_aligned([("~", *row) for row in setting_rows(difference)])]
    if difference.same:
        lines += ["", "the networks are the same"]
    return [*lines, "", *_aligned([("", "a", "b", "difference"), *total_rows(difference)])]


def render_markdown(difference: Difference) -> str:
    """Tables in GitHub's Markdown."""
    parts = [
        _markdown(COLUMNS, list(layer_rows(difference))),
        _markdown(("setting", "change"), list(setting_rows(difference))),
        _markdown(("", "a", "b", "difference"), list(total_rows(difference))),
    ]
    return "\n\n".join(part for part in parts if part)


def layer_rows(difference: Difference) -> Iterator[tuple[str, ...]]:
    """The cells of each layer that differs."""
    for change in difference.layers:
        a, b = change.a, change.b
        arguments = _arguments(change)
        yield (
            SIGNS[change.kind],
            _both(a, b, lambda node: visible(node.path)),
            _both(a, b, lambda node: node.type),
            arguments,
            _both(a, b, lambda node: dimensions(node.output)),
            _both(a, b, lambda node: f"{node.params:,}"),
            _both(a, b, lambda node: f"{node.macs:,}"),
        )


def setting_rows(difference: Difference) -> Iterator[tuple[str, str]]:
    """The cells of each setting of training that differs."""
    for change in difference.train:
        yield visible(change.path), f"{_shown(change.a)} -> {_shown(change.b)}"


def total_rows(difference: Difference) -> Iterator[tuple[str, str, str, str]]:
    """The cells of each total; without `training` where neither network is trained."""
    for name, a, b in difference.totals:
        if name in _TOTALS and (a is not None or b is not None):
            show = size if name.endswith("_bytes") else "{:,}".format
            known = a is not None and b is not None
            grown = ("+" if b > a else "-") + show(abs(b - a)) if known and a != b else ""
            yield _TOTALS[name], show(a) if a is not None else "", show(b) if b is not None else "", grown


def _arguments(change: LayerChange) -> str:
    if change.kind != "changed":
        node = change.b or change.a
        return visible(written(node)) if node else ""
    return ", ".join(f"{name}: {_shown(a)} -> {_shown(b)}" for name, a, b in change.arguments)


def _both(a: Node | None, b: Node | None, show: Any) -> str:
    """A cell: one value, or both where they differ."""
    shown = list(dict.fromkeys(show(node) for node in (a, b) if node))
    return " -> ".join(shown)


def _shown(value: Any) -> str:
    """A value as a spec has it."""
    return "none" if value is None else visible(json.dumps(_plain(value), ensure_ascii=False).strip('"'))


def _plain(value: Any) -> Any:
    """A value as JSON has it; what is neither a number, a text nor a list is shown as text."""
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _network(network: Network) -> dict[str, Any]:
    return {
        "name": network.name,
        "input": {"shape": list(network.input), "dtype": network.input_dtype},
        "output": {"shape": list(network.output), "dtype": network.output_dtype},
    }


def _layer(change: LayerChange) -> dict[str, Any]:
    return {
        "change": change.kind,
        "a": _node(change.a) if change.a else None,
        "b": _node(change.b) if change.b else None,
        "arguments": {name: {"a": _plain(a), "b": _plain(b)} for name, a, b in change.arguments},
    }


def _node(node: Node) -> dict[str, Any]:
    return {
        "path": node.path,
        "type": node.type,
        "input": list(node.input),
        "output": list(node.output),
        "params": node.params,
        "macs": node.macs,
    }


def _ends(network: Network) -> str:
    return f"{visible(network.name)}: {dimensions(network.input)} -> {dimensions(network.output)}"


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(columns(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _markdown(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
