"""A code, a slug, a layer or another term, a part of the language, a key -> its page of text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import chain
from typing import Final

from archc.diagnostics.catalog import faults, find
from archc.diagnostics.fault import Fault
from archc.elaborate.suggest import suggest, suggest_layer
from archc.layers.base import Layer
from archc.recipe.data.named import NamedSet
from archc.recipe.figures import FIGURES
from archc.recipe.losses import Loss
from archc.reference import EXAMPLE, TABLES, documentation
from archc.reference.keys import argument_page, figure_page, page_of, places
from archc.reference.prose import WIDEST, fitted
from archc.reference.rows import rows, spellings, written
from archc.reference.usage import Chapter, Usage, forms, usages_of
from archc.terms.term import Term

_MODULES: Final = frozenset(
    {"torch", "nn", "optim", "lr_scheduler", "modules", "torchvision", "transforms", "v2", "datasets", "archc", "train"}
)
"""What stands before the name of a term where code imports it from."""


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
    bare = re.sub(r"\[[0-9]*\]", "", topic)
    # `precision` is a key and a figure.
    both = [page for page in (page_of(bare, width), figure_page(bare, width)) if page is not None]
    if len(both) == 2:
        return chain(both[0], [""], both[1])
    return both[0] if both else _imported(bare, width) or argument_page(bare, width)


def _imported(topic: str, width: int) -> Iterator[str] | None:
    """The page of a term as Python code writes it: `nn.Conv2d`, `torch.optim.Adam`, `transforms.Normalize(...)`."""
    *before, name = topic.partition("(")[0].split(".")
    nouns = [noun for noun, table in TABLES.items() if name in table]
    if not before or not nouns or not set(before) <= _MODULES:
        return None
    return _term(TABLES[nouns[0]][name], nouns[0], width)


def nearest(topic: str) -> str | None:
    """The topic that was most likely meant."""
    terms = [name for table in TABLES.values() for name in table]
    words = [word for place in places() for word in (place.path, place.path.rpartition(".")[2])]
    terms += dict.fromkeys([*forms(), *words, *FIGURES])
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
            yield from written(*row, width)
        yield ""
    yield from fitted(f"Written: {spellings(cls)}", width)
    if issubclass(cls, Loss):
        yield from fitted(f"Targets: {cls.targets()}", width)
    if issubclass(cls, NamedSet):
        yield f"Licence: {cls.licence}"
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
