"""JSON text -> document, strictly by RFC 8259. Never raises: what is wrong goes to the report."""

from __future__ import annotations

import json
import re

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.source import SourceFile, Span
from archc.syntax import limits, scalars
from archc.syntax.builder import Builder, Frame
from archc.syntax.document import Document
from archc.syntax.tree import ScalarNode, Value, clip

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<real>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}


def read_json(source: SourceFile, report: Report) -> Document:
    """A JSON text as a document; its tree is None where the text is broken."""
    reader = _Reader(source, report)
    reader.read()
    builder = reader.builder
    return Document(source, "json", builder.best_known(), reader.at if builder.stopped else None)


class _Reader:
    def __init__(self, source: SourceFile, report: Report) -> None:
        self.source = source
        self.text = source.text
        self.report = report
        self.builder = Builder(source, report)
        self.at = 0
        self.nodes = 0

    def read(self) -> None:
        """The document: a value, and what is inside of it while anything is open."""
        builder = self.builder
        self.skip_space()
        if self.at == len(self.text):
            self.stop(catalog.syntax.EmptyDocument(), 0, 0)
            return
        self.value()
        while builder.stack and not builder.stopped:
            self.part(builder.stack[-1])
        self.skip_space()
        if not builder.stopped and self.at < len(self.text):
            self.unexpected("the end of the file")

    def part(self, frame: Frame) -> None:
        """The next part of the innermost list or mapping, or its end."""
        self.skip_space()
        if self.accept("]" if frame.entries is None else "}"):
            self.builder.place(self.builder.close(self.at)[0])
        elif (not frame.begun or self.comma(frame)) and (frame.entries is None or self.key()):
            self.value()

    def value(self) -> None:
        """A scalar, or the beginning of a list or mapping."""
        self.nodes += 1
        first = self.text[self.at : self.at + 1]
        if self.nodes > limits.NODES:
            self.stop(catalog.syntax.TooManyNodes(limit=limits.NODES), self.at, self.at + 1)
        elif first in ("{", "["):
            self.builder.open(self.at, None, mapping=first == "{", flow=True)
            self.at += 1
        elif (scalar := self.scalar()) is not None:
            self.builder.place(scalar)

    def key(self) -> bool:
        """A key and its colon. False where they are not there, which is reported."""
        self.nodes += 1
        key = self.string("a key in double quotes")
        if key is None:
            return False
        self.builder.place(key)
        self.skip_space()
        if not self.accept(":"):
            self.unexpected("`:`")
            return False
        self.skip_space()
        return True

    def scalar(self) -> ScalarNode | None:
        start = self.at
        if self.text.startswith('"', start):
            return self.string("a value")
        if (word := _WORD.match(self.text, start)) and word.group() in _WORDS:
            self.at = word.end()
            return ScalarNode(_WORDS[word.group()], self.span(start))
        if number := _NUMBER.match(self.text, start):
            self.at = number.end()
            return ScalarNode(self.number(number), self.span(start))
        self.unexpected("a value")
        return None

    def number(self, match: re.Match[str]) -> int | float | None:
        if match["real"]:
            return float(match.group())
        try:
            return scalars.integer(match.group())
        except scalars.IntTooLargeError:
            self.report.add(catalog.syntax.IntTooLarge(), self.span(match.start()))
            self.report.mark_explained(self.span(match.start()))
            return None

    def string(self, expected: str) -> ScalarNode | None:
        start = self.at
        found = _STRING.match(self.text, start)
        if not found:
            if self.text.startswith('"', start):
                self.bad_string(start)
            else:
                self.unexpected(expected)
            return None
        self.at = found.end()
        value: str = json.loads(found.group())
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            half = catalog.grammar.InvalidJson(expected="whole characters", found="half a surrogate pair")
            self.stop(half, start, self.at)
            return None
        if size > limits.SCALAR_BYTES:
            self.stop(catalog.syntax.ScalarTooLong(limit=limits.SCALAR_BYTES), start, self.at)
            return None
        return ScalarNode(value, self.span(start), '"')

    def bad_string(self, start: int) -> None:
        end = self.text.find("\n", start)
        line = self.text[start : end if end >= 0 else len(self.text)]
        if '"' not in line[1:]:
            self.stop(catalog.grammar.UnclosedQuote(quote='"'), start, start + 1)
            return
        expected = "a text without control characters or unknown escapes"
        self.stop(catalog.grammar.InvalidJson(expected=expected, found=clip(line)), start, start + len(line))

    def comma(self, frame: Frame) -> bool:
        """The comma between two parts. False where it is not there, or nothing follows, which is reported."""
        if not self.accept(","):
            start, here = frame.start, self.source.span(self.at, min(self.at + 1, len(self.text)))
            labels = [Label(self.source.span(start, start + 1), "opened here")]
            self.report.add(catalog.grammar.UnclosedBracket(opening=self.text[start]), here, labels=labels)
            self.builder.stopped = True
            return False
        self.skip_space()
        if self.text[self.at : self.at + 1] in ("]", "}"):
            self.unexpected("a value after the comma")
            return False
        return True

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

    def unexpected(self, expected: str) -> None:
        word = _WORD.match(self.text, self.at)
        end = word.end() if word else min(self.at + 1, len(self.text))
        found = f"`{clip(self.text[self.at : end])}`" if end > self.at else "the end of the file"
        self.stop(catalog.grammar.InvalidJson(expected=expected, found=found), self.at, end)

    def stop(self, fault: Fault, start: int, end: int) -> None:
        self.builder.stop(fault, start, end)
