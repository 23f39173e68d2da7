"""A value of the wrong type -> the same in YAML's spelling: `yes` as `true`, `"3"` as `3`, `(3, 5)` as `[3, 5]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from archc.syntax import scalars
from archc.syntax.tree import Scalar

_WORDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("yes", "on", "true"), "true"),
    **dict.fromkeys(("no", "off", "false"), "false"),
}
_GROUPED: Final = re.compile(r"[-+]?[0-9]{1,3}(?:_[0-9]{3})+", re.ASCII)
_TUPLE: Final = re.compile(r"\(\s*(-?[0-9]+(?:\s*,\s*-?[0-9]+)*)\s*,?\s*\)", re.ASCII)
_WHOLE: Final = re.compile(r"(-?[0-9]+)\.0*", re.ASCII)


def respelled(scalar: Scalar, expected: str) -> str | None:
    """The value as it must be written where `expected` ("an int of at least 1", "true or false") is wanted.

    None where there is no other spelling of the same value, and so a decision of the author is needed.
    """
    text = scalar.value.strip() if isinstance(scalar.value, str) else scalar.text
    if "true or false" in expected:
        return _WORDS.get(text.lower()) if isinstance(scalar.value, str) else None
    if found := _TUPLE.fullmatch(text):
        return f"[{', '.join(part.strip() for part in found[1].split(','))}]" if "list" in expected else None
    if isinstance(scalar.value, bool) or not _wants_number(expected):
        return None
    return _number(text, whole="number" not in expected)


def _wants_number(expected: str) -> bool:
    return re.search(r"\b(int|number)\b", expected) is not None


def _number(text: str, *, whole: bool) -> str | None:
    if _GROUPED.fullmatch(text):
        text = text.replace("_", "")
    if whole and (found := _WHOLE.fullmatch(text)):
        text = found[1]
    try:
        value = scalars.resolve(text)
    except scalars.IntTooLargeError:
        return None
    wanted = int if whole else int | float
    return text if isinstance(value, wanted) and not isinstance(value, bool) else None
