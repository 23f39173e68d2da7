"""A scalar as it is written -> as archc's style writes it: quotes only where they are needed, and those double."""

from __future__ import annotations

import json
import re
from typing import Final

from archc.syntax import scalars
from archc.syntax.tree import ScalarNode

TYPE_WORDS: Final = frozenset({"int", "float", "bool", "str"})
"""Words that name a type in a block's `params`, unless they are in quotes."""

_TRAPS: Final = TYPE_WORDS | {"y", "n", "yes", "no", "on", "off"}
"""Texts that keep their quotes: YAML 1.1, and so many another tool, reads some of them as booleans."""

_SIMPLE: Final = re.compile(r'[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*')


def restyled(node: ScalarNode, written: str) -> str:
    """A scalar that is `written` on one line."""
    if not node.quoted:
        return written
    value = str(node.value)
    if scalars.PLAIN.fullmatch(value) and value.lower() not in _TRAPS and _is_text(value):
        return value
    if node.style == "'" and _SIMPLE.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return written


def _is_text(value: str) -> bool:
    return scalars.resolve(value) == value
