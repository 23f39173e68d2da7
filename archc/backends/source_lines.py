"""Lines of Python source, as a formatter would leave them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

WIDTH: Final = 120
_SHAPE: Final = re.compile(r"  (# [0-9x ]+)$")


def indent(lines: Iterable[str]) -> list[str]:
    """The lines, one level further in."""
    return ["    " + line for line in lines]


def fitted(line: str) -> str:
    """A line, with the shape above it where it would be too long beside it."""
    shape = _SHAPE.search(line)
    if len(line) <= WIDTH or shape is None:
        return line
    margin = line[: len(line) - len(line.lstrip())]
    return f"{margin}{shape[1]}\n{line[: shape.start()]}"


def literal(value: object) -> str:
    """A Python literal, with double quotes."""
    text = repr(value)
    return f'"{value}"' if isinstance(value, str) and text == f"'{value}'" and '"' not in value else text
