"""YAML text -> its nodes as they are written: styles, anchors and aliases, which the tree does not hold."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from archc.diagnostics import catalog
from archc.source import SourceFile

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)
_PROPERTIES: Final = re.compile(r"&[0-9A-Za-z_-]+\s*")
_SEPARATOR: Final = re.compile("[\x85\u2028\u2029]")
_LONGEST_KEY: Final = 1000


class Node:
    """A scalar, an alias, a list or a mapping, from the offset `start` to `end`.

    `parts` are the elements of a list, and the keys and values of a mapping in turn. `style` is the quote or block
    indicator of a scalar, `*` for an alias, `[` or `-` for a list, and `{` or `:` for a mapping; `bare` is true for a
    mapping of one entry without braces in a list on one line, as in `[Linear: 10]`.
    """

    __slots__ = ("anchor", "bare", "end", "parts", "start", "style", "value")

    def __init__(self, start: int, end: int, style: str, anchor: str | None, value: str = "") -> None:
        self.start = start
        self.end = end
        self.style = style
        self.anchor = anchor
        self.value = value
        self.bare = False
        self.parts: list[Node] = []

    @property
    def mapping(self) -> bool:
        return self.style in ("{", ":")

    @property
    def flow(self) -> bool:
        return self.style in ("{", "[")

    @property
    def collection(self) -> bool:
        return self.style in ("{", ":", "[", "-")

    @property
    def block_text(self) -> bool:
        return self.style in ("|", ">")

    def rows(self) -> list[tuple[Node | None, Node]]:
        """The entries of a mapping as key and value, or the elements of a list without a key."""
        if self.mapping:
            return list(zip(self.parts[::2], self.parts[1::2], strict=True))
        return [(None, part) for part in self.parts]


class Document:
    """The root node of a text, and the offset of its `---`, where it has one."""

    def __init__(self, root: Node, marker: int | None) -> None:
        self.root = root
        self.marker = marker


def read_nodes(source: SourceFile) -> Document:
    """The nodes of a text that is known to be one YAML document without tags.

    Raises:
        catalog.runs.CannotFormat: it has a spelling that is not supported.
    """
    if _SEPARATOR.search(source.text):
        raise catalog.runs.CannotFormat(
            reason="it has a line separator that is neither LF nor CR (U+0085, U+2028 or U+2029)"
        )
    parser = _Loader(source.text)
    try:
        return _read(source, parser)
    finally:
        parser.dispose()


def _read(source: SourceFile, parser: Any) -> Document:
    stack: list[Node] = []
    root: Node | None = None
    marker = None
    event: Any
    while (event := parser.get_event()) is not None:
        match event:
            case yaml.DocumentStartEvent():
                if event.version or event.tags:
                    raise catalog.runs.CannotFormat(reason="it begins with a directive")
                marker = _offsets(event)[0] if event.explicit else None
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                node = stack.pop()
                end = max((part.end for part in node.parts), default=node.start)
                node.end = _offsets(event)[1] if node.flow else end
            case yaml.NodeEvent():
                node = _node(event, source)
                if stack:
                    _put(stack[-1], node, source)
                root = root or node
                if isinstance(event, yaml.CollectionStartEvent):
                    stack.append(node)
            case _:
                pass
    assert root is not None, "the text was parsed before"
    if not root.collection or root.anchor:
        raise catalog.runs.CannotFormat(reason="it is a single value, or all of it has an anchor")
    return Document(root, marker)


def _node(event: Any, source: SourceFile) -> Node:
    start, end = _offsets(event)
    if isinstance(event, yaml.AliasEvent):
        return Node(start, end, "*", None, event.anchor or "")
    if event.anchor and (found := _PROPERTIES.match(source.text, start)):
        start = found.end()
    if isinstance(event, yaml.ScalarEvent):
        return Node(min(start, end), end, event.style or "", event.anchor, event.value)
    flow, block = ("{", ":") if isinstance(event, yaml.MappingStartEvent) else ("[", "-")
    node = Node(start, end, flow if event.flow_style else block, event.anchor)
    node.bare = node.style == "{" and not source.text.startswith("{", start)
    return node


def _offsets(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _put(parent: Node, node: Node, source: SourceFile) -> None:
    """Add a part; the keys of a mapping must be simple."""
    if parent.mapping and len(parent.parts) % 2 == 0:
        text = source.text[node.start : node.end]
        if node.anchor or node.style == "*":
            raise catalog.runs.CannotFormat(reason="a key has an anchor or is an alias")
        if node.block_text or len(text) > _LONGEST_KEY or "\n" in text or "\r" in text:
            raise catalog.runs.CannotFormat(reason="a key has several lines, or more than 1,000 characters")
    parent.parts.append(node)
