"""The names that expressions may use at a place of the document, and trees with their expressions evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.elaborate.suggest import suggest
from archc.source import Span
from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree

if TYPE_CHECKING:
    from archc.expressions import Value


class Scope(NamedTuple):
    """The names at a place. `calls` are the block calls that lead there, outermost first, and `blocks` their names."""

    names: Mapping[str, Value]
    calls: tuple[Label, ...] = ()
    blocks: tuple[str, ...] = ()
    depth: int = 0
    """How many containers and calls are around the place."""
    repetition: str | None = None
    """Which repetition of the place it is, in words."""

    def within(self, names: Mapping[str, Value]) -> Scope:
        """This scope with more names."""
        return self._replace(names={**self.names, **names})


def resolve(tree: Tree, scope: Scope, report: Report) -> Tree:
    """The tree with every `${...}` evaluated. A value that has a fault is explained: once, here."""
    match tree:
        case ScalarNode(value=str() as text):
            return _evaluate(tree, text, scope, report) if "${" in text else tree
        case ScalarNode():
            return tree
        case SequenceNode():
            items = tuple(resolve(item, scope, report) for item in tree.items)
            return tree if all(map(_same, items, tree.items)) else tree._replace(items=items)
        case MappingNode():
            values = tuple(resolve(entry.value, scope, report) for entry in tree.entries)
            if all(value is entry.value for value, entry in zip(values, tree.entries, strict=True)):
                return tree
            entries = zip(tree.entries, values, strict=True)
            return tree._replace(entries=tuple(entry._replace(value=value) for entry, value in entries))


def _same(a: Tree, b: Tree) -> bool:
    return a is b


def _evaluate(tree: ScalarNode, text: str, scope: Scope, report: Report) -> ScalarNode:
    # Loaded where it is used: most specs have no expressions, and `archc check` starts faster without.
    from archc.expressions import WrongExpressionError, interpolate

    try:
        return tree._replace(value=interpolate(text, scope.names))
    except WrongExpressionError as error:
        report.add(_with_suggestion(error.fault, scope), _part(tree, text, error.start, error.end))
        report.mark_explained(tree.span)
        return tree._replace(value=None)


def _with_suggestion(fault: Fault, scope: Scope) -> Fault:
    from archc.diagnostics import catalog

    if isinstance(fault, catalog.expressions.UnknownName):
        return fault.with_(suggestion=suggest(fault.name, fault.known))
    if isinstance(fault, catalog.expressions.WrongExpression) and fault.dotted:
        from archc.expressions.parse import with_names_alone

        own = "params" if scope.blocks else "vars"
        certain = fault.dotted.startswith((f"{own}.", f"{own}["))
        return fault.with_(meant=with_names_alone(fault.dotted, scope.names), certain=certain)
    return fault


def _part(tree: ScalarNode, text: str, start: int, end: int) -> Span:
    """The place of a part of a scalar's text; the whole scalar where escapes hide it."""
    begin = tree.span.text.find(text)
    if begin < 0:
        return tree.span
    first = tree.span.start + begin
    return tree.span._replace(start=first + start, end=max(first + end, first + start))
