"""The comments `# archc: allow[W603] reason` of a text -> the lints that they allow, and what is wrong with them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault, Stage
from archc.diagnostics.levels import ALL
from archc.diagnostics.report import Diagnostic, Key, Report
from archc.findings.lints import DIRECTIVE, lint_called
from archc.source import Span
from archc.syntax.document import Comment, Document
from archc.syntax.tree import Entry, MappingNode, SequenceNode, Tree

_ALLOW: Final = re.compile(r"#[ \t]*archc:[ \t]*allow\[(?P<names>[^\]\r\n]*)\](?P<reason>[^#\r\n]*)")
_NAME: Final = re.compile(r"[^,\s]+")


class Allow(NamedTuple):
    """A lint that a comment allows for diagnostics that begin from `start` to before `end`."""

    code: str
    name: Span
    comment: Span
    start: int
    end: int
    only: bool


def allow(document: Document, warned: list[Diagnostic], report: Report, *, complete: bool) -> set[Key]:
    """The diagnostics that the comments of a document allow. What is wrong with a comment is reported.

    Args:
        document: the text with the comments.
        warned: the lints of that text.
        report: gets what is wrong.
        complete: whether all lints were looked for, so that a comment can be of no use.
    """
    allows = _Comments(document, warned, report).allows()
    allowed, used = _match(allows, warned)
    for unused in (found for found in allows if complete and found not in used):
        fault = catalog.allow.UnusedAllow(name=unused.name.text, only=unused.only)
        report.add(fault, unused.name, target=unused.comment)
    return allowed


def _match(allows: Iterable[Allow], warned: list[Diagnostic]) -> tuple[set[Key], set[Allow]]:
    """The diagnostics that are allowed, and what allows them: of several, that which begins last.

    Both are gone through once, in the order of the text, with the comments that hold there on a stack for each lint:
    ten thousand comments over as many lints take no time.
    """
    open_: dict[str, list[Allow]] = defaultdict(list)
    waiting = sorted(allows, key=lambda allow: (allow.start, -allow.end), reverse=True)
    allowed: set[Key] = set()
    used: set[Allow] = set()
    for diagnostic in sorted(warned, key=_start):
        while waiting and waiting[-1].start <= _start(diagnostic):
            open_[waiting[-1].code].append(waiting.pop())
        holds = _innermost(open_, diagnostic)
        if holds is not None:
            allowed.add(diagnostic.key)
            used.add(holds)
    return allowed, used


def _start(diagnostic: Diagnostic) -> int:
    assert diagnostic.span, "only diagnostics with a place are looked at"
    return diagnostic.span.start


def _innermost(open_: dict[str, list[Allow]], diagnostic: Diagnostic) -> Allow | None:
    """What allows a diagnostic; comments that end before it are taken off their stacks."""
    for code in (diagnostic.code, ALL):
        stack = open_[code]
        while stack and stack[-1].end <= _start(diagnostic):
            stack.pop()
        # No comment allows what is wrong with comments.
        if stack and diagnostic.fault.stage != Stage.COMMENTS:
            return stack[-1]
    return None


class _Comments:
    """Reads the comments of a text."""

    def __init__(self, document: Document, warned: list[Diagnostic], report: Report) -> None:
        self.document = document
        self.source = document.source
        self.report = report
        # What came up needs no look into the catalog, which would load all of it.
        self.codes = {word: item.code for item in warned for word in (item.code.lower(), item.slug)}

    def allows(self) -> list[Allow]:
        """What all comments allow; those behind the place where a text is broken may be none."""
        end = self.document.broken_at
        known = [comment for comment in self.document.comments if end is None or comment.span.end <= end]
        return [found for comment in known for found in self.of(comment)]

    def of(self, comment: Comment) -> Iterator[Allow]:
        """What one comment allows."""
        if not DIRECTIVE.match(comment.span.text):
            return
        match = _ALLOW.match(self.source.text, comment.span.start, comment.span.end)
        names = list(_NAME.finditer(self.source.text, *match.span("names"))) if match else []
        if match and not match["reason"].strip():
            self.report.add(catalog.allow.AllowWithoutReason(), comment.span)
        if not names:
            self.report.add(catalog.allow.MalformedAllow(), comment.span)
            return
        start, end = self.parts.below(comment.span) if comment.alone else _line(comment)
        for name in names:
            span = self.source.span(*name.span())
            if code := self.code(span):
                yield Allow(code, span, comment.span, start, end, len(names) == 1)

    @cached_property
    def parts(self) -> _Parts:
        """Where keys and elements begin; looked for when the first comment stands alone."""
        return _Parts(self.document.tree, len(self.source.text))

    def code(self, name: Span) -> str | None:
        """The lint that is called so; None, with a report, where there is none."""
        if known := self.codes.get(name.text.lower()):
            return known
        try:
            return lint_called(name.text)
        except Fault as fault:
            self.report.add(fault, name)
            return None


def _line(comment: Comment) -> tuple[int, int]:
    """The line of a comment, from its first code point to the comment."""
    line = comment.span.first.line
    return comment.span.source.line_start(line), comment.span.start


class _Parts:
    """Where the keys and list elements of a text begin, and where the outermost that begins there ends."""

    def __init__(self, tree: Tree | None, length: int) -> None:
        self.first = tree.span.start if tree else 0
        self.ends = dict(_outermost(tree)) if tree else {}
        self.starts = sorted(self.ends)
        self.length = length

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
