"""A code, a slug, a layer or another term, a key of `train` -> its page of text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from archc.diagnostics.catalog import faults, find
from archc.diagnostics.fault import Fault
from archc.elaborate.suggest import suggest, suggest_layer
from archc.layers.base import Layer
from archc.recipe.section import Cadence, Interval, Section
from archc.recipe.train import Data, Train
from archc.record import Argument, Record, arguments, record_of
from archc.reference import EXAMPLE, TABLES, documentation
from archc.term import OneOf, Term


def explain(topic: str) -> str | None:
    """What `archc explain` prints for a code, a slug, a layer, a term or a key of training; None for nothing known."""
    if fault := find(topic):
        return _explain_fault(fault)
    for noun, table in TABLES.items():
        if topic in table:
            return _explain_term(table[topic], noun)
    return _explain_key(topic.removeprefix("train."))


def nearest(topic: str) -> str | None:
    """The topic that was most likely meant."""
    terms = [name for table in TABLES.values() for name in table]
    terms += arguments(Train)
    slugs = [fault.slug for fault in faults()] + [fault.code for fault in faults()]
    return suggest_layer(topic, terms) or suggest(topic, slugs)


def topics() -> Iterator[tuple[str, str]]:
    """Every topic with its first sentence, the terms first."""
    for noun, table in TABLES.items():
        for name, cls in sorted(table.items()):
            yield name, f"{noun}: {documentation(cls).splitlines()[0]}"
    for fault in faults():
        yield f"{fault.code} {fault.slug}", documentation(fault).splitlines()[0]


def _explain_key(key: str) -> str | None:
    """The page of a key of the `train` section, or of `train.data` as `data.augment`."""
    section, _, name = key.rpartition(".")
    argument = arguments(Data if section == "data" else Train).get(name) if section in ("", "data") else None
    if argument is None:
        return None
    _, says, default, doc = _argument_row(argument, Train)
    inner = record_of(argument)
    if inner is None or not issubclass(inner, Section):
        choice = next((mark for mark in argument.marks if isinstance(mark, OneOf)), None)
        what = (
            says if choice is None else f"{'a list of ' if says.startswith('a list') else 'one of the '}{choice.noun}s"
        )
        lines = [f"train.{key} ({what}; {default})", "", *textwrap.wrap(doc, 100)]
        if choice:
            lines += ["", *textwrap.wrap(f"There is {', '.join(sorted(choice.table))}.", 100)]
        return "\n".join(lines) + "\n"
    lines = [f"train.{key} (a mapping; {default})", "", documentation(inner), "", "Keys:", ""]
    for row in (_argument_row(field, inner) for field in arguments(inner).values()):
        lines += _row(*row)
    return "\n".join(lines) + "\n"


def _row(name: str, says: str, default: str, doc: str) -> list[str]:
    return [
        f"  {name}  ({says}; {default})",
        *textwrap.wrap(doc, 96, initial_indent="      ", subsequent_indent="      "),
    ]


def _explain_fault(fault: type[Fault]) -> str:
    def block(match: re.Match[str]) -> str:
        title = "Right" if match["kind"] == "good" else "Wrong"
        return f"{title}:\n\n{textwrap.indent(match['text'], '    ').rstrip()}"

    text = EXAMPLE.sub(block, documentation(fault))
    return f"{fault.code} {fault.slug} ({fault.severity})\n\n{text}\n"


def _explain_term(cls: type[Term], noun: str) -> str:
    lines = [f"{cls.__name__} ({noun})", "", documentation(cls), ""]
    table = rows(cls)
    if table:
        lines.append("Arguments:")
        lines.append("")
        for row in table:
            lines += _row(*row)
        lines.append("")
    lines.append(f"Written: {spellings(cls)}")
    lines.append(f"Source: {cls.source}")
    return "\n".join(lines) + "\n"


def rows(cls: type[Term]) -> list[tuple[str, str, str, str]]:
    """The arguments of a term: name, kind of value, default, meaning."""
    found = [_argument_row(argument, cls) for argument in arguments(cls).values()]
    if issubclass(cls, Layer):
        found += [_contained_row(name, cls) for name in cls.contains]
        found.append(("name", "text", "its position", "Name of the submodule."))
        found.append(("when", "true or false", "true", "False leaves the layer out."))
    return found


def _contained_row(name: str, cls: type[Layer]) -> tuple[str, str, str, str]:
    default = "may be left out, or empty: the identity" if name in cls.may_be_empty else "required"
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
    required = [name for name, argument in arguments(cls).items() if argument.required]
    if issubclass(cls, Layer) and cls.contains:
        return f"`{cls.__name__}: [...]`"
    found = [] if required else [f"`{cls.__name__}`"]
    if cls.principal:
        found.append(f"`{cls.__name__}: ...` ({cls.principal})")
    names = required or [name for name in arguments(cls) if name not in getattr(cls, "sizes", {})][:1]
    if names:
        found.append(f"`{cls.__name__}: {{{', '.join(f'{name}: ...' for name in names)}}}`")
    return ", ".join(found)
