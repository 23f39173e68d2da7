"""A network -> standalone Python source that builds the identical model, as one would write it by hand."""

from __future__ import annotations

from archc.diagnostics.catalog.shapes import dimensions
from archc.network import Network, Node
from archc.term import Call

_WIDTH = 100
_MAIN = """

if __name__ == "__main__":
    model = build()
    print(model)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters")
"""


def render(network: Network, origin: str) -> str:
    """The source of a module with a function `build()`. `origin` is the spec's file name, for its first line."""
    head = (
        f'"""{_comment(network.name)}: {dimensions(network.input)} -> {dimensions(network.output)}, '
        f'{network.params:,} parameters. Compiled by archc from {_comment(origin)}."""\n'
    )
    lines = _sequential(network.nodes, 1)
    named = any(line.lstrip() == "OrderedDict(" for line in lines)
    imports = "from collections import OrderedDict\n\nfrom torch import nn\n" if named else "from torch import nn\n"
    body = "\n".join(lines)
    doc = (
        f'    """The network with fresh weights; input (N, {", ".join(map(str, network.input))}), '
        f'output (N, {", ".join(map(str, network.output))})."""\n'
    )
    return f"{head}\n{imports}\n\ndef build() -> nn.Sequential:\n{doc}    return {body.lstrip()}\n{_MAIN}"


def _sequential(nodes: tuple[Node, ...], indent: int) -> list[str]:
    """The lines of an `nn.Sequential(...)`; named where a layer has a name of its own."""
    pad = "    " * indent
    named = any(node.name != str(index) for index, node in enumerate(nodes))
    if not named:
        inner = [line for node in nodes for line in _element(node, indent + 1, None)]
        return [f"{pad}nn.Sequential(", *inner, f"{pad})"]
    inner = [line for node in nodes for line in _element(node, indent + 2, node.name)]
    return [
        f"{pad}nn.Sequential(",
        f"{pad}    OrderedDict(",
        f"{pad}        [",
        *_shift(inner),
        f"{pad}        ]",
        f"{pad}    )",
        f"{pad})",
    ]


def _shift(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _element(node: Node, indent: int, name: str | None) -> list[str]:
    pad = "    " * indent
    before, after = (f"({_literal(name)}, ", ")") if name is not None else ("", "")
    if node.children:
        lines = _sequential(node.children, indent)
        lines[0] = pad + before + lines[0].lstrip()
        lines[-1] += f"{after},"
        return lines
    text = f"{pad}{before}{_call(node.layer.lower(node.input))}{after},"
    return [f"{text}  # {dimensions(node.output)}"]


def _call(call: Call) -> str:
    arguments = [_literal(value) for value in call.args]
    arguments += [f"{name}={_literal(value)}" for name, value in call.kwargs.items()]
    return f"nn.{call.name}({', '.join(arguments)})"


def _literal(value: object) -> str:
    """A Python literal, with double quotes."""
    text = repr(value)
    return f'"{value}"' if isinstance(value, str) and text == f"'{value}'" and '"' not in value else text


def _comment(text: str) -> str:
    """A file name that cannot end the docstring it stands in."""
    return text.encode("unicode_escape").decode().replace('"', "'")
