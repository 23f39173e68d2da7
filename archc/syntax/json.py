"""JSON text -> tree with spans, strictly by RFC 8259. Never raises: what is wrong goes to the report."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.source import SourceFile, Span
from archc.syntax import limits, scalars
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, Value, clip

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}


def read_json(source: SourceFile, report: Report) -> Tree | None:
    """The document of a JSON text; None where it could not be read."""
    reader = _Reader(source, report)
    try:
        return reader.document()
    except _StopReading:
        return None


class _StopReading(Exception):  # noqa: N818 - it is control flow, not an error
    """The text cannot be read on; the report says why."""


class _Reader:
    def __init__(self, source: SourceFile, report: Report) -> None:
        self.source = source
        self.text = source.text
        self.report = report
        self.at = 0
        self.nodes = 0

    def document(self) -> Tree:
        self.skip_space()
        if self.at == len(self.text):
            self.stop(catalog.syntax.EmptyDocument(), 0, 0)
        tree = self.value(0)
        self.skip_space()
        if self.at < len(self.text):
            self.unexpected("the end of the file")
        return tree

    def value(self, depth: int) -> Tree:
        self.nodes += 1
        if self.nodes > limits.NODES:
            self.stop(catalog.syntax.TooManyNodes(limit=limits.NODES), self.at, self.at + 1)
        first = self.text[self.at : self.at + 1]
        if first in ("{", "["):
            if depth >= limits.NESTING:
                self.stop(catalog.syntax.NestedTooDeep(limit=limits.NESTING), self.at, self.at + 1)
            return self.mapping(depth + 1) if first == "{" else self.sequence(depth + 1)
        return self.scalar()

    def scalar(self) -> ScalarNode:
        start = self.at
        if self.text.startswith('"', start):
            return self.string("a value")
        if (word := _WORD.match(self.text, start)) and word.group() in _WORDS:
            self.at = word.end()
            return ScalarNode(_WORDS[word.group()], self.span(start))
        if number := _NUMBER.match(self.text, start):
            self.at = number.end()
            return ScalarNode(self.number(number), self.span(start))
        return self.unexpected("a value")

    def number(self, match: re.Match[str]) -> int | float | None:
        if match["real"]:
            return float(match.group())
        try:
            return scalars.integer(match.group())
        except scalars.IntTooLargeError:
            self.report.add(catalog.syntax.IntTooLarge(), self.span(match.start()))
            self.report.settle(self.span(match.start()))
            return None

    def string(self, expected: str) -> ScalarNode:
        start = self.at
        found = _STRING.match(self.text, start)
        if not found:
            if not self.text.startswith('"', start):
                self.unexpected(expected)
            self.bad_string(start)
        self.at = found.end()
        value: str = json.loads(found.group())
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            self.stop(
                catalog.grammar.InvalidJson(expected="whole characters", found="half a surrogate pair"), start, self.at
            )
        if size > limits.SCALAR_BYTES:
            self.stop(catalog.syntax.ScalarTooLong(limit=limits.SCALAR_BYTES), start, self.at)
        return ScalarNode(value, self.span(start), quoted=True)

    def bad_string(self, start: int) -> NoReturn:
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)]
        if '"' not in line[1:]:
            self.stop(catalog.grammar.UnclosedQuote(quote='"'), start, start + 1)
        fault = catalog.grammar.InvalidJson(
            expected="a text without control characters or unknown escapes", found=clip(line)
        )
        self.stop(fault, start, start + len(line))

    def sequence(self, depth: int) -> SequenceNode:
        start = self.at
        items: list[Tree] = []
        self.at += 1
        self.skip_space()
        while not self.accept("]"):
            if items:
                self.comma(start)
            items.append(self.value(depth))
            self.skip_space()
        return SequenceNode(tuple(items), self.span(start))

    def mapping(self, depth: int) -> MappingNode:
        start = self.at
        entries: list[Entry] = []
        seen: dict[Value, ScalarNode] = {}
        first = True
        self.at += 1
        self.skip_space()
        while not self.accept("}"):
            if not first:
                self.comma(start)
            first = False
            self.nodes += 1
            key = self.string("a key in double quotes")
            self.skip_space()
            if not self.accept(":"):
                self.unexpected("`:`")
            self.skip_space()
            value = self.value(depth)
            if key.value in seen:
                labels = [Label(seen[key.value].span, "first written here")]
                self.report.add(catalog.syntax.DuplicateKey(key=str(key.value)), key.span, labels=labels)
            else:
                seen[key.value] = key
                entries.append(Entry(key, value))
            self.skip_space()
        return MappingNode(tuple(entries), self.span(start))

    def comma(self, start: int) -> None:
        if not self.accept(","):
            opening = self.text[start]
            labels = [Label(self.source.span(start, start + 1), "opened here")]
            here = self.source.span(self.at, min(self.at + 1, len(self.text)))
            self.report.add(catalog.grammar.UnclosedBracket(opening=opening), here, labels=labels)
            raise _StopReading
        self.skip_space()
        if self.text[self.at : self.at + 1] in ("]", "}"):
            self.unexpected("a value after the comma")

    def accept(self, character: str) -> bool:
        if self.text.startswith(character, self.at):
            self.at += 1
            return True
        return False

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def span(self, start: int) -> Span:
        return self.source.span(start, self.at)

    def unexpected(self, expected: str) -> NoReturn:
        word = _WORD.match(self.text, self.at)
        end = word.end() if word else min(self.at + 1, len(self.text))
        found = f"`{clip(self.text[self.at : end])}`" if end > self.at else "the end of the file"
        self.stop(catalog.grammar.InvalidJson(expected=expected, found=found), self.at, end)

    def stop(self, fault: Fault, start: int, end: int) -> NoReturn:
        self.report.add(fault, self.source.span(start, end))
        raise _StopReading
