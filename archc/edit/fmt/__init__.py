"""A spec's text -> the same spec in archc's style: every comment kept, nothing of its meaning changed."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.edit.fmt.scalars import TYPE_WORDS
from archc.source import SourceFile
from archc.syntax.document import Document, Format
from archc.syntax.edit import line_end
from archc.syntax.read import parse
from archc.syntax.tree import ScalarNode, Tree, children


def format_text(source: SourceFile, report: Report, format: Format | None = None) -> str | None:  # noqa: A002 - as in parse
    """The text in archc's style, with the line ends that it has; None with the reasons in the report.

    Formatting is about syntax alone: a spec with a wrong layer is formatted, one that is not YAML is not.
    """
    document = parse(source, report, format)
    if document.tree is None or not report.ok:
        return None
    try:
        text = _formatted(document, document.tree)
    except Fault as fault:
        report.add(fault)
        return None
    if not _means_the_same(document, text):
        report.add(catalog.runs.CannotFormat(reason="its meaning would not stay the same, which is a bug in archc"))
        return None
    return text.replace("\n", line_end(source.text))


def _formatted(document: Document, tree: Tree) -> str:
    if document.format == "json":
        from archc.edit.fmt.json import print_json

        return print_json(tree)
    from archc.edit.fmt.yaml import print_yaml

    return print_yaml(document, tree)


def _means_the_same(before: Document, text: str) -> bool:
    """Whether a text has the tree of a document, and its comments."""
    report = Report()
    after = parse(SourceFile(before.source.name, text), report, before.format)
    if after.tree is None or before.tree is None or not report.ok:
        return False
    return _values(after.tree) == _values(before.tree) and _remarks(after) == _remarks(before)


def _values(tree: Tree) -> list[object]:
    return list(_walk(tree))


def _walk(tree: Tree) -> Iterator[object]:
    """Every part of a tree as something that can be compared: 1, 1.0 and true differ, and so do `int` and `"int"`."""
    todo = [tree]
    while todo:
        part = todo.pop()
        if isinstance(part, ScalarNode):
            yield type(part.value), repr(part.value), part.quoted and part.value in TYPE_WORDS
        else:
            parts = list(children(part))
            yield type(part), len(parts)
            todo += reversed(parts)


def _remarks(document: Document) -> list[str]:
    return sorted(comment.text for comment in document.comments)
