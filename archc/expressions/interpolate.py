"""Text with `${...}` in it -> its value: an expression alone keeps its type, one inside text becomes text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from archc.diagnostics import catalog
from archc.expressions.evaluate import MAX_TEXT, Value, evaluate
from archc.expressions.parse import WrongExpressionError, parse

_PIECE = re.compile(r"\$\$\{|\$\{")
_END = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|(?P<end>\})|[^'\"}]+|['\"]")


class _Piece(NamedTuple):
    """A part of a text: `start` is where its expression begins, None for plain text."""

    text: str
    start: int | None


def interpolate(text: str, names: Mapping[str, Value]) -> Value:
    """The value of a text, with each `${...}` evaluated; `$${` is a literal `${`.

    Raises:
        WrongExpressionError: an expression has no value, or has no `}`. Places count in `text`.
    """
    pieces = _pieces(text)
    if len(pieces) == 1 and pieces[0].start is not None:
        return _value(pieces[0], names)
    parts = [piece.text if piece.start is None else _spelt(_value(piece, names)) for piece in pieces]
    joined = "".join(parts)
    if len(joined) > MAX_TEXT:
        raise WrongExpressionError(catalog.expressions.ExpressionOverflow(), 0, len(text))
    return joined


def _pieces(text: str) -> list[_Piece]:
    pieces = []
    at = 0
    plain = ""
    while found := _PIECE.search(text, at):
        plain += text[at : found.start()]
        if found.group() == "$${":
            plain, at = plain + "${", found.end()
            continue
        end = _end(text, found.end())
        if plain:
            pieces.append(_Piece(plain, None))
            plain = ""
        pieces.append(_Piece(text[found.end() : end], found.end()))
        at = end + 1
    plain += text[at:]
    if plain or not pieces:
        pieces.append(_Piece(plain, None))
    return pieces


def _end(text: str, start: int) -> int:
    """The offset of the `}` that ends an expression; one inside quotes does not."""
    at = start
    while match := _END.match(text, at):
        if match["end"]:
            return match.start()
        at = match.end()
    raise WrongExpressionError(
        catalog.expressions.WrongExpression(expected="`}`", found="the end"), start - 2, len(text)
    )


def _value(piece: _Piece, names: Mapping[str, Value]) -> Value:
    start = piece.start or 0
    try:
        return evaluate(parse(piece.text), names)
    except WrongExpressionError as error:
        raise WrongExpressionError(error.fault, error.start + start, error.end + start) from None


def _spelt(value: Value) -> str:
    """A value inside a text, as YAML would write it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
