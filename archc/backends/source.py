"""A network -> standalone Python source that builds the identical model, as one would write it by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archc.diagnostics.words import dimensions
from archc.network import Network, Node
from archc.terms.term import Call

_MODULES: Final = Path(__file__).with_name("torch_modules.py")
_TYPING_NOTE: Final = re.compile(r"  # type: ignore\[.*?\]")
_SHAPE: Final = re.compile(r"  (# [0-9x ]+)$")
_WIDTH: Final = 120
_MAIN: Final = """

if __name__ == "__main__":
    model = build()
    print(model)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
"""


def render(network: Network, origin: str) -> str:
    """The source of a module with a function `build()`. `origin` is the spec's file name, for its first line.

    Modules that torch.nn lacks stand before it, with the text that archc itself runs.
    """
    own = own_modules()
    used = dict.fromkeys(node.type for node in network.walk() if node.type in own)
    body = "\n".join(map(_fitted, _indent(_sequential(network.nodes, own))))
    head = (
        f'"""{_comment(network.name)}: {dimensions(network.input)} -> {dimensions(network.output)}, '
        f'{network.params:,} parameters. Compiled by archc from {_comment(origin)}."""\n'
    )
    doc = (
        f'    """The network with fresh weights; input (N, {", ".join(map(str, network.input))}), '
        f'output (N, {", ".join(map(str, network.output))})."""\n'
    )
    classes = [own[name] for name in used]
    parts = [head, _imports(body, classes), *(f"\n\n{text}\n" for text in classes)]
    return "".join(parts) + f"\n\ndef build() -> nn.Sequential:\n{doc}    return {body.lstrip()}\n{_MAIN}"


def own_modules() -> dict[str, str]:
    """The text of each class of torch_modules.py, by name; read, not imported, as this needs no torch."""
    text = _MODULES.read_text(encoding="utf-8")
    classes = (item for item in ast.parse(text).body if isinstance(item, ast.ClassDef))
    return {item.name: _TYPING_NOTE.sub("", ast.get_source_segment(text, item) or "") for item in classes}


def _imports(body: str, classes: Iterable[str]) -> str:
    text = "\n".join(classes)
    lines = []
    if "OrderedDict(" in body:
        lines.append("from collections import OrderedDict")
    if "Any" in text:
        lines.append("from typing import Any")
    if lines:
        lines.append("")
    if "torch." in text:
        lines.append("import torch")
    lines.append("from torch import Tensor, nn" if "Tensor" in text else "from torch import nn")
    return "\n" + "\n".join(lines) + "\n"


def _sequential(nodes: tuple[Node, ...], own: dict[str, str]) -> list[str]:
    """The lines of an `nn.Sequential(...)`; named where a layer has a name of its own."""
    if not nodes:
        return ["nn.Sequential()"]
    if all(node.name == str(index) for index, node in enumerate(nodes)):
        return ["nn.Sequential(", *_indent(line for node in nodes for line in _element(node, own)), ")"]
    named = [line for node in nodes for line in _element(node, own, f"({_literal(node.name)}, ", ")")]
    return ["nn.Sequential(", *_indent(["OrderedDict(", *_indent(["[", *_indent(named), "]"]), ")"]), ")"]


def _element(node: Node, own: dict[str, str], before: str = "", after: str = "") -> list[str]:
    """The lines of a module inside a call, with its comma; a leaf has its shape beside it."""
    lines = _expression(node, own)
    lines[0] = before + lines[0]
    lines[-1] += f"{after},"
    if not node.layer.contains:
        lines[-1] += f"  # {dimensions(node.output)}"
    return lines


def _expression(node: Node, own: dict[str, str]) -> list[str]:
    """The lines of the expression that makes a module."""
    if node.layer.branching:
        return _branches(node, own)
    if node.layer.contains:
        return _sequential(node.children, own)
    return [_call(node.layer.constructor(node.input), own)]


def _branches(node: Node, own: dict[str, str]) -> list[str]:
    """A container: its branches by keyword (`layers=...`), or as a dict of their names."""
    call = node.layer.constructor(node.input)
    if "branches" in node.layer.contains:
        items = [line for child in node.children for line in _element(child, own, f"{_literal(child.name)}: ")]
        inner = ["{", *_indent(items), "},"]
    else:
        inner = [line for child in node.children for line in _element(child, own, f"{child.name}=")]
    inner += [f"{name}={_literal(value)}," for name, value in call.kwargs.items()]
    return [f"{call.name}(", *_indent(inner), ")"]


def _call(call: Call, own: dict[str, str]) -> str:
    arguments = [_literal(value) for value in call.args]
    arguments += [f"{name}={_literal(value)}" for name, value in call.kwargs.items()]
    return f"{'' if call.name in own else 'nn.'}{call.name}({', '.join(arguments)})"


def _indent(lines: Iterable[str]) -> list[str]:
    return ["    " + line for line in lines]


def _fitted(line: str) -> str:
    """A line, with the shape above it where it would be too long beside it."""
    shape = _SHAPE.search(line)
    if len(line) <= _WIDTH or shape is None:
        return line
    margin = line[: len(line) - len(line.lstrip())]
    return f"{margin}{shape[1]}\n{line[: shape.start()]}"


def _literal(value: object) -> str:
    """A Python literal, with double quotes."""
    text = repr(value)
    return f'"{value}"' if isinstance(value, str) and text == f"'{value}'" and '"' not in value else text


def _comment(text: str) -> str:
    """A file name that cannot end the docstring it stands in."""
    return text.encode("unicode_escape").decode().replace('"', "'")
