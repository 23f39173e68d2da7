"""A tree -> edits of its text: delete an entry or an element, insert an element, each with its commas and lines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from archc.diagnostics.report import Report
from archc.source import SourceFile, Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, children, data_of

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_REST_OF_LINE: Final = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_BETWEEN: Final = re.compile(r"\s*,\s*")
_INDENT: Final = re.compile(r"[ \t]*")


class Change(NamedTuple):
    """The code points `start` to `end` become `text`."""

    start: int
    end: int
    text: str


class _Home(NamedTuple):
    """The list or mapping that a part stands in, its number there, and what that collection is the value of."""

    parent: SequenceNode | MappingNode
    number: int
    owner: MappingNode | None = None


class Outline:
    """Where each part of a tree stands, by the place of its text in `source`. Built in one walk.

    `quoted` says that every text that is put into it has quotes, as in JSON.
    """

    def __init__(self, tree: Tree | None, source: SourceFile, *, quoted: bool = False) -> None:
        self.quoted = quoted
        self.text = source.text
        self._source = source
        self._root = tree
        self._entries: dict[tuple[int, int], _Home] = {}
        self._elements: dict[tuple[int, int], _Home] = {}
        self._scalars: dict[tuple[int, int], ScalarNode] = {}
        self._lists: dict[tuple[int, int], SequenceNode] = {}
        self._seen: set[int] = set()
        self._walk(tree)

    def _walk(self, tree: Tree | None) -> None:
        todo: list[tuple[Tree, MappingNode | None]] = [(tree, None)] if tree is not None else []
        while todo:
            part, owner = todo.pop()
            if id(part) in self._seen:
                continue
            self._seen.add(id(part))
            if isinstance(part, MappingNode):
                for index, entry in enumerate(part.entries):
                    for span in (entry.span, entry.key.span):
                        self._note(self._entries, span, _Home(part, index, owner))
                    todo.append((entry.value, part))
            elif isinstance(part, SequenceNode):
                self._lists.setdefault((part.span.start, part.span.end), part)
                for index, item in enumerate(part.items):
                    self._note(self._elements, _name_span(item), _Home(part, index, owner))
            elif part.span.source is self._source:
                self._scalars.setdefault((part.span.start, part.span.end), part)
            if not isinstance(part, MappingNode):
                todo += [(item, None) for item in children(part)]

    def _note(self, table: dict[tuple[int, int], _Home], span: Span, home: _Home) -> None:
        if span.source is self._source:
            table.setdefault((span.start, span.end), home)

    def scalar(self, span: Span) -> ScalarNode | None:
        """The scalar at a place, which is not a key."""
        return self._scalars.get((span.start, span.end)) if span.source is self._source else None

    def list_at(self, span: Span) -> SequenceNode | None:
        """The list at a place."""
        return self._lists.get((span.start, span.end)) if span.source is self._source else None

    def in_flow(self, span: Span) -> bool:
        """Whether the element of a list at a place stands between brackets."""
        home = self._elements.get((span.start, span.end))
        return home is not None and _is_flow(home.parent)

    def mapping_of_key(self, span: Span) -> MappingNode | None:
        """The mapping that is an element of a list and begins with the key at a place."""
        home = self._elements.get((span.start, span.end))
        item = home.parent.items[home.number] if home and isinstance(home.parent, SequenceNode) else None
        return item if isinstance(item, MappingNode) else None

    def without_entry(self, span: Span) -> Change | None:
        """The change that deletes the entry of a mapping; None where the text around it is not plain enough.

        `span` is that of the entry or of its key. `Name: {entry}` in which it is the only entry becomes `Name`, and a
        section of the document of which it is the only entry goes with it.
        """
        home = self._entries.get((span.start, span.end))
        if home is None or not isinstance(home.parent, MappingNode):
            return None
        if len(home.parent.entries) == 1:
            return self._without_section(home) if home.owner is self._root else self._name_alone(home.owner)
        near, index = _near(home.parent.entries, home.number)
        return self._without(home.parent, [entry.span for entry in near], index)

    def _without_section(self, home: _Home) -> Change | None:
        root = home.owner
        assert root is not None
        number = next(number for number, entry in enumerate(root.entries) if entry.value is home.parent)
        return self._without(root, [entry.span for entry in root.entries], number) if len(root.entries) > 1 else None

    def _name_alone(self, owner: MappingNode | None) -> Change | None:
        if owner is None or len(owner.entries) != 1:
            return None
        key, end = owner.entries[0].key.span, owner.span.end
        return None if "#" in self.text[key.end : end] else Change(owner.span.start, end, key.text)

    def element_at(self, span: Span) -> tuple[SequenceNode, int, MappingNode | None] | None:
        """The element at a place, or at that of its name: its list, its number, and the mapping around."""
        home = self._elements.get((span.start, span.end)) if span.source is self._source else None
        return (home.parent, home.number, home.owner) if home and isinstance(home.parent, SequenceNode) else None

    def entry_at(self, span: Span) -> tuple[MappingNode, Entry, MappingNode | None] | None:
        """The entry at a place, or at the place of its key: its mapping, itself, and the mapping around."""
        home = self._entries.get((span.start, span.end)) if span.source is self._source else None
        if home is None or not isinstance(home.parent, MappingNode):
            return None
        return home.parent, home.parent.entries[home.number], home.owner

    def with_value(self, span: Span, value: str) -> Change | None:
        """The change that gives the entry at a place another value, where it is a scalar."""
        home = self._entries.get((span.start, span.end))
        old = home.parent.entries[home.number].value if home and isinstance(home.parent, MappingNode) else None
        return Change(old.span.start, old.span.end, value) if isinstance(old, ScalarNode) else None

    def with_argument(self, span: Span, argument: str) -> Change | None:
        """The change that gives the layer whose name is at `span` an argument, `name: value`.

        None where its arguments are written without their names, or not here.
        """
        layer = self.mapping_of_key(span)
        given = layer.entries[0].value if layer and len(layer.entries) == 1 else None
        if not isinstance(given, MappingNode) or not given.entries or given.span.source is not self._source:
            return None
        name, _, value = argument.partition(": ")
        written, last = given.get(name), given.entries[-1].span
        if any(entry.span.source is not self._source for entry in given.entries):
            return None
        if written:
            return Change(written.value.span.start, written.value.span.end, value)
        if _is_flow(given):
            quote = '"' if last.text.startswith('"') else ""
            return Change(last.end, last.end, f", {quote}{name}{quote}: {value}")
        return Change(last.end, last.end, f"{line_end(self.text)}{' ' * (last.first.column - 1)}{argument}")

    def without_element(self, span: Span, *, with_list: bool = False) -> Change | None:
        """The change that deletes an element of a list. `span` is that of a scalar, or of a term's name.

        The only one stays, or goes with the entry whose value the list is.
        """
        home = self._elements.get((span.start, span.end))
        if home is None or not isinstance(home.parent, SequenceNode):
            return None
        if len(home.parent.items) == 1:
            entry = (
                next((entry for entry in home.owner.entries if entry.value is home.parent), None)
                if home.owner
                else None
            )
            return self.without_entry(entry.span) if with_list and entry else None
        near, index = _near(home.parent.items, home.number)
        spans = [item.span for item in near]
        if not _is_flow(home.parent):
            marked = [self._with_dash(item) for item in spans]
            if marked[index] is None:
                return None
            spans = [with_dash or item for with_dash, item in zip(marked, spans, strict=True)]
        return self._without(home.parent, spans, index)

    def before_element(self, span: Span, text: str) -> Change | None:
        """The change that puts new elements before one of a list: names, or `name: value`, one a line."""
        home, texts = self._elements.get((span.start, span.end)), text.split("\n")
        if home is None or not isinstance(home.parent, SequenceNode):
            return None
        item = home.parent.items[home.number].span
        if _is_flow(home.parent):
            return Change(item.start, item.start, "".join([f"{self._in_flow(text)}, " for text in texts]))
        dash = self._with_dash(item)
        if dash is None:
            return None
        indent = " " * (self._source.position(dash.start).column - 1)
        lines = [f"- {text}{line_end(self.text)}{indent}" for text in texts]
        return Change(dash.start, dash.start, "".join(lines))

    def after_element(self, span: Span, text: str) -> Change | None:
        """The change that puts new elements behind one of a list: names, or `name: value`, one a line."""
        home, texts = self._elements.get((span.start, span.end)), text.split("\n")
        if home is None or not isinstance(home.parent, SequenceNode):
            return None
        item = home.parent.items[home.number].span
        if _is_flow(home.parent):
            return Change(item.end, item.end, "".join([f", {self._in_flow(text)}" for text in texts]))
        dash, rest = self._with_dash(item), _REST_OF_LINE.match(self.text, item.end)
        if dash is None or rest is None:
            return None
        indent, end = " " * (self._source.position(dash.start).column - 1), line_end(self.text)
        if rest.group().endswith(("\r", "\n")):
            return Change(rest.end(), rest.end(), "".join([f"{indent}- {text}{end}" for text in texts]))
        return Change(rest.end(), rest.end(), "".join([f"{end}{indent}- {text}" for text in texts]))

    def with_input(self, shape: str) -> Change | None:
        """The change that gives the document's input another shape; None where it is not written as plain numbers."""
        entry = self._root.get("input") if isinstance(self._root, MappingNode) else None
        tree = entry.value if entry else None
        if isinstance(tree, MappingNode):
            entry = tree.get("shape")
            tree = entry.value if entry else None
        if not isinstance(tree, SequenceNode) or tree.span.source is not self._source:
            return None
        items = [item for item in tree.items if isinstance(item, ScalarNode) and item.text.isdecimal()]
        return Change(tree.span.start, tree.span.end, shape) if len(items) == len(tree.items) else None

    def is_behind_dash(self, span: Span) -> bool:
        """Whether a part is an element of a block list."""
        return self._with_dash(span) is not None

    def as_elements(self, texts: Sequence[str], place: Span) -> str:
        """Elements of a block list that begins at a place; the dash of the first one may be there already."""
        dash = self._with_dash(place)
        indent = " " * ((dash or place).first.column - 1)
        return f"{'' if dash else '- '}{f'{line_end(self.text)}{indent}- '.join(texts)}"

    def inline(self, text: str) -> str:
        """A name, or `name: value`, as it stands between brackets or behind a key."""
        if self.quoted:
            from archc.syntax.yaml import read_yaml

            tree = read_yaml(SourceFile("", text), Report()).tree
            return json.dumps(data_of(tree) if tree else text)
        return f"{{{text}}}" if ": " in text else text

    def _in_flow(self, text: str) -> str:
        """A name, or `name: value`, as an element between brackets."""
        name, colon, value = text.partition(": ")
        name = f'"{name}"' if self.quoted else name
        return f"{{{name}: {value}}}" if colon else name

    def before_all(self, entry: str) -> Change | None:
        """The change that puts `key: value` before the other entries of the document."""
        if not isinstance(self._root, MappingNode) or not self._root.entries:
            return None
        first = self._root.entries[0].key.span
        if first.source is not self._source:
            return None
        if _is_flow(self._root):
            key, _, value = entry.partition(":")
            return Change(first.start, first.start, f'"{key}":{value}, ')
        indent = " " * (first.first.column - 1)
        return Change(first.start, first.start, f"{entry}{line_end(self.text)}{indent}")

    def _with_dash(self, span: Span) -> Span | None:
        """An element of a block list with its `- `; None where an anchor or a line stands between."""
        before = self.text[: span.start].rstrip(" \t")
        return span._replace(start=len(before) - 1) if before.endswith("-") else None

    def _without(self, parent: SequenceNode | MappingNode, spans: list[Span], index: int) -> Change | None:
        if _is_flow(parent):
            return self._without_in_flow(spans, index)
        here = spans[index]
        line = self._source.line_start(self._source.position(here.start).line)
        if self.text[line : here.start].strip(" \t"):
            return self._up_to_next(spans, index)
        rest = _REST_OF_LINE.match(self.text, here.end)
        return Change(line, rest.end(), "") if rest else None

    def _up_to_next(self, spans: list[Span], index: int) -> Change | None:
        """The first part of a block that begins behind a dash: the next one takes its place."""
        if index or len(spans) < 2:
            return None
        between = self.text[spans[0].end : spans[1].start]
        return None if between.strip() else Change(spans[0].start, spans[1].start, "")

    def _without_in_flow(self, spans: list[Span], index: int) -> Change | None:
        """With the comma behind it; the last one with the comma before it."""
        last = index == len(spans) - 1
        start, end = (spans[index - 1].end, spans[index].start) if last else (spans[index].end, spans[index + 1].start)
        if not _BETWEEN.fullmatch(self.text, start, end):
            return None
        return Change(start, spans[index].end, "") if last else Change(spans[index].start, end, "")

    def indented_entries(self, mapping: MappingNode) -> tuple[Change, ...]:
        """The changes that move all entries of a block mapping but the first to two columns inside the first."""
        first, last = mapping.entries[1].span, mapping.entries[-1].span
        numbers = range(first.first.line, last.last.line + 1)
        starts = [self._source.line_start(number) for number in numbers if self._source.line(number).strip()]
        return tuple(Change(start, start, "  ") for start in starts)

    def tabs_as_spaces(self) -> tuple[tuple[Change, ...], bool]:
        """The changes that indent by two spaces for each tab, and whether no line mixes tabs with spaces."""
        changes, pure = [], True
        starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        for start in starts:
            indent = _INDENT.match(self.text, start)
            assert indent is not None
            if "\t" in indent.group():
                pure = pure and " " not in indent.group()
                changes.append(Change(start, indent.end(), indent.group().replace("\t", "  ")))
        return tuple(changes), pure


def line_end(text: str) -> str:
    """The line end that a text uses: that of its first line."""
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


_Part = TypeVar("_Part")


def _near(parts: Sequence[_Part], number: int) -> tuple[Sequence[_Part], int]:
    """A part with its neighbours, and its number among them: all that deleting it asks for, however many there are."""
    first = max(number - 1, 0)
    return parts[first : number + 2], number - first


def _is_flow(tree: SequenceNode | MappingNode) -> bool:
    return tree.span.text[:1] in ("{", "[")


def _name_span(item: Tree) -> Span:
    """Where an element of a list is pointed at: the key of a mapping with one, or its whole place."""
    if isinstance(item, MappingNode) and item.entries:
        return item.entries[0].key.span
    return item.span
