"""A scalar as it is written -> as archc's style writes it: quotes only where they are needed, and those double."""

from __future__ import annotations

import json
import re
from typing import Final

from archc.syntax import scalars

TYPE_WORDS: Final = frozenset({"int", "float", "bool", "str"})
"""Words that name a type in a block's `params`, unless they are in quotes."""

_TRAPS: Final = TYPE_WORDS | {"y", "n", "yes", "no", "on", "off"}
"""Texts that keep their quotes: YAML 1.1, and so many another tool, reads some of them as booleans."""

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_SIMPLE: Final = re.compile(r'[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*')


def restyled(value: str, written: str, style: str | None) -> str:
    """A scalar on one line. `style` is libyaml's: a quote character, or empty for plain text."""
    if not style:
        return written
    if _PLAIN.fullmatch(value) and value.lower() not in _TRAPS and _is_text(value):
        return value
    if style == "'" and _SIMPLE.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return written


def _is_text(value: str) -> bool:
    return scalars.resolve(value) == value
