"""Document -> warnings about variables, blocks and parameters that nothing uses.

Every name in an expression counts as used, whatever it means there, so that nothing is reported that is in use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archc.checks.check import Finding, Key
from archc.diagnostics import catalog
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree

_EXPRESSION = r"\$\{([^}]*)\}?"
_NAME = r"[^\W\d]\w*"


def variables(document: MappingNode) -> Iterator[Finding]:
    """Variables that nothing uses. With includes, other files may use them, and nothing is said."""
    defined = _entries(document.get("vars"))
    if not defined or document.get("include") is not None:
        return
    used = {name for entry in document.entries if entry.name != "blocks" for name in _names(entry.value)}
    for block in _entries(document.get("blocks")):
        own = {param.name for param in _params(block)}
        used |= set(_names(block.value)) - own
    for entry in defined:
        if entry.name not in used:
            yield Finding(catalog.unused.UnusedVariable(name=entry.name), Key(entry, "vars"))


def blocks(document: MappingNode) -> Iterator[Finding]:
    """Blocks that nothing calls. With includes, other files may call them, and nothing is said."""
    defined = _entries(document.get("blocks"))
    if not defined or document.get("include") is not None:
        return
    called = _called(document, {block.name: block for block in defined})
    for block in defined:
        if block.name not in called:
            yield Finding(catalog.unused.UnusedBlock(name=block.name), Key(block, "blocks"))


def _called(document: MappingNode, bodies: dict[str, Entry]) -> set[str]:
    """The blocks that the layers call, and those that the called ones call."""
    layers = document.get("layers")
    waiting = [layers.value] if layers else []
    called: set[str] = set()
    while waiting:
        for name in _words(waiting.pop()):
            if name in bodies and name not in called:
                called.add(name)
                waiting.append(bodies[name].value)
    return called


def parameters(document: MappingNode) -> Iterator[Finding]:
    """Parameters that their block does not use."""
    for block in _entries(document.get("blocks")):
        layers = block.value.get("layers") if isinstance(block.value, MappingNode) else None
        used = set(_names(layers.value)) if layers else set()
        for param in _params(block):
            if param.name not in used:
                fault = catalog.unused.UnusedParameter(block=block.name, name=param.name)
                yield Finding(fault, Key(param, f"blocks.{block.name}"))


def _entries(entry: Entry | None) -> tuple[Entry, ...]:
    return entry.value.entries if entry and isinstance(entry.value, MappingNode) else ()


def _params(block: Entry) -> tuple[Entry, ...]:
    return _entries(block.value.get("params")) if isinstance(block.value, MappingNode) else ()


def _scalars(tree: Tree) -> Iterator[ScalarNode]:
    """Every scalar of a tree, keys included."""
    waiting: list[Tree] = [tree]
    while waiting:
        match waiting.pop():
            case ScalarNode() as scalar:
                yield scalar
            case SequenceNode(items=items):
                waiting += items
            case MappingNode(entries=entries):
                waiting += [part for entry in entries for part in (entry.key, entry.value)]


def _words(tree: Tree) -> Iterator[str]:
    return (scalar.value for scalar in _scalars(tree) if isinstance(scalar.value, str))


def _names(tree: Tree) -> Iterator[str]:
    """The names in the expressions of a tree."""
    for text in _words(tree):
        if "${" in text:
            yield from (name for expression in re.findall(_EXPRESSION, text) for name in re.findall(_NAME, expression))
