"""A network -> its table of layers: as data for JSON, CSV and Markdown, and as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from archc.analysis.sizes import LegalSizes, Sizes
from archc.axes import hold
from archc.diagnostics.json import dumps
from archc.diagnostics.visible import visible
from archc.diagnostics.words import dimensions
from archc.layers.base import INPUT
from archc.network import Network, Node

VERSION: Final = 1
COLUMNS: Final = ("path", "type", "arguments", "output", "params", "macs", "receptive field")


def as_data(network: Network, sizes: LegalSizes | None = None) -> dict[str, Any]:
    """The document of `archc show --format json`, version 1. A figure that cannot be known is None."""
    data: dict[str, Any] = {
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
    if network.input_axes is not None:
        _add_axes(data, network)
    if sizes is not None:
        data["sizes"] = _sizes_data(sizes)
    return data


def _add_axes(data: dict[str, Any], network: Network) -> None:
    """What the axes hold of the input, of the output, and of what each layer gives, if the author names those."""
    holding = hold(network)
    data["input"]["axes"] = list(holding.input.holds)
    data["output"]["axes"] = list(holding.output.holds)
    for row in data["layers"]:
        row["axes"] = list(holding.outputs[row["path"]].holds)


def render_json(network: Network, depth: int | None = None, sizes: LegalSizes | None = None) -> str:
    """`as_data` as JSON text. Programs fold for themselves: it has all layers, whatever `depth` says."""
    return dumps(as_data(network, sizes), indent=1)


def render_csv(network: Network, depth: int | None = None, sizes: LegalSizes | None = None) -> str:
    """One line a layer, with a header; shapes as in `32x28x28`. It has no place for legal sizes."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.replace(" ", "_") for column in COLUMNS])
    for node, takes in _placed(network):
        field = "x".join(map(str, node.receptive_field or ()))
        arguments = ", ".join(filter(None, (takes, written(node))))
        if depth is not None and node.depth > depth:
            continue
        output = "x".join(map(str, node.output))
        writer.writerow([node.path, node.type, arguments, output, node.params, node.macs, field])
    return out.getvalue()


def render_markdown(network: Network, depth: int | None = None, sizes: LegalSizes | None = None) -> str:
    """A table in GitHub's Markdown, with the totals under it."""
    lines = [f"| {' | '.join(COLUMNS)} |", "| --- | --- | --- | --- | ---: | ---: | --- |"]
    for cells in rows(network, depth):
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n\n" + "  \n".join(f"{name}: {value}" for name, value in totals(network, sizes)) + "\n"


def rows(network: Network, depth: int | None = None) -> Iterator[tuple[str, ...]]:
    """The cells of the table, one tuple a layer; the parts of a nested layer are indented, down to `depth`."""
    behind, always = hold(network).outputs, network.input_axes is not None
    for node, takes in _placed(network):
        if depth is not None and node.depth > depth:
            continue
        yield (
            "  " * (node.depth - 1) + visible(node.path),
            node.type,
            ", ".join(filter(None, (takes, written(node)))),
            dimensions(node.output, behind[node.path].holds, always=always),
            f"{node.params:,}" if node.params else "",
            f"{node.macs:,}" if node.macs else "",
            dimensions(node.receptive_field) if node.receptive_field else "",
        )


def _placed(network: Network) -> Iterator[tuple[Node, str]]:
    """Every node, and for one of a Graph that merges nothing, what it takes: elsewhere that follows from its place."""
    wired: set[str] = set()
    for node in network.walk():
        if node.type == "Graph":
            wired.update(child.path for child in node.children)
        takes = f"from {_taken(node)}" if node.path in wired and node.merge is None else ""
        yield node, takes


def totals(network: Network, sizes: LegalSizes | None = None) -> list[tuple[str, str]]:
    """The lines under the table."""
    holding, always = hold(network), network.input_axes is not None
    ends = [dimensions(held.shape, held.holds, always=always) for held in (holding.input, holding.output)]
    lines = [
        ("input", f"{ends[0]} {network.input_dtype}"),
        ("output", f"{ends[1]} {network.output_dtype}"),
        ("parameters", f"{network.params:,} ({size(network.weight_bytes)})"),
        ("MACs", f"{network.macs:,} for one sample"),
        ("activations", f"{size(network.activation_bytes)} for one sample"),
    ]
    if network.train is not None and network.training_bytes is not None:
        lines.append(("training", f"{size(network.training_bytes)} with batches of {network.train.batch_size}"))
    return lines + (_sizes_lines(sizes) if sizes else [])


def _sizes_lines(sizes: LegalSizes) -> list[tuple[str, str]]:
    if not sizes.axes:
        return [("sizes", "its input has no axes of positions, such as height and width")]
    apart = "" if sizes.together else " (each with the others as they are)"
    tie = (
        f" (`{visible(sizes.tie.path)}`, {sizes.tie.type}, has {sizes.tie.argument} {sizes.tie.value})"
        if sizes.tie
        else ""
    )
    tried = max((axis.tried or 0 for axis in sizes.axes), default=0)
    most = f" (of those up to {tried}, which were tried)" if tried else ""
    return [
        ("valid for", _by_axis(sizes, [axis.valid for axis in sizes.axes]) + apart + most),
        ("same weights", _by_axis(sizes, [axis.same for axis in sizes.axes]) + tie + most),
    ]


def _by_axis(sizes: LegalSizes, runs: list[tuple[Sizes, ...]]) -> str:
    """The sizes of each axis, those of equal axes together: `H, W >= 63`."""
    said = [" or ".join(map(str, each)) for each in runs]
    if len(set(said)) == 1:
        return f"{', '.join(axis.letter for axis in sizes.axes)} {said[0]}"
    return "; ".join(f"{axis.letter} {text}" for axis, text in zip(sizes.axes, said, strict=True))


def _sizes_data(sizes: LegalSizes) -> dict[str, Any]:
    axes = [
        {
            "axis": axis.axis,
            "name": axis.name,
            "valid": [run._asdict() for run in axis.valid],
            "same_weights": [run._asdict() for run in axis.same],
            "tried": axis.tried,
        }
        for axis in sizes.axes
    ]
    return {"axes": axes, "together": sizes.together, "tie": sizes.tie._asdict() if sizes.tie else None}


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
    if node.merge is not None or node.layer.contains == ("nodes",):
        return _wired(node)
    if node.layer.contains:
        noun = "layer" if not node.layer.branching else "branch"
        plural = {"layer": "layers", "branch": "branches"}
        return f"{len(node.children)} {noun if len(node.children) == 1 else plural[noun]}"
    call = node.layer.constructor(node.input)
    shown = [str(value) for value in call.args]
    shown += [f"{name}={value}" for name, value in call.kwargs.items()]
    return ", ".join(shown)


def _wired(node: Node) -> str:
    """What is said of a Graph, and of a node that merges: what it takes, how, and how many layers follow."""
    if node.merge is None:
        output = node.layer.resolve(node.input)["output"]
        shown = [f"{len(node.children)} node{'s' if len(node.children) > 1 else ''}"]
        return ", ".join(shown + [f"output={output}"] * (output is not None))
    dim = vars(node.merge).get("dim")
    merge = _taken(node) if dim is None else f"{_taken(node)}, dim={dim}"
    if not node.has_module:
        return merge
    count = len(node.children)
    return f"{type(node.merge).__name__}({merge}), {count} layer{'' if count == 1 else 's'}"


def _taken(node: Node) -> str:
    return ", ".join("input" if name == INPUT else visible(name) for name in node.inputs)


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
