"""Bytes in, text with places out: `SourceFile` and `Span` turn code-point offsets into lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\r|\n")


class Position(NamedTuple):
    """A place in a text. Lines and columns count code points from 1, the offset from 0."""

    line: int
    column: int
    offset: int


class SourceFile:
    """A text with the name it is shown under. A byte order mark is not part of the text.

    `origin` is how the text came to be: read from a `file`, or written as a command-line `override`.
    """

    def __init__(self, name: str, text: str, *, origin: str = "file") -> None:
        self.name = name
        self.text = text
        self.origin = origin

    @property
    def folder(self) -> Path:
        """What relative paths in it are relative to: its folder, or the current one for a text that is in no file."""
        return Path.cwd() if self.name.startswith("<") else Path(self.name).absolute().parent

    def __repr__(self) -> str:
        return f"SourceFile({self.name!r}, {len(self.text)} characters)"

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """The line and column of a code-point offset; offsets past the end are at the end."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1, offset)

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its line end; empty when there is none."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, number: int) -> int:
        """The offset at which line `number` (from 1) begins."""
        return self._starts[number - 1]

    def span(self, start: int, end: int) -> Span:
        return Span(self, start, end)


class Span(NamedTuple):
    """The code points `start` (inclusive) to `end` (exclusive) of one source."""

    source: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def first(self) -> Position:
        return self.source.position(self.start)

    @property
    def last(self) -> Position:
        return self.source.position(self.end)

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`, in the same source."""
        return Span(self.source, self.start, other.end)
