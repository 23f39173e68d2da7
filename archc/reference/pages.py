"""The tables of faults and terms -> the reference pages in docs/reference, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from archc.diagnostics.catalog import faults
from archc.diagnostics.fault import Fault
from archc.layers import LAYERS
from archc.layers.base import Layer
from archc.recipe.data.named import NamedSet
from archc.recipe.losses import Loss
from archc.reference import EXAMPLE, TABLES, documentation
from archc.reference.rows import rows, spellings
from archc.reference.usage import Usage, forms, usages_of
from archc.terms.term import Term

_NOTE: Final = "<!-- Generated: `pytest tests/house/test_generated.py --bless` renews this page. -->"


def pages() -> dict[str, str]:
    """Every page by its file's name."""
    terms = {name: table for name, table in TABLES.items() if table is not LAYERS}
    return {
        "faults.md": "\n".join(_faults()) + "\n",
        "language.md": "\n".join(_language()) + "\n",
        "layers.md": "\n".join(_terms("Layers", {"layer": LAYERS})) + "\n",
        "training.md": "\n".join(_terms("Terms of training", terms)) + "\n",
    }


def _faults() -> Iterator[str]:
    yield f"# Diagnostics\n\n{_NOTE}\n"
    yield "Each has a code and a name; `archc explain CODE` prints the same in a terminal.\n"
    chapter = ""
    for fault in faults():
        if fault.family.chapter != chapter:
            chapter = fault.family.chapter
            yield f"## {chapter}\n"
        yield from _fault(fault)


def _fault(fault: type[Fault]) -> Iterator[str]:
    yield f"### {fault.code} {fault.slug}\n"
    text = EXAMPLE.sub(
        lambda match: f"{'Right' if match['kind'] == 'good' else 'Wrong'}:\n\n```yaml\n{match['text']}```",
        documentation(fault),
    )
    yield f"{text}\n"


def _terms(title: str, tables: Mapping[str, Mapping[str, type[Term]]]) -> Iterator[str]:
    yield f"# {title}\n\n{_NOTE}\n"
    yield "`archc explain NAME` prints the same in a terminal. Names, arguments and defaults are torch's.\n"
    for noun, table in tables.items():
        for name, cls in sorted(table.items()):
            yield from _term(name, cls, noun)


def _term(name: str, cls: type[Term], noun: str) -> Iterator[str]:
    yield f"## {name}\n" if issubclass(cls, Layer) else f"## {name} ({noun})\n"
    yield f"{documentation(cls)}\n"
    arguments = rows(cls)
    if arguments:
        yield "| argument | value | default | meaning |\n| --- | --- | --- | --- |"
        for argument, says, default, doc in arguments:
            yield "| " + " | ".join(cell.replace("|", "\\|") for cell in (f"`{argument}`", says, default, doc)) + " |"
        yield ""
    yield f"Written: {spellings(cls)}.\n"
    if issubclass(cls, Loss):
        yield f"Targets: {cls.targets()}.\n"
    if issubclass(cls, NamedSet):
        yield f"Licence: {cls.licence}.\n"
    yield f"Source: <{cls.documented_at()}>\n"
    if issubclass(cls, Layer):
        yield from _usages(usages_of(name))


def _language() -> Iterator[str]:
    yield f"# The language beside its layers\n\n{_NOTE}\n"
    yield "`archc explain NAME` prints the same in a terminal.\n"
    for name, form in forms().items():
        yield f"## {name}\n\n{form.says}\n"
        yield from _usages(form.usages(name))


def _usages(usages: Iterable[Usage]) -> Iterator[str]:
    for usage in usages:
        yield f"{usage.title}\n\n```yaml\n{usage.text}```\n"
        yield "".join(f"    {line}\n" for line in usage.outcome())
