"""Every key of the language -> its page, by its path (`train.data.validation`) or by its last words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final, NamedTuple

from archc import language
from archc.language import Key
from archc.recipe.expect import Expect
from archc.recipe.figures import FIGURES, Figure, Of
from archc.recipe.section import Section, keys
from archc.recipe.train import Train
from archc.reference import TABLES, documentation
from archc.reference.prose import fitted
from archc.reference.rows import argument_row, written
from archc.terms.record import Argument, declared
from archc.terms.term import choice_of

_SECTIONS = {"expect": Expect, "train": Train}
_MAPPINGS = {
    "input": ("`input`", language.INPUT),
    "layers": ("every layer", language.LAYER),
    "Repeat": ("`Repeat`", language.REPEAT),
    "blocks": ("a block", language.BLOCK),
    "Graph.nodes": ("a node of a `Graph`", language.NODE),
}
"""The mappings with fixed keys that are no sections, with what they are of."""

_SPLITS = ("train_", "val_", "test_")


class Place(NamedTuple):
    """A key of the language: where it stands, and its page for a width in columns."""

    path: str
    page: Callable[[int], Iterator[str]]


def places() -> Iterator[Place]:
    """Every key, those of the document first."""
    for key in language.DOCUMENT:
        yield Place(key.name, partial(_document_key, key))
    for path, (owner, known) in _MAPPINGS.items():
        for key in known:
            yield Place(f"{path}.{key.name}", partial(_key, key, f"{path}.{key.name}", owner))
    for path, section in _SECTIONS.items():
        yield from _places_of(section, path)


def page_of(topic: str, width: int) -> Iterator[str] | None:
    """The page of a key by its path; of one by its last words those of all that end with them."""
    known = [*places()]
    ending = [place for place in known if f".{place.path}".endswith(f".{topic}")]
    # What is short is meant of the document, then of `train`: both have far more use than the rest.
    first = next((place for path in (topic, f"train.{topic}") for place in ending if place.path == path), None)
    if first is None and len(ending) != 1:
        return _all(ending, width) if ending else None
    first = first or ending[0]
    return _with_others(first, [place.path for place in ending if place is not first], width)


def figure_page(name: str, width: int) -> Iterator[str] | None:
    """The page of a figure, with or without its split, as `val_f1`."""
    bare = next((name.removeprefix(split) for split in _SPLITS if name.startswith(split)), name)
    return _figure(FIGURES[bare], width) if bare in FIGURES else None


def argument_page(topic: str, width: int) -> Iterator[str] | None:
    """The page of an argument: of a term where it is named, as in `Adam.lr`, else of all that have it."""
    *before, name = topic.split(".")
    owner = before[-1] if before else None
    found = [
        (f"{term}.{name} (an argument of the {noun} {term})", declared(cls)[name], cls)
        for noun, table in TABLES.items()
        for term, cls in sorted(table.items())
        if owner in (None, term) and name in declared(cls)
    ]
    if not found:
        return None
    return _arguments(name, found, width)


def _arguments(name: str, found: list[tuple[str, Argument, type]], width: int) -> Iterator[str]:
    if len(found) == 1:
        title, argument, cls = found[0]
        yield from (title, "", *written(*argument_row(argument, cls), width))
        return
    yield from (f"{name} (an argument of several)", "")
    for title, argument, _ in found:
        yield from fitted(f"{title.partition(' ')[0]}  {argument.doc}", width, "  ", "    ")
    yield from ("", "`archc explain TERM.ARGUMENT` says more of one.")


def _places_of(section: type[Section], path: str) -> Iterator[Place]:
    for name, argument in keys(section).items():
        inner = argument.record
        own = f"{path}.{name}"
        if inner is None or not issubclass(inner, Section):
            yield Place(own, partial(_value, own, argument, section))
            continue
        yield Place(own, partial(_section, own, argument, inner))
        yield from _places_of(inner, own)


def _all(places: list[Place], width: int) -> Iterator[str]:
    """The pages of several keys, one under the other."""
    for index, place in enumerate(places):
        if index:
            yield ""
        yield from place.page(width)


def _with_others(place: Place, others: list[str], width: int) -> Iterator[str]:
    """A page, and where else a key of that name is."""
    yield from place.page(width)
    if others:
        yield from ("", *fitted(f"See also: {', '.join(f'`{path}`' for path in others)}.", width))


def _needed(key: Key) -> str:
    return "required" if key.required else "may be left out"


def _document_key(key: Key, width: int) -> Iterator[str]:
    """The page of a key of the document."""
    yield from (f"{key.name} (a key of the document; {_needed(key)})", "", *fitted(key.doc, width))
    if key.name == "input":
        yield from ("", "Keys, as in `input: {shape: [100, 16], axes: [steps, features]}`:", "")
        for inner in language.INPUT:
            yield from written(inner.name, f"`{inner.example}`", _needed(inner), inner.doc, width)
    section = _SECTIONS.get(key.name)
    if section is None:
        yield from ("", f"Written: `{key.example}`")
        return
    yield from ("", "Keys:", "")
    for field in keys(section).values():
        yield from written(*argument_row(field, section), width)


def _key(key: Key, path: str, owner: str, width: int) -> Iterator[str]:
    """The page of a key of another mapping than a section."""
    yield from (f"{path} (a key of {owner}; {_needed(key)})", "", *fitted(key.doc, width), "")
    yield f"Written: `{key.example}`"


def _value(path: str, argument: Argument, owner: type[Section], width: int) -> Iterator[str]:
    """The page of a key with one value, or with a term."""
    _, says, default, doc = argument_row(argument, owner)
    choice = choice_of(argument)
    if choice:
        nouns = f"{choice.noun}es" if choice.noun.endswith("s") else f"{choice.noun}s"
        says = f"{'a list of ' if says.startswith('a list') else 'one of the '}{nouns}"
    yield from (f"{path} ({says}; {default})", "", *fitted(doc, width))
    if choice:
        yield from ("", *fitted(f"There is {', '.join(sorted(choice.table))}.", width))


def _section(path: str, argument: Argument, inner: type[Section], width: int) -> Iterator[str]:
    """The page of a key with keys of its own."""
    _, _, default, _ = argument_row(argument, inner)
    yield from (f"{path} (a mapping; {default})", "", *fitted(documentation(inner), width), "", "Keys:", "")
    for field in keys(inner).values():
        yield from written(*argument_row(field, inner), width)


_OF: Final[Mapping[Of, str]] = {
    "loss": "of every training",
    "classes": "where targets are classes",
    "labels": "where targets are labels",
    "values": "where targets are numbers",
    "positions": "where positions have classes",
    "neighbours": "where outputs are compared with one another",
}


def _figure(figure: Figure, width: int) -> Iterator[str]:
    of = " or ".join([_OF[kind] for kind in figure.of])
    better = "lower" if figure.better == "min" else "higher"
    says = f"{figure.words[0].upper()}{figure.words[1:]}. The {better}, the better."
    yield from (f"{figure.name} (figure, {of})", "", *fitted(says, width), "")
    if figure.headline:
        yield from fitted("It is measured without being asked for.", width)
    else:
        yield from fitted(f"Written: `metrics: [{figure.name}]`", width)
    yield from fitted(f"Watched as `val_{figure.name}`, as in `early_stopping: {{monitor: val_{figure.name}}}`.", width)
