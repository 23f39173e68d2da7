"""Document -> warnings about variables, blocks and parameters that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.syntax.tree import Entry, Mapping, Scalar, Sequence, Tree

_EXPRESSION = re.compile(r"\$\{([^}]*)\}?")
_NAME = re.compile(r"[^\W\d]\w*")


def unused(tree: Tree, report: Report) -> None:
    """Report what the document defines and does not use. With includes, only parameters: other files may use the rest.

    Every name in an expression counts as used, whatever it means there, so that nothing is reported that is in use.
    """
    if not isinstance(tree, Mapping):
        return
    blocks = _entries(tree.get("blocks"))
    if tree.get("include") is None:
        _variables(tree, blocks, report)
        _blocks(tree, blocks, report)
    for block in blocks:
        _parameters(block, report)


def _variables(tree: Mapping, blocks: tuple[Entry, ...], report: Report) -> None:
    variables = _entries(tree.get("vars"))
    if not variables:
        return
    used = {name for entry in tree.entries if entry.name != "blocks" for name in _names(entry.value)}
    for block in blocks:
        own = {param.name for param in _params(block)}
        used |= set(_names(block.value)) - own
    for entry in variables:
        if entry.name not in used:
            report.add(catalog.unused.UnusedVariable(name=entry.name), entry.key.span, path="vars")


def _blocks(tree: Mapping, blocks: tuple[Entry, ...], report: Report) -> None:
    bodies = {block.name: block for block in blocks}
    layers = tree.get("layers")
    waiting = [layers.value] if layers else []
    called: set[str] = set()
    while waiting:
        for name in _words(waiting.pop()):
            if name in bodies and name not in called:
                called.add(name)
                waiting.append(bodies[name].value)
    for block in blocks:
        if block.name not in called:
            report.add(catalog.unused.UnusedBlock(name=block.name), block.key.span, path="blocks")


def _parameters(block: Entry, report: Report) -> None:
    layers = block.value.get("layers") if isinstance(block.value, Mapping) else None
    used = set(_names(layers.value)) if layers else set()
    for param in _params(block):
        if param.name not in used:
            fault = catalog.unused.UnusedParameter(block=block.name, name=param.name)
            report.add(fault, param.key.span, path=f"blocks.{block.name}")


def _entries(entry: Entry | None) -> tuple[Entry, ...]:
    return entry.value.entries if entry and isinstance(entry.value, Mapping) else ()


def _params(block: Entry) -> tuple[Entry, ...]:
    return _entries(block.value.get("params")) if isinstance(block.value, Mapping) else ()


def _scalars(tree: Tree) -> Iterator[Scalar]:
    """Every scalar of a tree, keys included."""
    waiting: list[Tree] = [tree]
    while waiting:
        match waiting.pop():
            case Scalar() as scalar:
                yield scalar
            case Sequence(items=items):
                waiting += items
            case Mapping(entries=entries):
                waiting += [part for entry in entries for part in (entry.key, entry.value)]


def _words(tree: Tree) -> Iterator[str]:
    return (scalar.value for scalar in _scalars(tree) if isinstance(scalar.value, str))


def _names(tree: Tree) -> Iterator[str]:
    """The names in the expressions of a tree."""
    for text in _words(tree):
        if "${" in text:
            yield from (name for expression in _EXPRESSION.findall(text) for name in _NAME.findall(expression))
