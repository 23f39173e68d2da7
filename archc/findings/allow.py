"""The comments `# archc: allow[W603] reason` of a text -> the lints that they allow, and what is wrong with them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.levels import ALL
from archc.diagnostics.report import Diagnostic, Edit, Fix, Report
from archc.findings.levels import DIRECTIVE, lint_called
from archc.source import SourceFile, Span
from archc.syntax.comments import Comment, comments
from archc.syntax.read import parse
from archc.syntax.tree import Entry, MappingNode, SequenceNode, Tree

_ALLOW: Final = re.compile(r"#[ \t]*archc:[ \t]*allow\[(?P<names>[^\]\r\n]*)\](?P<reason>[^#\r\n]*)")
_NAME: Final = re.compile(r"[^,\s]+")
_OWN: Final = "W69"
"""The lints of these comments themselves, which no comment allows."""


class Allow(NamedTuple):
    """A lint that a comment allows for diagnostics that begin from `start` to before `end`."""

    code: str
    name: Span
    comment: Span
    start: int
    end: int
    alone: bool
    only: bool


def allow(source: SourceFile, warned: list[Diagnostic], report: Report, *, complete: bool) -> set[int]:
    """The identities of the faults that the comments of a source allow. What is wrong with a comment is reported."""
    allows = _allows(source, warned, report)
    allowed, used = _match(allows, warned)
    for unused in (found for found in allows if complete and found not in used):
        report.add(catalog.allow.UnusedAllow(name=unused.name.text), unused.name, fixes=_deletion(unused))
    return allowed


def _match(allows: Iterable[Allow], warned: list[Diagnostic]) -> tuple[set[int], set[Allow]]:
    """The faults that are allowed, and what allows them: of several, that which begins last. Linear after sorting."""
    open_: dict[str, list[Allow]] = defaultdict(list)
    waiting = sorted(allows, key=lambda allow: (allow.start, -allow.end), reverse=True)
    allowed: set[int] = set()
    used: set[Allow] = set()
    for diagnostic in sorted(warned, key=lambda diagnostic: diagnostic.span.start if diagnostic.span else 0):
        assert diagnostic.span, "only diagnostics with a place are looked at"
        at = diagnostic.span.start
        while waiting and waiting[-1].start <= at:
            open_[waiting[-1].code].append(waiting.pop())
        for code in (diagnostic.code, ALL):
            stack = open_[code]
            while stack and stack[-1].end <= at:
                stack.pop()
            if stack and not diagnostic.code.startswith(_OWN):
                allowed.add(id(diagnostic.fault))
                used.add(stack[-1])
                break
    return allowed, used


def _allows(source: SourceFile, warned: list[Diagnostic], report: Report) -> list[Allow]:
    codes = {word: item.code for item in warned for word in (item.code.lower(), item.slug)}
    found: list[Allow] = []
    parts: _Parts | None = None
    for comment in comments(source):
        if not DIRECTIVE.match(comment.span.text):
            continue
        match = _ALLOW.match(source.text, comment.span.start, comment.span.end)
        if not match:
            report.add(catalog.allow.MalformedAllow(), comment.span)
            continue
        if comment.alone and parts is None:
            parts = _Parts(source)
        start, end = parts.below(comment.span) if comment.alone and parts else _line(comment)
        if not match["reason"].strip():
            report.add(catalog.allow.AllowWithoutReason(), comment.span)
        names = list(_NAME.finditer(source.text, *match.span("names")))
        for name in names:
            span = source.span(*name.span())
            if code := codes.get(name[0].lower()) or _code(span, report):
                found.append(Allow(code, span, comment.span, start, end, comment.alone, len(names) == 1))
        if not names:
            report.add(catalog.allow.MalformedAllow(), comment.span)
    return found


def _code(name: Span, report: Report) -> str | None:
    try:
        return lint_called(name.text)
    except Fault as fault:
        report.add(fault, name)
        return None


def _line(comment: Comment) -> tuple[int, int]:
    """The line of a comment, from its first code point to the comment."""
    line = comment.span.first.line
    return comment.span.source.line_start(line), comment.span.start


class _Parts:
    """Where the keys and list elements of a text begin, and where the outermost that begins there ends."""

    def __init__(self, source: SourceFile) -> None:
        tree = parse(source, Report())
        self.first = tree.span.start if tree else 0
        self.ends = dict(_outermost(tree)) if tree else {}
        self.starts = sorted(self.ends)
        self.length = len(source.text)

    def below(self, comment: Span) -> tuple[int, int]:
        """What a comment alone on its line holds for: the part that begins next; all, before the first key."""
        if comment.start < self.first:
            return 0, self.length + 1
        index = bisect_left(self.starts, comment.end)
        if index == len(self.starts):
            return comment.end, comment.end
        start = self.starts[index]
        return start, self.ends[start]


def _outermost(tree: Tree) -> list[tuple[int, int]]:
    """The start and end of every part, inner ones before outer ones. What an alias stands for is elsewhere."""
    found: list[tuple[int, int]] = []
    waiting: list[Tree] = [tree]
    while waiting:
        part = waiting.pop()
        behind = part.span.start
        inner: tuple[Entry | Tree, ...] = ()
        if isinstance(part, MappingNode):
            inner = part.entries
        elif isinstance(part, SequenceNode):
            inner = part.items
        for item in inner:
            if item.span.start < behind:
                continue
            behind = item.span.end
            found.append((item.span.start, behind))
            value = item.value if isinstance(item, Entry) else item
            if not isinstance(item, Entry) or value.span.start >= item.key.span.end:
                waiting.append(value)
    return found[::-1]


def _deletion(allow: Allow) -> tuple[Fix, ...]:
    """The comment goes with its only lint, and its line where it is alone there."""
    if not allow.only:
        return ()
    text = allow.comment.source.text
    start, end = allow.comment.start, allow.comment.end
    while start and text[start - 1] in " \t":
        start -= 1
    if allow.alone:
        end = next((at + 1 for at in range(end, len(text)) if text[at] == "\n"), len(text))
    return (Fix("delete the comment", True, (Edit(allow.comment._replace(start=start, end=end), ""),)),)
