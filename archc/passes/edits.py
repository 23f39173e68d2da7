"""Changes of a spec's text that findings offer as fixes: delete an element or an entry, add an argument."""

from __future__ import annotations

import re

from archc.diagnostics.report import Edit
from archc.source import Span
from archc.spec import Places

_REST = re.compile(r"[ \t]*(?:[ \t]#[^\r\n]*)?(?:\r\n|\r|\n|$)")
_COMMA_AFTER = re.compile(r"[ \t]*,\s*")
_COMMA_BEFORE = re.compile(r",\s*$")


def deletion(span: Span) -> Edit:
    """Delete an element of a list or an entry of a mapping: its lines where it has them alone, else with a comma."""
    text = span.source.text
    start = max(text.rfind("\n", 0, span.start), text.rfind("\r", 0, span.start)) + 1
    rest = _REST.match(text, span.end)
    if rest and text[start : span.start].strip() in ("", "-"):
        return Edit(span.source.span(start, rest.end()), "")
    if after := _COMMA_AFTER.match(text, span.end):
        return Edit(span.source.span(span.start, after.end()), "")
    before = _COMMA_BEFORE.search(text, 0, span.start)
    return Edit(span.source.span(before.start() if before else span.start, span.end), "")


def with_argument(places: Places, principal: str | None, argument: str) -> Edit | None:
    """Add `name: value` to the arguments of a layer as it is written; None where nobody can tell how."""
    item, source = places.item, places.type.source
    if item is None or item.source is not source:
        return None
    spans = list(places.arguments.items())
    if not spans:
        bare = source.text[places.type.end : item.end].strip() == ""
        return Edit(places.type, f"{{{places.type.text}: {{{argument}}}}}") if bare else None
    name, last = max(spans, key=lambda entry: entry[1].end)
    if last.source is not source:
        return None
    if len(spans) == 1 and places.values.get(name) == last:
        return Edit(last, f"{{{principal}: {last.text}, {argument}}}") if principal else None
    end = source.span(last.end, last.end)
    if "}" in source.text[last.end : item.end]:
        return Edit(end, f", {argument}")
    column = last.first.column - 1
    return Edit(end, f"\n{' ' * column}{argument}")
