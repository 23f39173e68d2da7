"""A document as data with places: every scalar, list and mapping knows where it was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from archc.source import Span

Value: TypeAlias = str | int | float | bool | None


class ScalarNode(NamedTuple):
    """A leaf. `style` is the quote or the `|` or `>` that it is written with, so that it can only be text; else empty.

    `anchor` is the name in `&name` before it. Where `*name` stands for it, `alias` is the place of that, and `span` the
    place of what it stands for; so for lists and mappings.
    """

    value: Value
    span: Span
    style: str = ""
    anchor: str | None = None
    alias: Span | None = None

    @property
    def text(self) -> str:
        """The scalar as it was written."""
        return self.span.text

    @property
    def quoted(self) -> bool:
        """Whether the author wrote quotes or a block scalar, so that it can only be text."""
        return bool(self.style)

    @property
    def place(self) -> Span:
        """Where it stands: its own place, or that of the alias."""
        return self.alias or self.span


class SequenceNode(NamedTuple):
    """A list; `flow` where it is written in brackets."""

    items: tuple[Tree, ...]
    span: Span
    flow: bool = False
    anchor: str | None = None
    alias: Span | None = None

    @property
    def place(self) -> Span:
        """Where it stands: its own place, or that of the alias."""
        return self.alias or self.span


class Entry(NamedTuple):
    """One `key: value` of a mapping."""

    key: ScalarNode
    value: Tree

    @property
    def name(self) -> str:
        return str(self.key.value)

    @property
    def head(self) -> Span:
        """Where to point for what is wrong with its value as a whole."""
        return head(self.key.span, self.value)

    @property
    def span(self) -> Span:
        """From the key to the end of the value; the key alone where the value stands elsewhere (an alias).

        The value alone where the command line says it: what the text says beside the key is none of it.
        """
        key, value = self.head, self.value.span
        return key.to(value) if value.source is key.source and value.end >= key.end else key


def head(key: Span, value: Tree | None) -> Span:
    """Where to point for a value as a whole: its key, or the value itself where the command line says it."""
    if value is None or value.span.source is key.source or value.span.source.origin != "override":
        return key
    return value.span


class MappingNode(NamedTuple):
    """A mapping with text keys, in the order of the text. Keys are unique.

    `flow` where it is written in braces, or is `key: value` among the elements of a list in brackets. `refused` are the
    keys and values, in turn, that are no entries because something is wrong with them.
    """

    entries: tuple[Entry, ...]
    span: Span
    flow: bool = False
    anchor: str | None = None
    alias: Span | None = None
    refused: tuple[Tree, ...] = ()

    def get(self, name: str) -> Entry | None:
        """The entry of that name; O(n), as mappings of specs are small."""
        return next((entry for entry in self.entries if entry.key.value == name), None)

    @property
    def place(self) -> Span:
        """Where it stands: its own place, or that of the alias."""
        return self.alias or self.span


Tree: TypeAlias = ScalarNode | SequenceNode | MappingNode


def data_of(tree: Tree) -> object:
    """The tree as JSON-like Python data, without places."""
    match tree:
        case ScalarNode():
            return tree.value
        case SequenceNode():
            return [data_of(item) for item in tree.items]
        case MappingNode():
            return {entry.name: data_of(entry.value) for entry in tree.entries}


def text_of(tree: Tree) -> str | None:
    """The tree as text, where text is wanted; None where it is something else.

    On a command line nobody quotes for YAML's sake, so any scalar of an override is text there.
    """
    if not isinstance(tree, ScalarNode):
        return None
    if isinstance(tree.value, str):
        return tree.value
    return tree.text if tree.span.source.origin == "override" else None


def kind(tree: Tree) -> str:  # noqa: PLR0911 - one for each kind
    """What an author would call it: "a list", "text", "the number 3", ..."""
    match tree:
        case SequenceNode():
            return f"a list of {len(tree.items)}"
        case MappingNode():
            return "a mapping"
        case ScalarNode(value=None):
            return "nothing"
        case ScalarNode(value=bool() | int() | float() as value) if "${" in tree.text:
            return f"{clip(str(value).lower())}, the value of `{clip(tree.text)}`"
        case ScalarNode(value=bool()):
            return f"the boolean `{clip(tree.text)}`"
        case ScalarNode(value=int() | float()):
            return f"the number `{clip(tree.text)}`"
        case ScalarNode():
            return f"the text `{clip(tree.text)}`"


def clip(text: str, width: int = 40) -> str:
    """Text for a message: one line, at most `width` characters."""
    first = text.split("\n", 1)[0].strip()
    if len(first) > width:
        return first[: width - 3] + "..."
    return first if first == text.strip() else first + " ..."


def children(tree: Tree) -> Iterator[Tree]:
    """The parts of a list or a mapping, keys included."""
    match tree:
        case SequenceNode():
            yield from tree.items
        case MappingNode():
            for entry in tree.entries:
                yield entry.key
                yield entry.value
        case ScalarNode():
            pass
