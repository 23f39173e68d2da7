"""Mappings with fixed keys (`train`, `train.data`, ...) -> the section models of recipe/train.py."""

from __future__ import annotations

from typing import TypeVar

from archc.diagnostics import catalog
from archc.diagnostics.fault import Remedy
from archc.diagnostics.report import Report
from archc.elaborate.arguments import Owner, validate, written
from archc.elaborate.keys import known_entries, unknown_key
from archc.elaborate.terms import elaborate_choice
from archc.recipe.section import FlatTerm, Section, flat_term, keys
from archc.source import Span
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, kind
from archc.terms.engine import ValidationError
from archc.terms.record import Argument, declared
from archc.terms.term import Term, choice_of

S = TypeVar("S", bound=Section)


def elaborate_section(entry: Entry, cls: type[S], path: str, places: dict[str, Span], report: Report) -> S | None:
    """The section that an entry of the document holds; its entries' places go into `places` by their path."""
    places[path] = entry.span
    flat = flat_term(cls)
    tree = _as_mapping(entry.value, flat, cls.alone)
    if not isinstance(tree, MappingNode):
        advice, spelling = _meant(cls, path.rpartition(".")[2], entry)
        fault = catalog.values.WrongStructure(
            where=f"`{path}`", expected="a mapping", found=kind(tree), advice=advice, spelling=spelling
        )
        place = tree.span if tree.span.end > tree.span.start else entry.head
        report.add(fault, entry.span if spelling and spelling.action == "delete-entry" else place, path=path)
        return None
    term = _chosen(tree, flat) if flat else None
    known = keys(cls, term)
    entries = _known(tree, tuple(known), path, report)
    places |= {f"{path}.{item.name}": item.span for item in entries}
    if report.is_explained(tree.span):
        return None
    owner = Owner(f"`{path}`", entry.head, path)
    own = [item for item in entries if item.name in declared(cls)]
    ready = _parts(own, known, path, places, report)
    if flat:
        others = written(tuple(item for item in entries if item.name not in declared(cls)))
        # Without a name nobody knows whose keys they are, and that is reported.
        ready[flat.field.name] = validate(term, others, {}, owner, report) if term else None
    strays = len(entries) < len(tree.entries)
    return validate(cls, written(tuple(own)), ready, owner, report, strays=strays)


def _as_mapping(tree: Tree, flat: FlatTerm | None, alone: str | None) -> Tree:
    """A name alone, `data: MNIST`, or a list alone, `log: [tensorboard]`, as the mapping that it stands for."""
    key = None
    if flat is not None and isinstance(tree, ScalarNode) and isinstance(tree.value, str):
        key = flat.by
    elif isinstance(tree, SequenceNode) and not any(isinstance(item, MappingNode) for item in tree.items):
        key = alone
    return MappingNode((Entry(ScalarNode(key, tree.span), tree),), tree.span) if key else tree


def _chosen(tree: MappingNode, flat: FlatTerm) -> type[Term] | None:
    """The term whose name is written; None where there is none, or none of that name."""
    name = tree.get(flat.by)
    value = name.value.value if name and isinstance(name.value, ScalarNode) else None
    return flat.table.get(value) if isinstance(value, str) else None


def _parts(
    entries: list[Entry], known: dict[str, Argument], path: str, places: dict[str, Span], report: Report
) -> dict[str, object]:
    """The sections and terms among the entries; None for one that is wrong."""
    ready: dict[str, object] = {}
    for item in entries:
        inner, field = f"{path}.{item.name}", known[item.name]
        nested = field.record
        if nested and issubclass(nested, Section):
            ready[item.name] = elaborate_section(item, nested, inner, places, report)
        elif choice := choice_of(field):
            ready[item.name] = elaborate_choice(item.value, choice, field, inner, report)
            places |= _places_within(item.value, inner)
    return ready


def _places_within(tree: Tree, path: str) -> dict[str, Span]:
    """The places of the arguments of a term, and of the names of several, by their paths."""
    if isinstance(tree, SequenceNode):
        return {f"{path}[{index}]": _name_of(item) for index, item in enumerate(tree.items)}
    arguments = tree.entries[0].value if isinstance(tree, MappingNode) and len(tree.entries) == 1 else None
    entries = arguments.entries if isinstance(arguments, MappingNode) else ()
    return {f"{path}.{entry.name}": entry.span for entry in entries}


def _name_of(tree: Tree) -> Span:
    return tree.entries[0].key.span if isinstance(tree, MappingNode) and tree.entries else tree.span


def _meant(cls: type[Section], name: str, entry: Entry) -> tuple[str | None, Remedy | None]:
    """How something else than a mapping is written as one, in words and as a remedy, where that is known."""
    tree = entry.value
    if isinstance(tree, SequenceNode) and all(isinstance(item, MappingNode) for item in tree.items):
        how = "all its keys in one mapping" if tree.span.text.startswith("[") else "its keys without `- `"
        return f"`{name}` is no list: write {how}", Remedy("write a mapping", action="join-mappings")
    if not isinstance(tree, ScalarNode) or tree.value is None:
        return None, None
    if str(tree.value).casefold() in _NO:
        return f"delete it: without `{name}` it is so", Remedy(f"delete `{name}`", safe=False, action="delete-entry")
    text = _by_default(cls) if str(tree.value).casefold() in _YES else _of_one_key(cls, tree)
    return (f"write `{name}: {text}`", Remedy(f"write `{text}`", text, safe=False)) if text else (None, None)


_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off", "none"})


def _by_default(cls: type[Section]) -> str | None:
    """A section as it is where nothing of it is written: its first keys with their defaults."""
    fields = list(declared(cls).values())
    if any(field.required for field in fields):
        return None
    shown = [f"{field.name}: {_shown(field.default)}" for field in fields[:2] if _shown(field.default)]
    return f"{{{', '.join(shown)}}}" if shown else None


def _shown(value: object) -> str:
    """A default as it is written; an interval as `1 epoch`."""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value) if isinstance(value, str | int) else ""


def _of_one_key(cls: type[Section], tree: ScalarNode) -> str | None:
    """A value alone, where it can be that of one key."""
    for field in keys(cls).values():
        try:
            cls(**{field.name: tree.value})
        except ValidationError as error:
            if any(detail["loc"][0] == field.name for detail in error.errors(include_url=False)):
                continue
        return f"{{{field.name}: {tree.span.text}}}"
    return f"[{tree.span.text}]" if cls.alone and _takes(cls, **{cls.alone: [tree.value]}) else None


def _takes(cls: type[Section], **given: object) -> bool:
    """Whether a section can be made of these keys."""
    try:
        cls(**given)
    except ValidationError:
        return False
    return True


def _known(tree: MappingNode, known: tuple[str, ...], path: str, report: Report) -> list[Entry]:
    """The entries that the section has keys for; the others are reported."""
    return list(known_entries(tree.entries, known, unknown_key(f"`{path}`", known, tree), path, report).values())
