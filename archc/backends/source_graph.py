"""A Graph -> the text of its class: its nodes as submodules, and a `forward` with a line for each."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Callable, Collection
from typing import Final

from archc.backends.source_lines import WIDTH, fitted, indent, literal
from archc.diagnostics.words import dimensions
from archc.layers.base import INPUT
from archc.network import Node

CLASS: Final = "class _(nn.Module)"
"""How the text of a class begins as long as it has no name."""

_TAKEN: Final = frozenset({"self", "torch", "nn", "Tensor", "OrderedDict", "super", "getattr"})


def class_name(name: str) -> str:
    """The name of a class for a submodule's: `feature_pyramid` is FeaturePyramid; `Graph` for a position."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    made = "".join(word[0].upper() + word[1:] for word in words)
    return made if made.isidentifier() and made.isascii() else "Graph"


def unique(name: str, taken: Collection[str]) -> str:
    """The name, with a number after it if others have it."""
    number = 2
    found = name
    while found in taken:
        found, number = f"{name}{number}", number + 1
    return found


def graph_class(node: Node, expression: Callable[[Node], list[str]]) -> str:
    """The text of a graph's class. `expression` gives the lines that make the module of a node."""
    variables = _variables(node)
    made = [line for child in node.children if child.has_module for line in _made(child.name, expression(child))]
    run = [line for child in node.children for line in _run(child, variables)]
    (output,) = node.layer.gives(tuple(child.name for child in node.children))
    lines = [
        f"{CLASS}:",
        f'    """{dimensions(node.input)} -> {dimensions(node.output)}."""',
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *indent(indent(made)),
        "",
        f"    def forward(self, {variables[INPUT]}: Tensor) -> Tensor:",
        *indent(indent(run)),
        f"        return {variables[output]}",
    ]
    return "\n".join(map(fitted, lines))


def _variables(node: Node) -> dict[str, str]:
    """The local variable of each node, by its name."""
    found: dict[str, str] = {INPUT: "x"}
    for child in node.children:
        word = child.name if _is_plain(child.name) else re.sub(r"\W", "_", f"node_{child.name}", flags=re.ASCII)
        found[child.name] = unique(word, {*found.values(), *_TAKEN})
    return found


def _is_plain(name: str) -> bool:
    """Whether a name can be written after a dot."""
    return name.isidentifier() and name.isascii() and not keyword.iskeyword(name) and not name.startswith("__")


def _made(name: str, lines: list[str]) -> list[str]:
    """The statement that makes a node's module, from the lines of an expression."""
    if _is_plain(name):
        return [f"self.{name} = {lines[0]}", *lines[1:]]
    return ["self.add_module(", *indent([f"{literal(name)},", *lines[:-1], f"{lines[-1]},"]), ")"]


def _run(child: Node, variables: dict[str, str]) -> list[str]:
    """The line of `forward` that runs a node; two where what it merges would make one too long."""
    variable = variables[child.name]
    shape = f"  # {dimensions(child.output)}"
    taken = _merged(child, [variables[name] for name in child.inputs])
    if not child.has_module:
        return _statement(variable, taken, shape)
    module = f"self.{child.name}" if _is_plain(child.name) else f"getattr(self, {literal(child.name)})"
    line = f"{variable} = {module}({taken})"
    if len(line) <= WIDTH - 8:
        return [line + shape]
    merged = f"  # {dimensions(child.input)}"
    return [*_statement(variable, taken, merged), f"{variable} = {module}({variable}){shape}"]


def _statement(variable: str, value: str, shape: str) -> list[str]:
    """An assignment, on several lines where it is too long for one."""
    if len(variable) + len(value) + 3 <= WIDTH - 8:
        return [f"{variable} = {value}{shape}"]
    return [f"{variable} = ({shape}", *indent(textwrap.wrap(value, WIDTH - 12, break_long_words=False)), ")"]


def _merged(child: Node, values: list[str]) -> str:
    """The expression that makes one of several."""
    if child.merge is None:
        return values[0]
    kind = type(child.merge).__name__
    if kind == "Concat":
        return f"torch.cat([{', '.join(values)}], {vars(child.merge)['dim']})"
    return (" + " if kind == "Add" else " * ").join(values)
