"""Plain YAML text -> value, by the core schema of YAML 1.2: `1e-3` is a number, `no` is text.

Source: https://yaml.org/spec/1.2.2/#103-core-schema
"""

from __future__ import annotations

import re
from typing import Final

from archc.syntax import limits
from archc.syntax.tree import Value

PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
"""Texts that YAML reads without quotes in every place, if they are not words like `true`."""

_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_SPECIAL = re.compile(r"(?P<sign>[-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_START = frozenset("+-.0123456789")


class IntTooLargeError(ValueError):
    """The text is an integer outside 63 bits and a sign."""


def resolve(text: str) -> Value:
    """The value of an unquoted scalar.

    Raises:
        IntTooLargeError: the text is an integer of more than 63 bits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _INT.fullmatch(text):
        return integer(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    special = _SPECIAL.fullmatch(text)
    if special is None:
        return text
    return float("nan") if special["sign"] is None else float(special["sign"] + "inf")


def integer(text: str) -> int:
    """An integer of at most 63 bits and a sign, from decimal, `0o` or `0x` text.

    Raises:
        IntTooLargeError: it has more bits. Long digit strings are refused before they are converted.
    """
    if len(text) > 24 and len(text.lstrip("+-0ox")) > 24:
        raise IntTooLargeError(text)
    value = int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if not -(2**limits.INT_BITS) <= value < 2**limits.INT_BITS:
        raise IntTooLargeError(text)
    return value
