"""A code, a slug, a layer or another term, a part of the language, a key -> its page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from archc.diagnostics.catalog import faults, find
from archc.diagnostics.fault import Fault
from archc.elaborate.suggest import suggest, suggest_layer
from archc.language import DOCUMENT, INPUT, Key, names
from archc.layers.base import Layer
from archc.recipe.data import DataKind
from archc.recipe.expect import Expect
from archc.recipe.section import Cadence, Interval, Section, keys
from archc.recipe.train import Data, Train
from archc.reference import EXAMPLE, TABLES, documentation
from archc.reference.prose import WIDEST, fitted
from archc.reference.usage import Chapter, Usage, forms, usages_of
from archc.terms.record import Argument, Record, declared
from archc.terms.term import Term, choice_of


def explain(topic: str, width: int = WIDEST) -> str | None:
    """What `archc explain` prints for a code, a slug, a layer, a term or a key; None for nothing known.

    `width` is that of the terminal, in columns. Specs and formulas are longer where they have to be.
    """
    page = _page(topic, min(width, WIDEST))
    return None if page is None else "".join(f"{line}\n" for line in page)


def _page(topic: str, width: int) -> Iterator[str] | None:
    if fault := find(topic):
        return _fault(fault, width)
    for noun, table in TABLES.items():
        if topic in table:
            return _term(table[topic], noun, width)
    if form := forms().get(topic):
        return _form(topic, form, width)
    if key := next((key for key in DOCUMENT if key.name == topic), None):
        return _document_key(key, width)
    return _key(topic.removeprefix("train."), width)


def nearest(topic: str) -> str | None:
    """The topic that was most likely meant."""
    terms = [name for table in TABLES.values() for name in table]
    terms += [*forms(), *names(DOCUMENT), *declared(Train)]
    slugs = [fault.slug for fault in faults()] + [fault.code for fault in faults()]
    return suggest_layer(topic, terms) or suggest(topic, slugs)


def topics() -> Iterator[tuple[str, str]]:
    """Every topic with its first sentence, the terms first."""
    for noun, table in TABLES.items():
        for name, cls in sorted(table.items()):
            yield name, f"{noun}: {documentation(cls).splitlines()[0]}"
    for name, form in forms().items():
        yield name, f"language: {form.says.splitlines()[0]}"
    for fault in faults():
        yield f"{fault.code} {fault.slug}", documentation(fault).splitlines()[0]


def _document_key(key: Key, width: int) -> Iterator[str]:
    """The page of a key of the document."""
    needed = "required" if key.required else "may be left out"
    yield from (f"{key.name} (a key of the document; {needed})", "", *fitted(key.doc, width))
    if key.name == "input":
        yield from ("", "Keys, as in `input: {shape: [100, 16], axes: [steps, features]}`:", "")
        for inner in INPUT:
            needed = "required" if inner.required else "may be left out"
            yield from _row(inner.name, f"`{inner.example}`", needed, inner.doc, width)
    section = {"expect": Expect, "train": Train}.get(key.name)
    if section is None:
        yield from ("", f"Written: `{key.example}`")
        return
    yield from ("", "Keys:", "")
    for field in keys(section).values():
        yield from _row(*_argument_row(field, section), width)


def _key(key: str, width: int) -> Iterator[str] | None:
    """The page of a key of the `train` section, or of `train.data` as `data.augment`."""
    section, _, name = key.rpartition(".")
    argument = keys(Data if section == "data" else Train).get(name) if section in ("", "data") else None
    if argument is None:
        return None
    inner = argument.record
    if inner is None or not issubclass(inner, Section):
        return _value(key, argument, width)
    return _section(key, argument, inner, width)


def _value(key: str, argument: Argument, width: int) -> Iterator[str]:
    """The page of a key with one value, or with a term."""
    _, says, default, doc = _argument_row(argument, Train)
    choice = choice_of(argument)
    if choice:
        says = f"{'a list of ' if says.startswith('a list') else 'one of the '}{choice.noun}s"
    yield from (f"train.{key} ({says}; {default})", "", *fitted(doc, width))
    if choice:
        yield from ("", *fitted(f"There is {', '.join(sorted(choice.table))}.", width))


def _section(key: str, argument: Argument, inner: type[Section], width: int) -> Iterator[str]:
    """The page of a key with keys of its own."""
    _, _, default, _ = _argument_row(argument, Train)
    yield from (f"train.{key} (a mapping; {default})", "", *fitted(documentation(inner), width), "", "Keys:", "")
    for field in keys(inner).values():
        yield from _row(*_argument_row(field, inner), width)


def _row(name: str, says: str, default: str, doc: str, width: int) -> Iterator[str]:
    yield from fitted(f"{name}  ({says}; {default})", width, "  ", "    ")
    yield from fitted(doc, width, "      ")


def _fault(fault: type[Fault], width: int) -> Iterator[str]:
    yield f"{fault.code} {fault.slug} ({fault.severity})"
    text = documentation(fault)
    begin = 0
    for match in EXAMPLE.finditer(text):
        if why := text[begin : match.start()].strip():
            yield from ("", *fitted(why, width))
        yield from ("", "Right:" if match["kind"] == "good" else "Wrong:", "", *_spec(match["text"]))
        begin = match.end()
    if rest := text[begin:].strip():
        yield from ("", *fitted(rest, width))


def _spec(text: str) -> list[str]:
    return textwrap.indent(text.rstrip(), "    ").splitlines()


def _term(cls: type[Term], noun: str, width: int) -> Iterator[str]:
    yield from (f"{cls.__name__} ({noun})", "", *fitted(documentation(cls), width), "")
    table = rows(cls)
    if table:
        yield from ("Arguments:", "")
        for row in table:
            yield from _row(*row, width)
        yield ""
    yield from fitted(f"Written: {spellings(cls)}", width)
    yield f"Source: {cls.documented_at()}"
    if issubclass(cls, Layer):
        for usage in usages_of(cls.__name__):
            yield from _usage(usage, width)


def _form(name: str, form: Chapter, width: int) -> Iterator[str]:
    yield from (f"{name} (language)", "", *fitted(form.says, width))
    for usage in form.usages(name):
        yield from _usage(usage, width)


def _usage(usage: Usage, width: int) -> Iterator[str]:
    yield from ("", *fitted(usage.title, width), "", *_spec(usage.text), "")
    for line in usage.outcome():
        yield from fitted(line, width, "    ")


def rows(cls: type[Term]) -> list[tuple[str, str, str, str]]:
    """The arguments of a term: name, kind of value, default, meaning."""
    found = [_argument_row(argument, cls) for argument in declared(cls).values()]
    if issubclass(cls, Layer):
        found += [_contained_row(name, cls) for name in cls.contains]
        found.append(("name", "text", "its position", "Name of the submodule."))
        found.append(("when", "true or false", "true", "False leaves the layer out."))
    return found


def _contained_row(name: str, cls: type[Layer]) -> tuple[str, str, str, str]:
    default = "may be left out, or empty: the identity" if name in cls.may_be_empty else "required"
    if name == "nodes":
        return name, "a mapping of names to nodes", default, "The nodes, each after those that it takes."
    if name == "branches":
        return name, "a list of lists of layers, or a mapping of names to them", default, "Each gets the input."
    return name, "a list of layers", default, "The layers inside."


def _argument_row(argument: Argument, cls: type[Record]) -> tuple[str, str, str, str]:
    sizes: Mapping[str, int] = getattr(cls, "sizes", {})
    if argument.name in sizes:
        default = "inferred from the input"
    elif argument.required:
        default = "required"
    else:
        default = f"default {_spelt(argument.default)}"
    return argument.name, argument.kind.says, default, argument.doc


def _spelt(value: Any) -> str:
    """A default as it is written in a spec."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Interval() | Cadence():
            text = f"{value.number} {value.unit}"
        case Record():
            text = ", ".join(f"{name}: {_spelt(item)}" for name, item in vars(value).items())
        case tuple():
            same = len(set(value)) == 1
            text = str(value[0]) if same else f"[{', '.join(_spelt(item) for item in value)}]"
        case _:
            text = str(value)
    return text


def spellings(cls: type[Term]) -> str:
    """The ways to write a term."""
    required = [name for name, argument in declared(cls).items() if argument.required]
    if issubclass(cls, Layer) and cls.contains:
        return f"`{cls.__name__}: [...]`" if cls.principal else f"`{cls.__name__}: {{{cls.contains[0]}: {{...}}}}`"
    if issubclass(cls, DataKind):
        beside = "".join(f", {name}: ..." for name in required or [*declared(cls)][:1])
        alone = [] if required else [f"`data: {cls.__name__}`"]
        return ", ".join([*alone, f"`data: {{name: {cls.__name__}{beside}}}`"])
    found = [] if required else [f"`{cls.__name__}`"]
    if cls.principal:
        found.append(f"`{cls.__name__}: ...` ({cls.principal})")
    names = required or [name for name in declared(cls) if name not in getattr(cls, "sizes", {})][:1]
    if names:
        found.append(f"`{cls.__name__}: {{{', '.join(f'{name}: ...' for name in names)}}}`")
    return ", ".join(found)
