"""Two texts -> a unified diff, in time that does not grow with the square of their length."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import Final

from archc.diagnostics.visible import visible

LINES: Final = 20_000
"""Beyond so many lines, all that lies between the first and the last difference is one hunk."""

_CONTEXT: Final = 3


def unified(name: str, before: str, after: str) -> str:
    """The diff as `diff -u` shows it, safe for a terminal; empty where nothing differs."""
    old, new = _lines(before), _lines(after)
    if old == new:
        return "" if before == after else f"--- {visible(name)}\n+++ {visible(name)}\n"
    hunks = _one_hunk(old, new) if max(len(old), len(new)) > LINES else _hunks(old, new)
    return "".join([f"--- {visible(name)}\n+++ {visible(name)}\n", *hunks])


def _lines(text: str) -> list[str]:
    """The lines with a mark where the last has no end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        return lines[:-1]
    return [*lines[:-1], lines[-1] + "\n\\ No newline at end of file"]


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    diff = difflib.unified_diff(old, new, n=_CONTEXT, lineterm="")
    return (_shown(line) for line in list(diff)[2:])


def _one_hunk(old: list[str], new: list[str]) -> Iterator[str]:
    pairs = zip(old, new, strict=False)
    head = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - head
    tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    removed, added = old[head : len(old) - tail], new[head : len(new) - tail]
    yield f"@@ -{head + bool(removed)},{len(removed)} +{head + bool(added)},{len(added)} @@\n"
    yield from _signed("-", removed)
    yield from _signed("+", added)


def _signed(sign: str, lines: Iterable[str]) -> Iterator[str]:
    return (_shown(sign + line) for line in lines)


def _shown(line: str) -> str:
    """A line of the diff; tabs stay, so that the diff can be applied."""
    parts = line.split("\n")
    return "".join("\t".join(map(visible, part.split("\t"))) + "\n" for part in parts)
