"""Entries that belong elsewhere, and mappings in a list -> the changes of the text that write them as they belong."""

from __future__ import annotations

import json
from collections.abc import Sequence

from archc.diagnostics.report import Report
from archc.source import SourceFile, Span
from archc.syntax.edit import Change, Outline, line_end
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, data_of
from archc.syntax.yaml import read_yaml

AROUND = "^"
"""The mapping around that in which the entry stands, as the first part of a path."""
ALONE = "*"
"""The only key of a mapping, or a name that stands for one: a term, whatever it is."""


def entries_instead(outline: Outline, span: Span, lines: Sequence[str]) -> tuple[Change, ...]:
    """The changes that write entries instead of the one at a place; none where the text is not plain enough.

    A path begins among the neighbours of the entry: `data.validation.fraction: 0.1` goes into `data`, `accumulate: 2`
    beside it, `^.epochs: 5` into the mapping around. A neighbour that is written already gets the new value.
    """
    found = outline.entry_at(span)
    if found is None:
        return ()
    mapping, marked, owner = found
    own: list[str] = []
    changes: list[Change] = []
    for line in lines:
        path, _, value = line.partition(": ")
        parts = path.split(".")
        inside = owner if parts[0] == AROUND else mapping
        parts = parts[1:] if parts[0] == AROUND else parts
        beside = inside.get(parts[0]) if inside else None
        if inside is None:
            return ()
        if inside is mapping and (beside is None or beside is marked):
            own.append(_entry(outline, parts, value))
            continue
        if inside is mapping and beside is not None and len(parts) == 1:
            change = _set(outline, beside, value)
        else:
            change = _within(outline, inside, parts, value)
        if change is None:
            return ()
        changes.append(change)
    rest = _replaced(outline, mapping, marked, own)
    return (*changes, rest) if rest else ()


def moved(outline: Outline, span: Span, key: str) -> tuple[Change, ...]:
    """The changes that move an element of a list into the list under another key; none where it is not plain."""
    found = outline.element_at(span)
    elements, number, owner = found or (None, 0, None)
    if elements is None or owner is None:
        return ()
    item = elements.items[number].span
    marked = next(entry for entry in owner.entries if entry.value is elements)
    beside = owner.get(key)
    text = item.text if ":" not in item.text or item.text[:1] in "{[\"'" else f"{{{item.text}}}"
    if "\n" in text or (beside and not isinstance(beside.value, SequenceNode)):
        return ()
    if beside is None and len(elements.items) == 1:
        return (Change(marked.key.span.start, marked.key.span.end, _key(outline, key)),)
    gone = outline.without_element(span, with_list=True)
    there = _appended(outline, beside.value, text) if beside else _before(outline, owner, marked, key, text)
    return (gone, there) if gone and there else ()


def _appended(outline: Outline, elements: Tree, text: str) -> Change | None:
    if not isinstance(elements, SequenceNode):
        return None
    if not elements.items:
        return Change(elements.span.start, elements.span.end, f"[{text}]")
    last = elements.items[-1].span
    if elements.span.text[:1] == "[":
        return Change(last.end, last.end, f", {text}")
    dash = elements.span.first.column - 1
    plain = "#" not in _rest_of_line(outline, last.end)
    return Change(last.end, last.end, f"{line_end(outline.text)}{' ' * dash}- {text}") if plain else None


def _before(outline: Outline, owner: MappingNode, entry: Entry, key: str, text: str) -> Change:
    """A list with one element, before an entry."""
    between = ", " if _is_flow(owner) else line_end(outline.text) + " " * (entry.span.first.column - 1)
    return Change(entry.span.start, entry.span.start, f"{_key(outline, key)}: [{text}]{between}")


def joined(outline: Outline, span: Span) -> tuple[Change, ...]:
    """The changes that make one mapping of a list of mappings; none where the text is not plain enough."""
    found = outline.list_at(span)
    items = found.items if found else ()
    if not items or not all(isinstance(item, MappingNode) and item.entries for item in items):
        return ()
    if span.text[:1] == "[":
        if not all(item.span.text[:1] == "{" for item in items):
            return ()
        starts = [span.start, *(item.span.end - 1 for item in items)]
        ends = [*(item.span.start + 1 for item in items), span.end]
        texts = ["{", *([", "] * (len(items) - 1)), "}"]
        return tuple(Change(start, end, text) for start, end, text in zip(starts, ends, texts, strict=True))
    changes = []
    for item in items:
        start = outline.text.rfind("-", span.start, item.span.start)
        if start < 0 or outline.text[start + 1 : item.span.start].strip() or item.span.text[:1] == "{":
            return ()
        changes.append(Change(start, start + 1, " "))
    return tuple(changes)


def _replaced(outline: Outline, mapping: MappingNode, marked: Entry, own: list[str]) -> Change | None:
    if not own:
        return outline.without_entry(marked.span)
    between = ", " if _is_flow(mapping) else line_end(outline.text) + " " * (marked.span.first.column - 1)
    return Change(marked.span.start, marked.span.end, between.join(own))


def _set(outline: Outline, entry: Entry, value: str) -> Change | None:
    old = entry.value
    return Change(old.span.start, old.span.end, _value(outline, value)) if isinstance(old, ScalarNode) else None


def _within(outline: Outline, tree: Tree, parts: Sequence[str], value: str) -> Change | None:
    """The change that gives a part of a tree a value."""
    first, *rest = parts
    if isinstance(tree, ScalarNode):
        return _grown(outline, tree, parts, value)
    if not isinstance(tree, MappingNode) or not tree.entries:
        return None
    entry = tree.entries[0] if first == ALONE and len(tree.entries) == 1 else tree.get(first)
    if entry is not None and rest:
        return _within(outline, entry.value, rest, value)
    if entry is not None:
        return None
    last, text = tree.entries[-1].span, _entry(outline, parts, value)
    between = ", " if _is_flow(tree) else line_end(outline.text) + " " * (last.first.column - 1)
    if _is_flow(tree) or "#" not in _rest_of_line(outline, last.end):
        return Change(last.end, last.end, between + text)
    return Change(last.start, last.start, text + between)  # what stands behind the last one stays with it


def _grown(outline: Outline, tree: ScalarNode, parts: Sequence[str], value: str) -> Change | None:
    """A name alone becomes the mapping that it stands for: `SGD` is `{SGD: {lr: 0.1}}`, `MNIST` is `{name: MNIST}`."""
    if not isinstance(tree.value, str):
        return None
    name = tree.span.text
    if parts[0] == ALONE:
        text = f"{{{name}: {{{_entry(outline, parts[1:], value)}}}}}"
    else:
        text = f"{{{_key(outline, 'name')}: {name}, {_entry(outline, parts, value)}}}"
    return Change(tree.span.start, tree.span.end, text)


def _entry(outline: Outline, parts: Sequence[str], value: str) -> str:
    first, *rest = parts
    text = f"{{{_entry(outline, rest, value)}}}" if rest else _value(outline, value)
    return f"{_key(outline, first)}: {text}"


def _key(outline: Outline, name: str) -> str:
    return json.dumps(name) if outline.quoted else name


def _value(outline: Outline, text: str) -> str:
    if not outline.quoted:
        return text
    tree = read_yaml(SourceFile("", text), Report()).tree
    return json.dumps(data_of(tree)) if tree else text


def _rest_of_line(outline: Outline, at: int) -> str:
    end = outline.text.find("\n", at)
    return outline.text[at : end if end >= 0 else None]


def _is_flow(tree: MappingNode) -> bool:
    return tree.span.text[:1] == "{"
