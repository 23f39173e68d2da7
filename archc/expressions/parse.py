"""The text of an expression -> its syntax tree, by precedence climbing. Bounded in tokens and in depth."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, NoReturn, TypeAlias

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.language import CONSTANTS, RESERVED

MAX_TOKENS: Final = 1_000
MAX_DEPTH: Final = 64

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<text>'[^'\n]*'|\"[^\"\n]*\")"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>(),])"
)
_DOTTED = re.compile(r"[^\W\d]\w*(?:\s*(?:\.\s*[^\W\d]\w*|\[\s*(?:'\w+'|\"\w+\"|\w+)\s*\]))+")
"""A part of something, as other languages write it: `vars.width`, `vars['width']`. Names have no parts here."""

_BINARY: Final = {
    "or": 1,
    "and": 2,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "==": 4,
    "!=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "%": 6,
    "**": 8,
}
_NOT: Final = 3
_UNARY: Final = 7
_COMPARISON: Final = 4
_WORDS: Final = RESERVED - frozenset(CONSTANTS)


class WrongExpressionError(Exception):
    """An expression has no value. `fault` says why, and `start` to `end` where in its text."""

    def __init__(self, fault: Fault, start: int, end: int) -> None:
        super().__init__(fault.message())
        self.fault = fault
        self.start = start
        self.end = end


class Place(NamedTuple):
    """A part of an expression's text, in code points."""

    start: int
    end: int


class Literal(NamedTuple):
    """A number, text, true, false or null."""

    value: int | float | str | bool | None
    place: Place


class Name(NamedTuple):
    """A variable or a parameter."""

    name: str
    place: Place


class Unary(NamedTuple):
    """`-x`, `+x` or `not x`."""

    sign: str
    operand: Expression
    place: Place


class Binary(NamedTuple):
    """`x + y` and the like."""

    sign: str
    left: Expression
    right: Expression
    place: Place


class Compare(NamedTuple):
    """`a < b <= c`: true where each neighbour pair is."""

    signs: tuple[str, ...]
    operands: tuple[Expression, ...]
    place: Place


class Choice(NamedTuple):
    """`a if condition else b`."""

    then: Expression
    condition: Expression
    otherwise: Expression
    place: Place


class Call(NamedTuple):
    """`min(a, b)` and the like."""

    function: str
    arguments: tuple[Expression, ...]
    place: Place


Expression: TypeAlias = Literal | Name | Unary | Binary | Compare | Choice | Call


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def parse(text: str) -> Expression:
    """The syntax tree of an expression.

    Raises:
        WrongExpressionError: the text is none, or is larger than the limits.
    """
    return _Parser(text).whole()


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        dotted = _DOTTED.match(text, at)
        if dotted:
            end = at + max(place.end for place in _dotted(text[at:]))
            fault = catalog.expressions.WrongExpression(
                expected="a name alone", found=f"`{dotted.group()}`", dotted=text[at:end]
            )
            raise WrongExpressionError(fault, at, end)
        if match is None or match.lastgroup is None:
            fault = catalog.expressions.WrongExpression(
                expected="a number, a name or an operator", found=f"`{text[at]}`"
            )
            raise WrongExpressionError(fault, at, at + 1)
        if match.lastgroup != "space":
            yield _Token(match.lastgroup, match.group(), at, match.end())
        at = match.end()


def _dotted(text: str) -> Iterator[Place]:
    """Where names with parts stand in an expression, up to what is no part of one."""
    at = 0
    while found := _DOTTED.match(text, at) or _TOKEN.match(text, at):
        if found.re is _DOTTED:
            yield Place(at, found.end())
        at = found.end()


def with_names_alone(text: str, names: Collection[str]) -> str | None:
    """An expression with names alone: of each that has parts, the last one that is in `names`. None where none is."""
    written, end = "", 0
    for place in _dotted(text):
        parts = re.findall(r"\w+", text[place.start : place.end])
        meant = next((part for part in reversed(parts) if part in names), None)
        if meant is None:
            return None
        written, end = written + text[end : place.start] + meant, place.end
    return written + text[end:]


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[_Token] = []
        for token in _tokens(text):
            self.tokens.append(token)
            if len(self.tokens) > MAX_TOKENS:
                raise WrongExpressionError(
                    catalog.expressions.ExpressionTooLarge(limit=MAX_TOKENS, what="tokens"), 0, len(text)
                )
        self.tokens.append(_Token("end", "", len(text), len(text)))
        self.next = 0
        self.depth = 0

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def whole(self) -> Expression:
        expression = self.choice()
        if self.token.kind != "end":
            self.wrong("an operator")
        return expression

    def choice(self) -> Expression:
        then = self.binary(1)
        if not self.accept("if"):
            return then
        condition = self.binary(1)
        self.expect("else")
        with self.nested():
            otherwise = self.choice()
        return Choice(then, condition, otherwise, Place(then.place.start, otherwise.place.end))

    def binary(self, least: int) -> Expression:
        left = self.unary()
        while (strength := _BINARY.get(self.token.text, 0)) >= least and self.token.kind in ("sign", "name"):
            left = self.compare(left) if strength == _COMPARISON else self.pair(left, strength)
        return left

    def pair(self, left: Expression, strength: int) -> Expression:
        sign = self.take().text
        # `**` binds to the right, and its right side may have a sign: 2 ** -1.
        with self.nested():
            right = self.binary(_UNARY if sign == "**" else strength + 1)
        return Binary(sign, left, right, Place(left.place.start, right.place.end))

    def compare(self, left: Expression) -> Expression:
        signs, operands = [], [left]
        while _BINARY.get(self.token.text) == _COMPARISON:
            signs.append(self.take().text)
            operands.append(self.binary(_COMPARISON + 1))
        return Compare(tuple(signs), tuple(operands), Place(left.place.start, operands[-1].place.end))

    def unary(self) -> Expression:
        token = self.token
        if token.text in ("-", "+", "not") and token.kind in ("sign", "name"):
            self.take()
            with self.nested():
                operand = self.binary(_NOT if token.text == "not" else _UNARY)
            return Unary(token.text, operand, Place(token.start, operand.place.end))
        return self.primary()

    def primary(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.take()
            return Literal(_number(token), Place(token.start, token.end))
        if token.kind == "text":
            self.take()
            return Literal(token.text[1:-1], Place(token.start, token.end))
        if token.kind == "name" and token.text not in _WORDS:
            return self.name()
        if self.accept("("):
            with self.nested():
                inner = self.choice()
            self.expect(")")
            return inner
        return self.wrong("a value")

    def name(self) -> Expression:
        token = self.take()
        place = Place(token.start, token.end)
        if token.text in CONSTANTS:
            return Literal(CONSTANTS[token.text], place)
        if not self.accept("("):
            return Name(token.text, place)
        arguments: list[Expression] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",")
            with self.nested():
                arguments.append(self.choice())
        return Call(token.text, tuple(arguments), Place(token.start, self.tokens[self.next - 1].end))

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            fault = catalog.expressions.ExpressionTooLarge(limit=MAX_DEPTH, what="nested parts")
            raise WrongExpressionError(fault, self.token.start, self.token.end)
        yield
        self.depth -= 1

    def take(self) -> _Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def accept(self, text: str) -> bool:
        if self.token.text == text and self.token.kind in ("sign", "name"):
            self.next += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            self.wrong(f"`{text}`")

    def wrong(self, expected: str) -> NoReturn:
        token = self.token
        found = f"`{token.text}`" if token.text else "the end"
        raise WrongExpressionError(
            catalog.expressions.WrongExpression(expected=expected, found=found), token.start, token.end
        )


def _number(token: _Token) -> int | float:
    if not token.text.isdecimal():
        return float(token.text)
    if len(token.text.lstrip("0")) > 19 or int(token.text) >= 2**63:
        raise WrongExpressionError(catalog.expressions.ExpressionOverflow(), token.start, token.end)
    return int(token.text)
