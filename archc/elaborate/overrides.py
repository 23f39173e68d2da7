"""`--set PATH=VALUE` -> a changed tree, whose faults point into the override's own text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.source import SourceFile, Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree
from archc.syntax.yaml import read_yaml

_STEP = r"(?:^|\.)(?P<key>[^.\[\]]+)|\[(?P<index>[0-9]{1,9})\]"
_MOST_STEPS = 100


class _CannotSetError(Exception):
    """The path does not lead anywhere; the text says why."""


def place_of(override: str) -> Span:
    """The value of a `PATH=VALUE`, in a text of its own."""
    path, _, text = override.partition("=")
    return SourceFile(f"--set {path}", text, origin="override").span(0, len(text))


def apply_overrides(tree: Tree, overrides: Iterable[str], report: Report) -> Tree:
    """The tree with each `PATH=VALUE` set. The value is read as YAML, and its type is checked like the file's own."""
    for override in overrides:
        path, equals, text = override.partition("=")
        here = place_of(override)
        source = here.source
        try:
            steps = _steps(path)
            if not equals:
                raise _CannotSetError("there is no `=VALUE`")
            value = read_yaml(source, report).tree if text.strip() else ScalarNode(None, here)
            if value is not None:
                tree = _set(tree, steps, value, here)
        except _CannotSetError as error:
            report.add(catalog.names.OverridePath(path=path, reason=str(error)), here, path=path)
    return tree


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    end = 0
    for match in re.finditer(_STEP, path):
        if match.start() != end:
            break
        end = match.end()
        steps.append(int(match["index"]) if match["index"] else match["key"])
    if end != len(path) or not steps or len(steps) > _MOST_STEPS:
        raise _CannotSetError("this is not a path")
    return steps


def _set(tree: Tree | None, steps: list[str | int], value: Tree, here: Span) -> Tree:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        if not isinstance(tree, SequenceNode) or step >= len(tree.items):
            length = len(tree.items) if isinstance(tree, SequenceNode) else None
            reason = f"the list has {length} elements" if length is not None else f"there is no list before `[{step}]`"
            raise _CannotSetError(reason)
        items = list(tree.items)
        items[step] = _set(items[step], rest, value, here)
        return tree._replace(items=tuple(items))
    return _set_key(tree, step, rest, value, here)


def _set_key(tree: Tree | None, key: str, rest: list[str | int], value: Tree, here: Span) -> Tree:
    if isinstance(tree, ScalarNode) and tree.value == key:
        tree = MappingNode((Entry(tree, ScalarNode(None, tree.span)),), tree.span)
    if tree is None or (isinstance(tree, ScalarNode) and tree.value is None):
        tree = MappingNode((), tree.span if tree else here)
    if not isinstance(tree, MappingNode):
        raise _CannotSetError(f"there is no mapping that could have the key `{key}`")
    entry = tree.get(key)
    if entry is None:
        new = Entry(ScalarNode(key, here), _set(None, rest, value, here))
        return tree._replace(entries=(*tree.entries, new))
    changed = Entry(entry.key, _set(entry.value, rest, value, here))
    return tree._replace(entries=tuple(changed if item is entry else item for item in tree.entries))
