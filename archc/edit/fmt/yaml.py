"""A YAML spec's tree and comments -> its text in archc's style.

Block stays block, and flow stays flow where it fits one line and has no comments inside; else it becomes block. A
comment stands before what follows it, behind what it is beside, or at the end of the block that it is indented like.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, TypeAlias

from archc.edit.fmt.page import Page
from archc.edit.fmt.scalars import restyled
from archc.edit.fmt.spellings import check_spelling
from archc.syntax.document import Comment, Document
from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree

WIDTH: Final = 100
"""Columns that a collection on one line may take."""

_STEP: Final = 2
_BESIDE: Final = re.compile(r"[ \t,\]}]*")
_BEGINNING: Final = re.compile(r"[ \t?-]*(?:&[^ \t]+[ \t]+)?[\[{ \t]*")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_HEADER: Final = re.compile(r"([|>][-+0-9]*)[ \t]*(#.*)?")

Collection: TypeAlias = MappingNode | SequenceNode


def print_yaml(document: Document, tree: Tree) -> str:
    """The formatted text of a document with this tree. Ends with a line end, and has no other kind of them than LF.

    Raises:
        CannotFormat: the text has a spelling that is not supported.
    """
    return Printer(document).print(check_spelling(document, tree))


class Printer:
    """Prints one document, a line after the other, with its comments where they were."""

    def __init__(self, document: Document) -> None:
        self.source = document.source
        self.text = document.source.text
        self.marker = document.marker
        self.page = Page()
        self.comments = document.comments
        self.starts = [comment.span.start for comment in self.comments]
        self.next = 0
        """The number of the first comment that is not printed yet."""
        self.top = 0
        """How many lines were printed before the block that is being printed: no blank line comes first in it."""

    def print(self, root: Collection) -> str:
        end = len(self.text) + 1
        if self.marker is not None:
            self.leading(self.marker, 0)
            self.page.line("---")
            self.beside(self.marker + 3)
        if _rows(root):
            self.block(root, 0, "", -1, end)
        else:
            self.page.line("{}" if isinstance(root, MappingNode) else "[]")
        self.leading(end, 0)
        return self.page.text()

    # Blocks

    def block(self, node: Collection, indent: int, lead: str, outer: int, limit: int) -> None:
        """The parts of a collection, each on lines of its own.

        `lead` is what stands before the first part on its line; `outer` is the column of the collection around it in
        the source, and `limit` the offset of what follows it.
        """
        rows = _rows(node)
        before, self.top = self.top, len(self.page)
        for number, (key, value) in enumerate(rows):
            start = key.span.start if key else _content(value).place.start
            after = (rows[number + 1][0] or rows[number + 1][1]).place.start if number + 1 < len(rows) else limit
            if not lead:
                self.leading(start, indent)
                self.blank(start)
            head = (lead or " " * indent) + (f"{self.scalar(key)}:" if key else "-")
            lead = ""
            self.row(head, key, value, indent, self.column(node), min(after, limit))
        self.closing(node, indent, outer, limit)
        self.top = before

    def row(self, head: str, key: ScalarNode | None, value: Tree, indent: int, column: int, limit: int) -> None:
        """A key with its value, or an element behind its dash."""
        if not self.is_block(value, head):
            self.leading(value.place.start, len(head) - len(head.lstrip(" ")))
        self.value(head, value, indent, column, limit, behind=key.span.end if key else None)

    def value(self, head: str, node: Tree, indent: int, column: int, limit: int, behind: int | None = None) -> None:
        """A value behind its head. `behind` is where its key ends, which may have a comment beside it."""
        if node.anchor and not node.alias:
            head += f" &{node.anchor}"
        if isinstance(node, ScalarNode) and node.style in ("|", ">") and not node.alias:
            self.block_text(head, node, indent, column)
        elif isinstance(node, ScalarNode) or not self.is_block(node, head):
            self.on_line(head, node, indent)
        elif head.endswith("-"):
            self.block(node, indent + _STEP, f"{head} ", column, limit)
        else:
            self.page.line(head)
            self.header(behind, node)
            self.block(node, indent + _STEP, "", column, limit)

    def is_block(self, node: Tree, head: str) -> bool:
        """Whether a value is printed as a block: it is a collection that does not fit the line of its head."""
        if isinstance(node, ScalarNode) or node.alias or not _rows(node):
            return False
        return not node.flow or self.has_comments(node) or self.inline(node, WIDTH - len(head) - 1) is None

    def on_line(self, head: str, node: Tree, indent: int) -> None:
        """A value on the line of its head; a text of several lines goes on below, further in."""
        leaf = isinstance(node, ScalarNode) or node.alias
        shown = self.shown(node) if leaf else self.inline(node, len(self.text)) or ""
        first, *rest = _LINE_END.split(shown)
        self.page.line(f"{head} {first}".rstrip(" "))
        for line in rest:
            stripped = line.strip(" \t")
            self.page.verbatim(" " * (indent + _STEP) + stripped if stripped else "")
        self.beside(node.place.end)

    def block_text(self, head: str, node: ScalarNode, indent: int, column: int) -> None:
        """A `|` or `>` text, moved to its new indentation."""
        header, *lines = _LINE_END.split(node.span.text)
        found = _HEADER.match(header)
        assert found is not None, "libyaml says that it is a block text"
        sign = found[1]
        if lines[-1:] != [""]:
            sign = re.sub(r"[-+]", "", sign) + "-"  # the text ends without a line end, and so does the value
        else:
            lines.pop()
        digit = re.search("[1-9]", sign)
        new = indent + (int(digit.group()) if digit else _STEP)
        old = max(column, 0) + int(digit.group()) if digit else _indentation(lines)
        while lines and "+" not in sign and not lines[-1][old:]:
            lines.pop()
        self.page.line(f"{head} {sign}")
        if found[2]:
            self.page.comment(_spaced(found[2]), self.source.position(node.span.start + found.start(2)).column)
        for line in lines:
            self.page.verbatim(" " * new + line[old:] if line[old:] else "")
        self.page.sealed = "+" in sign

    # Comments and blank lines

    def leading(self, until: int, indent: int) -> None:
        """The comments before an offset, on lines of their own."""
        while self.next < len(self.comments) and self.starts[self.next] < until:
            self.own_line(indent)

    def own_line(self, indent: int) -> None:
        comment = self.comments[self.next]
        self.next += 1
        if comment.alone:
            self.blank(comment.span.start)
        self.page.line(" " * indent + _spaced(comment.span.text))

    def blank(self, offset: int) -> None:
        """A blank line where the source has one above what begins a line, and it would not come first in a block."""
        number = self.source.position(offset).line
        first = _BEGINNING.fullmatch(self.text, self.source.line_start(number), offset)
        if first and len(self.page) > self.top and number > 1 and not self.source.line(number - 1).strip():
            self.page.blank()

    def beside(self, end: int) -> None:
        """The comment that stands on the line of what ends at an offset."""
        if self.next < len(self.comments):
            comment = self.comments[self.next]
            if not comment.alone and _BESIDE.fullmatch(self.text, end, comment.span.start):
                self.take(comment)

    def header(self, behind: int | None, node: Collection) -> None:
        """The comment beside a key whose value is a block below it."""
        if behind is not None and self.next < len(self.comments):
            comment = self.comments[self.next]
            between = self.text[behind : comment.span.start]
            if not comment.alone and comment.span.start < _first(node).place.start and not _LINE_END.search(between):
                self.take(comment)

    def take(self, comment: Comment) -> None:
        self.next += 1
        self.page.comment(_spaced(comment.span.text), comment.span.first.column)

    def closing(self, node: Collection, indent: int, outer: int, limit: int) -> None:
        """The comments after the last part of a collection that are indented like its parts."""
        column = self.column(node)
        least = column + 1 if column == outer else column
        while self.next < len(self.comments):
            comment = self.comments[self.next]
            inside = comment.span.start < node.span.end if node.flow else comment.span.first.column > least
            if comment.span.start >= limit or not inside or not (comment.alone or node.flow):
                return
            self.own_line(indent)

    def column(self, node: Tree) -> int:
        """The column at which a block begins, from 0."""
        return node.place.first.column - 1

    def has_comments(self, node: Tree) -> bool:
        first = bisect_left(self.starts, node.place.start)
        return first < len(self.starts) and self.starts[first] < node.place.end

    # Values on one line

    def inline(self, node: Tree, room: int) -> str | None:
        """A value on one line; None where it takes more than `room` columns, or several lines."""
        if isinstance(node, ScalarNode) or node.alias:
            text = self.shown(node) or "null"
            return None if len(text) > room or _LINE_END.search(text) else text
        texts = []
        left = room - 2
        for key, value in _rows(node):
            head = f"{self.scalar(key)}: " if key else ""
            head += f"&{value.anchor} " if value.anchor and not value.alias else ""
            shown = self.inline(value, left - len(head))
            if shown is None:
                return None
            texts.append(head + shown)
            left -= len(head) + len(shown) + 2
        opening, closing = ("", "") if _is_bare(node) else ("{", "}") if isinstance(node, MappingNode) else ("[", "]")
        fits = left + 2 >= 0 or not texts
        return f"{opening}{', '.join(texts)}{closing}" if fits else None

    def shown(self, node: Tree) -> str:
        """A scalar, or an alias, as it is printed."""
        if node.alias:
            return node.alias.text
        assert isinstance(node, ScalarNode)
        return self.scalar(node)

    def scalar(self, node: ScalarNode) -> str:
        written = node.text
        return written if _LINE_END.search(written) else restyled(node, written)


def _rows(node: Collection) -> Sequence[tuple[ScalarNode | None, Tree]]:
    """The entries of a mapping as key and value, or the elements of a list without a key."""
    return node.entries if isinstance(node, MappingNode) else [(None, item) for item in node.items]


def _first(node: Collection) -> Tree:
    """The first part of a collection that has one: of a mapping, its first key."""
    return node.entries[0].key if isinstance(node, MappingNode) else node.items[0]


def _is_bare(node: Collection) -> bool:
    """Whether it is a mapping of one entry without braces in a list on one line, as in `[Linear: 10]`."""
    return isinstance(node, MappingNode) and node.flow and not node.span.text.startswith("{")


def _content(node: Tree) -> Tree:
    """What is printed first of an element: the comments before it stand above the whole element."""
    while not isinstance(node, ScalarNode) and not node.alias and _rows(node):
        node = _first(node)
    return node


def _indentation(lines: list[str]) -> int:
    """The columns before a block text: those before its first line that is not blank."""
    content = next((line for line in lines if line.strip(" ")), None)
    return max(map(len, lines), default=0) if content is None else len(content) - len(content.lstrip(" "))


def _spaced(comment: str) -> str:
    """A comment with a space behind its `#`, and none at its end. `#!`, `##` and `#:` stay."""
    comment = comment.rstrip()
    return comment if comment[1:2] in ("", " ", "\t", "#", "!", ":") else f"# {comment[1:]}"
