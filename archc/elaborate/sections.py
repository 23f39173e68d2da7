"""Mappings with fixed keys (`train`, `train.data`, ...) -> the section models of recipe/train.py."""

from __future__ import annotations

import typing
from typing import Any, TypeVar

from pydantic_core import ValidationError

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.elaborate.arguments import Owner, validate, written
from archc.elaborate.keys import known_entries, unknown_key
from archc.elaborate.terms import choice_of, elaborate_choice
from archc.recipe.section import Section
from archc.source import Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, Tree, kind
from archc.terms.record import Argument
from archc.terms.record import arguments as declared

S = TypeVar("S", bound=Section)


def elaborate_section(entry: Entry, cls: type[S], path: str, places: dict[str, Span], report: Report) -> S | None:
    """The section that an entry of the document holds; its entries' places go into `places` by their path."""
    places[path] = entry.span
    tree = entry.value
    if not isinstance(tree, MappingNode):
        advice = _key_of(cls, path.rpartition(".")[2], tree)
        fault = catalog.values.WrongStructure(where=f"`{path}`", expected="a mapping", found=kind(tree), advice=advice)
        report.add(fault, tree.span if tree.span.end > tree.span.start else entry.key.span, path=path)
        return None
    entries = _known(cls, tree, path, report)
    ready: dict[str, object] = {}
    for item in entries:
        inner = f"{path}.{item.name}"
        places[inner] = item.span
        field = declared(cls)[item.name]
        if nested := _section_of(field):
            ready[item.name] = elaborate_section(item, nested, inner, places, report)
        elif choice := choice_of(field):
            ready[item.name] = elaborate_choice(item.value, choice, field, inner, report)
    if report.settled(tree.span):
        return None
    owner = Owner(f"`{path}`", entry.key.span, path)
    return validate(cls, written(tuple(entries)), ready, owner, report)


def _key_of(cls: type[Section], name: str, tree: Tree) -> str | None:
    """How a value alone is written, where it can be that of one key."""
    if not isinstance(tree, ScalarNode) or tree.value is None:
        return None
    for field in declared(cls).values():
        try:
            cls(**{field.name: tree.value})
        except ValidationError as error:
            if any(detail["loc"][0] == field.name for detail in error.errors(include_url=False)):
                continue
        return f"write `{name}: {{{field.name}: {tree.span.text}}}`"
    return None


def _known(cls: type[Section], tree: MappingNode, path: str, report: Report) -> list[Entry]:
    """The entries that the section has keys for; the others are reported."""
    known = tuple(declared(cls))
    return list(known_entries(tree.entries, known, unknown_key(f"`{path}`", known), path, report).values())


def _section_of(field: Argument) -> type[Section] | None:
    """The section that a field holds, also where it may be left out."""
    candidates: tuple[Any, ...] = typing.get_args(field.annotation) or (field.annotation,)
    return next((item for item in candidates if isinstance(item, type) and issubclass(item, Section)), None)
