"""A spec as it was read -> the text of a run's spec.yaml, which says the same wherever it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from archc.front import Front
from archc.recipe.data import DataFacts, DataKind
from archc.source import SourceFile
from archc.syntax.read import format_of
from archc.syntax.tree import MappingNode, data_of
from archc.syntax.write import write_yaml


def text_of(front: Front, facts: DataFacts | None = None) -> str:
    """The author's own text where it can stay as it is, comments included; else the effective spec, written anew.

    A spec that is named by its file gets that name written down, and what only the data could tell, as their `facts`
    have it.
    """
    assert front.source is not None
    assert front.network is not None
    assert isinstance(front.tree, MappingNode)
    train, name = front.network.train, front.network.name
    moved = _moved(train.data.kind, front.source.folder, facts) if train else {}
    named = front.tree.get("name") is not None
    if front.changed or moved or format_of(front.source) != "yaml":
        return _written(front.tree, None if named else name, moved)
    if named:
        return front.source.text
    return _with_name(front.source, front.tree, name)


def _moved(kind: DataKind, folder: Path, facts: DataFacts | None) -> dict[str, object]:
    """The keys of the data that are to say more: paths from the root, and what the data have told."""
    rooted = kind.rooted(folder)
    now, then = vars(kind), vars(rooted.settled(facts) if facts else rooted)
    return {name: then[name] for name in now if now[name] != then[name]}


def _written(tree: MappingNode, name: str | None, moved: dict[str, object]) -> str:
    spec: dict[str, Any] = {}
    for key, value in _items(data_of(tree)):
        spec[key] = value
        if key == "archc" and name is not None:
            spec["name"] = name
    if name is not None:
        spec.setdefault("name", name)
    if moved:
        spec["train"]["data"].update(moved)
    return write_yaml(spec)


def _items(data: object) -> list[tuple[str, Any]]:
    assert isinstance(data, dict)
    return list(data.items())


def _with_name(source: SourceFile, tree: MappingNode, name: str) -> str:
    """The text with a line `name: ...` before its first key."""
    at = tree.entries[0].key.span.start
    if tree.span.text.startswith("{") or source.position(at).column != 1:
        return _written(tree, name, {})
    return f"{source.text[:at]}{write_yaml({'name': name})}{source.text[at:]}"
