"""Plain data -> YAML text that archc reads back as equal data. Block style; short lists of scalars on one line."""

from __future__ import annotations

import json
import math
import re
from typing import Final

from archc.syntax import scalars

_NEEDS_ESCAPE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SHORT: Final = 100
_LONGEST_KEY: Final = 1000
"""YAML's `key: value` takes keys of at most 1,024 characters; longer ones need its `? key`."""


def write_yaml(data: object) -> str:
    """The YAML of mappings with text keys, lists, texts, numbers, booleans and None. Ends with a line end.

    Raises:
        TypeError: there is something else in the data.
    """
    return "\n".join(_lines(data)) + "\n"


def write_flow(data: object) -> str:
    """The same on one line, as it stands between brackets.

    Raises:
        TypeError: there is something else in the data.
    """
    if isinstance(data, dict):
        return "{" + ", ".join(f"{_text(key)}: {write_flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list | tuple):
        return "[" + ", ".join(map(write_flow, data)) + "]"
    return _scalar(data)


def _lines(data: object) -> list[str]:
    inline = _inline(data)
    if inline is not None:
        return [inline]
    if isinstance(data, dict):
        return [line for key, value in data.items() for line in _entry(_text(key), value)]
    assert isinstance(data, list | tuple)
    return [line for item in data for line in _indented("- ", _lines(item))]


def _entry(key: str, value: object) -> list[str]:
    inline = _inline(value)
    if len(key) > _LONGEST_KEY:
        return [f"? {key}", *_indented(": ", _lines(value))]
    if inline is not None:
        return [f"{key}: {inline}"]
    return [f"{key}:", *(f"  {line}" for line in _lines(value))]


def _indented(mark: str, lines: list[str]) -> list[str]:
    return [mark + lines[0], *(" " * len(mark) + line for line in lines[1:])]


def _inline(data: object) -> str | None:
    """The data on one line; None for what reads better on several."""
    if isinstance(data, dict):
        return None if data else "{}"
    if not isinstance(data, list | tuple):
        return _scalar(data)
    if any(isinstance(item, dict | list | tuple) for item in data):
        return None
    text = f"[{', '.join(_scalar(item) for item in data)}]"
    return text if len(text) <= _SHORT or not data else None


def _scalar(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    return _text(value)


def _float(value: float) -> str:
    if math.isnan(value):
        return ".nan"
    if math.isinf(value):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected JSON-like data, got {type(value).__name__}")
    if scalars.PLAIN.fullmatch(value) and scalars.resolve(value) == value:
        return value
    return _NEEDS_ESCAPE.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    """YAML's escape of a character that may not stand in a text, or that ends a line."""
    return f"\\u{ord(match.group()):04x}"
