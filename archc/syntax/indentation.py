"""A line that is indented wrongly -> the line that it should be indented like."""

from __future__ import annotations

import re
from typing import NamedTuple

from archc.source import SourceFile, Span

_LINE = re.compile(r"(?P<indent> *)(?P<dashes>(?:- +)*)(?P<rest>[^ #].*)?")


class Misplaced(NamedTuple):
    """A line, and the indentation that it should have: that of the line `model`. Both are in spaces."""

    span: Span
    text: Span
    model: Span
    found: int
    indent: int
    key: bool

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        noun = "key" if self.key else "element"
        return f"an indentation of {self.found} fits none of the blocks that this {noun} could belong to"

    @property
    def advice(self) -> str:
        """How to mend it."""
        return f"indent it by {self.indent}, like line {self.model.first.line}"


class _Open(NamedTuple):
    """A block that a line begins or continues: its indentation, and where it was seen."""

    indent: int
    is_list: bool
    place: Span


def misplaced(source: SourceFile, at: int) -> Misplaced | None:
    """What is wrong with the indentation of the line of an offset; None where it is right, or nobody can tell."""
    number = source.position(at).line
    found = _LINE.match(source.line(number))
    if found is None or not found["rest"]:
        return None
    indent, is_list = len(found["indent"]), bool(found["dashes"])
    blocks = [block for block in _open_blocks(source, number) if block.is_list == is_list]
    if not blocks or any(block.indent == indent for block in blocks):
        return None
    best = min(blocks, key=lambda block: (abs(block.indent - indent), -block.indent))
    start = source.line_start(number)
    text = source.span(start + indent, start + len(source.line(number).split(" #", 1)[0].rstrip()))
    return Misplaced(source.span(start, text.end), text, best.place, indent, best.indent, not is_list)


def _open_blocks(source: SourceFile, before: int) -> list[_Open]:
    """The blocks that a line could continue, innermost first."""
    blocks: list[_Open] = []
    least = 1_000_000
    for number in range(before - 1, 0, -1):
        found = _LINE.match(source.line(number))
        if found is None or not found["rest"] or len(found["indent"]) >= least:
            continue
        least = len(found["indent"])
        start = source.line_start(number)
        inner = least + len(found["dashes"])
        if ":" in found["rest"]:
            word = found["rest"].split(":", 1)[0]
            blocks.append(_Open(inner, False, source.span(start + inner, start + inner + len(word))))
        if found["dashes"]:
            blocks.append(_Open(least, True, source.span(start + least, start + least + 1)))
        if least == 0:
            break
    return blocks
