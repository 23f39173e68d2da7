"""A network -> standalone Python source that builds the identical model, as one would write it by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archc.backends.source_graph import CLASS, class_name, graph_class, unique
from archc.backends.source_lines import fitted, indent, literal
from archc.diagnostics.words import dimensions
from archc.network import Network, Node
from archc.terms.term import Call

_MODULES: Final = Path(__file__).with_name("torch_modules.py")
_TYPING_NOTE: Final = re.compile(r"  # type: ignore\[.*?\]")
_MAIN: Final = """

if __name__ == "__main__":
    model = build()
    print(model)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
"""


class Names(NamedTuple):
    """What is no name of torch.nn: the texts of archc's own modules, and the class of each graph by its path."""

    own: dict[str, str]
    graphs: dict[str, str]


def render(network: Network, origin: str) -> str:
    """The source of a module with a function `build()`. `origin` is the spec's file name, for its first line.

    Modules that torch.nn lacks stand before it, with the text that archc itself runs.
    """
    own = own_modules()
    used = dict.fromkeys(
        node.type for node in network.walk() if node.type in own and node.has_module and node.type != "Graph"
    )
    names, graphs = _graphs(network, own)
    body = "\n".join(map(fitted, indent(_sequential(network.nodes, names))))
    head = (
        f'"""{_comment(network.name)}: {dimensions(network.input)} -> {dimensions(network.output)}, '
        f'{network.params:,} parameters. Compiled by archc from {_comment(origin)}."""\n'
    )
    doc = (
        f'    """The network with fresh weights; input (N, {", ".join(map(str, network.input))}), '
        f'output (N, {", ".join(map(str, network.output))})."""\n'
    )
    classes = [*(own[name] for name in used), *graphs]
    parts = [head, _imports(body, classes), *(f"\n\n{text}\n" for text in classes)]
    return "".join(parts) + f"\n\ndef build() -> nn.Sequential:\n{doc}    return {body.lstrip()}\n{_MAIN}"


def _graphs(network: Network, own: dict[str, str]) -> tuple[Names, list[str]]:
    """The classes of the network's graphs: their names by path, and their texts, of which equal ones are one class."""
    names = Names(own, {})
    texts: dict[str, str] = {}
    for node in _graphs_inside(network.nodes):
        text = graph_class(node, lambda child: _expression(child, names))
        if text not in texts:
            taken = {*own.keys() - {"Graph"}, *texts.values()}
            texts[text] = unique(class_name(node.name), taken)
        names.graphs[node.path] = texts[text]
    return names, [text.replace(CLASS, f"class {name}(nn.Module)", 1) for text, name in texts.items()]


def _graphs_inside(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """The graphs in their order, those inside one before it: its text has their names."""
    for node in nodes:
        yield from _graphs_inside(node.children)
        if node.type == "Graph":
            yield node


def own_modules() -> dict[str, str]:
    """The text of each class of torch_modules.py, by name; read, not imported, as this needs no torch."""
    text = _MODULES.read_text(encoding="utf-8")
    classes = (item for item in ast.parse(text).body if isinstance(item, ast.ClassDef))
    return {item.name: _TYPING_NOTE.sub("", ast.get_source_segment(text, item) or "") for item in classes}


def _imports(body: str, classes: Iterable[str]) -> str:
    text = "\n".join(classes)
    lines = []
    if "OrderedDict(" in body + text:
        lines.append("from collections import OrderedDict")
    if "Any" in text:
        lines.append("from typing import Any")
    if lines:
        lines.append("")
    if "torch." in text:
        lines.append("import torch")
    lines.append("from torch import Tensor, nn" if "Tensor" in text else "from torch import nn")
    return "\n" + "\n".join(lines) + "\n"


def _sequential(nodes: tuple[Node, ...], names: Names) -> list[str]:
    """The lines of an `nn.Sequential(...)`; named where a layer has a name of its own."""
    if not nodes:
        return ["nn.Sequential()"]
    if all(node.name == str(index) for index, node in enumerate(nodes)):
        return ["nn.Sequential(", *indent(line for node in nodes for line in _element(node, names)), ")"]
    named = [line for node in nodes for line in _element(node, names, f"({literal(node.name)}, ", ")")]
    return ["nn.Sequential(", *indent(["OrderedDict(", *indent(["[", *indent(named), "]"]), ")"]), ")"]


def _element(node: Node, names: Names, before: str = "", after: str = "") -> list[str]:
    """The lines of a module inside a call, with its comma; a leaf has its shape beside it."""
    lines = _expression(node, names)
    lines[0] = before + lines[0]
    lines[-1] += f"{after},"
    if not node.layer.contains or node.path in names.graphs:
        lines[-1] += f"  # {dimensions(node.output)}"
    return lines


def _expression(node: Node, names: Names) -> list[str]:
    """The lines of the expression that makes a module."""
    if node.path in names.graphs:
        return [f"{names.graphs[node.path]}()"]
    if node.layer.branching:
        return _branches(node, names)
    if node.layer.contains:
        return _sequential(node.children, names)
    return [_call(node.layer.constructor(node.input), names)]


def _branches(node: Node, names: Names) -> list[str]:
    """A container: its branches by keyword (`layers=...`), or as a dict of their names."""
    call = node.layer.constructor(node.input)
    if "branches" in node.layer.contains:
        items = [line for child in node.children for line in _element(child, names, f"{literal(child.name)}: ")]
        inner = ["{", *indent(items), "},"]
    else:
        inner = [line for child in node.children for line in _element(child, names, f"{child.name}=")]
    inner += [f"{name}={literal(value)}," for name, value in call.kwargs.items()]
    return [f"{call.name}(", *indent(inner), ")"]


def _call(call: Call, names: Names) -> str:
    arguments = [literal(value) for value in call.args]
    arguments += [f"{name}={literal(value)}" for name, value in call.kwargs.items()]
    return f"{'' if call.name in names.own else 'nn.'}{call.name}({', '.join(arguments)})"


def _comment(text: str) -> str:
    """A file name that cannot end the docstring it stands in."""
    return text.encode("unicode_escape").decode().replace('"', "'")
