"""Report and tree -> a report whose diagnostics have fixes: the remedies of faults as edits. Nothing else makes any."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from itertools import count, takewhile
from typing import Final

from archc.diagnostics.fault import Action, Remedy
from archc.diagnostics.report import Diagnostic, Edit, Fix, Report
from archc.source import SourceFile, Span
from archc.syntax.document import Document
from archc.syntax.edit import Change, Outline
from archc.syntax.entries import entries_instead, joined, moved
from archc.syntax.tree import Tree

Changes = tuple[Change, ...]

_DASH: Final = re.compile(r"-[A-Za-z_{\[]")


def complete(report: Report, tree: Tree | None, document: Document) -> None:
    """Give diagnostics the fixes of their remedies. In files beside the document's, text is replaced and nothing more.

    `tree` is the document's, with the overrides of a command line.
    """
    source = document.source
    outline = Outline(tree, source, quoted=document.format == "json")

    def with_fixes(diagnostic: Diagnostic) -> Diagnostic:
        remedy, span = diagnostic.fault.remedy(), diagnostic.span
        if remedy is None or span is None or not diagnostic.fixable:
            return diagnostic
        if span.source is not source:
            return diagnostic._replace(fixes=_replacement(remedy, span)) if remedy.action == "replace" else diagnostic
        made = _fixes(remedy, span, diagnostic.target or span, outline)
        return diagnostic._replace(fixes=tuple(map(_as_json, made)) if document.format == "json" else made)

    report.revise(with_fixes)


def _fixes(remedy: Remedy, span: Span, target: Span, outline: Outline) -> tuple[Fix, ...]:
    match remedy.action:
        case "replace":
            return _replacement(remedy, target)
        case "delete-comment" | "rewrite" | "rewrite-as-list" as action:
            return _fix(remedy, _ACTIONS[action](target, remedy, outline), span.source)
        case "untab":
            changes, pure = outline.tabs_as_spaces()
            return _fix(remedy._replace(safe=pure), changes, span.source)
        case "set-argument" if remedy.at:
            given = [outline.with_argument(place, remedy.text) for place in remedy.at]
            return _fix(remedy, tuple(change for change in given if change), span.source) if all(given) else ()
        case "insert-layer" | "append-layer" | "surround-layer" as action:
            changes = _ACTIONS[action](target, remedy, outline)
            if remedy.also and changes:
                size, text = remedy.also
                changes = (*changes, Change(size.start, size.end, text))
            return _fix(remedy, changes, span.source)
        case action:
            return _fix(remedy, _ACTIONS[action](span, remedy, outline), span.source)


def _replacement(remedy: Remedy, target: Span) -> tuple[Fix, ...]:
    return (Fix(remedy.title, remedy.safe, (Edit(target, remedy.text),)),)


def _without_comment(comment: Span, _: Remedy, __: Outline) -> Changes:
    """A comment goes with the spaces before it, and with its line where it is alone there."""
    text, start, end = comment.source.text, comment.start, comment.end
    while start and text[start - 1] in " \t":
        start -= 1
    if start == 0 or text[start - 1] in "\r\n":
        end = next((at + 1 for at in range(end, len(text)) if text[at] == "\n"), len(text))
    return (Change(start, end, ""),)


def _fix(remedy: Remedy, changes: Changes, source: SourceFile) -> tuple[Fix, ...]:
    edits = tuple(Edit(source.span(change.start, change.end), change.text) for change in changes)
    return (Fix(remedy.title, remedy.safe, edits),) if edits else ()


def _as_json(fix: Fix) -> Fix:
    """The fix of a JSON spec, in which every text has quotes."""
    return fix._replace(edits=tuple(_quoted(edit) for edit in fix.edits))


def _quoted(edit: Edit) -> Edit:
    if not edit.span.text.startswith('"') or edit.text[:1] in ("", '"', "[", "{") or _is_json(edit.text):
        return edit
    return edit._replace(text=json.dumps(edit.text))


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _some(change: Change | None) -> Changes:
    return (change,) if change else ()


def _space_after_colon(span: Span, _: Remedy, __: Outline) -> Changes:
    colon = span.text.find(":")
    return (Change(span.start + colon + 1, span.start + colon + 1, " "),) if colon >= 0 else ()


def _space_after_dash(span: Span, _: Remedy, __: Outline) -> Changes:
    """In all lines of the list that begin so: the reader sees one of them."""
    source, number, indent = span.source, span.first.line, span.first.column - 1

    def is_inside(at: int) -> bool:
        line = source.line(at)
        return bool(line.strip()) and len(line) - len(line.lstrip()) >= indent

    above = takewhile(is_inside, range(number - 1, 0, -1))
    below = takewhile(is_inside, count(number + 1))
    dashes = [at for at in (*above, number, *below) if _DASH.match(source.line(at), indent)]
    ends = [source.line_start(at) + indent + 1 for at in sorted(dashes)]
    return tuple([Change(end, end, " ") for end in ends])


def _quote(span: Span, _: Remedy, __: Outline) -> Changes:
    text = span.text
    return (Change(span.start, span.end, json.dumps(text)),) if text.isalnum() else ()


def _give_value(span: Span, remedy: Remedy, outline: Outline) -> Changes:
    """`Name` becomes `Name: value`, in brackets where it stands in a list on one line."""
    scalar = outline.scalar(span)
    if scalar is None or not isinstance(scalar.value, str):
        return ()
    text = f"{span.text}: {remedy.text}"
    return (Change(span.start, span.end, f"{{{text}}}" if outline.in_flow(span) else text),)


def _rewritten(target: Span, remedy: Remedy, outline: Outline) -> Changes:
    """Terms in the place of one; none where a comment would be lost, or where there is room for one alone."""
    terms, before = remedy.text.splitlines(), target.source.text[: target.start].rstrip()
    if _loses_a_comment(target):
        return ()
    if outline.is_behind_dash(target):
        return (Change(target.start, target.end, outline.as_elements(terms, target)),)
    if len(terms) > 1 and not before.endswith(("[", ",")):
        return ()
    return (Change(target.start, target.end, ", ".join(outline.inline(text) for text in terms)),)


def _as_list(target: Span, remedy: Remedy, outline: Outline) -> Changes:
    """Terms as a list in the place of a mapping."""
    if _loses_a_comment(target):
        return ()
    terms = remedy.text.splitlines()
    if target.text.startswith("{"):
        return (Change(target.start, target.end, f"[{', '.join(outline.inline(text) for text in terms)}]"),)
    return (Change(target.start, target.end, outline.as_elements(terms, target)),)


def _loses_a_comment(span: Span) -> bool:
    return "\n" in span.text and "#" in span.text


def _surround(span: Span, remedy: Remedy, outline: Outline) -> Changes:
    before, _, behind = remedy.text.partition("\n\n")
    changes = _some(outline.before_element(span, before)) + _some(outline.after_element(span, behind))
    return changes if len(changes) == 2 else ()


def _indent(span: Span, _: Remedy, outline: Outline) -> Changes:
    mapping = outline.mapping_of_key(span)
    return outline.indented_entries(mapping) if mapping and len(mapping.entries) > 1 else ()


_ACTIONS: Final[Mapping[Action, Callable[[Span, Remedy, Outline], Changes]]] = {
    "delete-comment": _without_comment,
    "rewrite": _rewritten,
    "rewrite-as-list": _as_list,
    "quote": _quote,
    "give-value": _give_value,
    "space-after-colon": _space_after_colon,
    "space-after-dash": _space_after_dash,
    "indent": _indent,
    "write-entries": lambda span, remedy, outline: entries_instead(outline, span, remedy.text.splitlines()),
    "join-mappings": lambda span, _, outline: joined(outline, span),
    "set-value": lambda span, remedy, outline: _some(outline.with_value(span, remedy.text)),
    "set-argument": lambda span, remedy, outline: _some(outline.with_argument(span, remedy.text)),
    "delete-entry": lambda span, _, outline: _some(outline.without_entry(span)),
    "delete-layer": lambda span, _, outline: _some(outline.without_element(span)),
    "delete-element": lambda span, _, outline: _some(outline.without_element(span, with_list=True)),
    "move-element": lambda span, remedy, outline: moved(outline, span, remedy.text),
    "insert-first": lambda _, remedy, outline: _some(outline.before_all(remedy.text)),
    "set-input": lambda _, remedy, outline: _some(outline.with_input(remedy.text)),
    "insert-layer": lambda span, remedy, outline: _some(outline.before_element(span, remedy.text)),
    "append-layer": lambda span, remedy, outline: _some(outline.after_element(span, remedy.text)),
    "surround-layer": _surround,
}
"""How each action becomes changes of the text; none where the text around the place is not plain enough."""
