"""A JSON spec's tree -> text: two columns a level, and on one line what fits 100 columns."""

from __future__ import annotations

from typing import Final

from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree

WIDTH: Final = 100


def print_json(tree: Tree) -> str:
    """The text of a document, whose own braces are never on one line. Keys keep their order, scalars their spelling."""
    return "\n".join(_lines("", tree, 0, "", whole=True)) + "\n"


def _lines(head: str, tree: Tree, indent: int, tail: str, *, whole: bool = False) -> list[str]:
    """The lines of a value behind `head`, which is a key or nothing; `tail` is a comma or nothing."""
    pad = " " * indent
    room = WIDTH - len(pad) - len(head) - len(tail)
    short = None if whole and not isinstance(tree, ScalarNode) and tree.span.text[1:-1].strip() else _inline(tree, room)
    if short is not None or isinstance(tree, ScalarNode):
        return [f"{pad}{head}{short if short is not None else tree.span.text}{tail}"]
    opening, closing = ("{", "}") if isinstance(tree, MappingNode) else ("[", "]")
    parts = _parts(tree)
    lines = [f"{pad}{head}{opening}"]
    for number, (key, value) in enumerate(parts, 1):
        lines += _lines(key, value, indent + 2, "," if number < len(parts) else "")
    return [*lines, f"{pad}{closing}{tail}"]


def _inline(tree: Tree, room: int) -> str | None:
    """A value on one line; None where it takes more than `room` columns."""
    if room < 0:
        return None
    if isinstance(tree, ScalarNode):
        return tree.span.text if len(tree.span.text) <= room else None
    texts: list[str] = []
    left = room - 2
    for key, value in _parts(tree):
        text = _inline(value, left - len(key) - (2 if texts else 0))
        if text is None:
            return None
        left -= len(key) + len(text) + (2 if texts else 0)
        texts.append(key + text)
    opening, closing = ("{", "}") if isinstance(tree, MappingNode) else ("[", "]")
    return f"{opening}{', '.join(texts)}{closing}" if left >= 0 else None


def _parts(tree: SequenceNode | MappingNode) -> list[tuple[str, Tree]]:
    """The elements of a list, or the values of a mapping, each behind what is written before it."""
    if isinstance(tree, SequenceNode):
        return [("", item) for item in tree.items]
    return [(f"{entry.key.span.text}: ", entry.value) for entry in tree.entries]
