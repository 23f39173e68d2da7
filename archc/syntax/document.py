"""A text as it was read, with nothing lost: its tree, its comments, and what stands at an offset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal, NamedTuple

from archc.source import SourceFile, Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree

Format = Literal["yaml", "json"]

_COMMENT: Final = re.compile(r"#[^\r\n]*")
_SURE_COMMENT: Final = re.compile(r"(?<![^ \t\r\n])#[^\r\n]*")
"""A comment where nobody knows what is inside of quotes: a blank or a line end stands before it."""


class Comment(NamedTuple):
    """A comment from its `#` to the end of its line. `alone` is true where its line holds nothing else."""

    span: Span
    alone: bool

    @property
    def text(self) -> str:
        """What it says, without the `#` and the spaces around it."""
        return self.span.text[1:].strip()


class Found(NamedTuple):
    """What stands at an offset: the innermost part there, and the keys and numbers that lead to it."""

    path: tuple[str | int, ...]
    part: Tree


class Document:
    """One reading of a text, which everybody shares: checks, the formatter, fixes, comments that allow.

    `tree` is None where the text is broken, with the reason in the report; `best_known` is then what was read before
    the offset `broken_at`, and else the tree. `marker` is the offset of YAML's `---`, where it has one, and `directive`
    says whether a `%` line stands before it.
    """

    def __init__(self, source: SourceFile, format: Format, best_known: Tree | None, broken_at: int | None) -> None:  # noqa: A002 - the public API's word
        self.source = source
        self.format = format
        self.best_known = best_known
        self.broken_at = broken_at
        self.marker: int | None = None
        self.directive = False

    @property
    def tree(self) -> Tree | None:
        """The tree of a text that could be read to its end, or to a limit that leaves it whole."""
        return self.best_known if self.broken_at is None else None

    @cached_property
    def comments(self) -> tuple[Comment, ...]:
        """The comments in their order; JSON has none.

        Whatever stands between the scalars of a YAML text is blanks, punctuation and comments, as neither anchors nor
        tags hold a `#`; a `#` inside a scalar is none.
        """
        if self.format == "json":
            return ()
        text, broken = self.source.text, self.broken_at
        end = len(text) if broken is None else broken
        found: list[re.Match[str]] = []
        behind = 0
        for scalar in sorted(_scalars(self.best_known)):
            found += _COMMENT.finditer(text, behind, scalar[0]) if scalar[0] > behind else ()
            behind = max(behind, scalar[1])
        found += _COMMENT.finditer(text, behind, end) if end > behind else ()
        if broken is not None:
            found += _SURE_COMMENT.finditer(text, max(behind, end))
        return tuple(self._comment(match) for match in found)

    def _comment(self, match: re.Match[str]) -> Comment:
        before = self.source.text[self.source.line_start(self.source.position(match.start()).line) : match.start()]
        return Comment(self.source.span(*match.span()), not before.strip())

    def at(self, offset: int) -> Found | None:
        """The innermost part whose place holds an offset, or ends there; None where there is no part."""
        if self.best_known is None or not _holds(self.best_known.place, offset):
            return None
        path: list[str | int] = []
        part = self.best_known
        while step := _step(part, offset):
            path.append(step[0])
            part = step[1]
        return Found(tuple(path), part)


def _step(part: Tree, offset: int) -> tuple[str | int, Tree] | None:
    """The key or number, and the part, one level further in; a key that holds the offset leads to itself."""
    if part.alias or isinstance(part, ScalarNode):
        return None
    if isinstance(part, SequenceNode):
        found = ((number, item) for number, item in enumerate(part.items) if _holds(item.place, offset))
        return next(found, None)
    inside = ((entry.name, _side(entry, offset)) for entry in part.entries)
    return next(((name, side) for name, side in inside if side is not None), None)


def _side(entry: Entry, offset: int) -> Tree | None:
    """The key or the value of an entry, whichever holds an offset."""
    return next((side for side in entry if _holds(side.place, offset)), None)


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _scalars(tree: Tree | None) -> Iterator[tuple[int, int]]:
    """Where the scalars and aliases of a tree stand, keys and refused parts included."""
    waiting: list[Tree] = [] if tree is None else [tree]
    while waiting:
        part = waiting.pop()
        if part.alias or isinstance(part, ScalarNode):
            yield part.place.start, part.place.end
        elif isinstance(part, SequenceNode):
            waiting += part.items
        elif isinstance(part, MappingNode):
            waiting += [side for entry in part.entries for side in entry]
            waiting += part.refused
