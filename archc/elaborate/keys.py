"""The entries of a mapping -> those that it may have; the others are reported, and a misspelt one is taken as meant."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.elaborate.suggest import suggest_key
from archc.syntax.tree import Entry, MappingNode, clip


class Stray(NamedTuple):
    """A key that is not known: what was most likely meant, and whether that is free, as it is not written as well."""

    name: str
    suggestion: str | None
    free: bool
    entry: Entry


def known_entries(
    entries: tuple[Entry, ...],
    known: Collection[str],
    wrong: Callable[[Stray], Fault],
    path: str,
    report: Report,
    suggest: Callable[[str, list[str]], str | None] = suggest_key,
) -> dict[str, Entry]:
    """The entries by name. `wrong` makes the fault of a key that is not known. The document's own path is empty."""
    given = {entry.name: entry for entry in entries if entry.name in known}
    for entry in entries:
        if entry.name in known:
            continue
        free = suggest(entry.name, [name for name in known if name not in given])
        stray = Stray(clip(entry.name), free or suggest(entry.name, [*known]), free is not None, entry)
        report.add(wrong(stray), entry.key.span, path=path or stray.name)
        if free:
            given[free] = entry._replace(key=entry.key._replace(value=free))
    return given


def unknown_key(where: str, known: tuple[str, ...], tree: MappingNode | None = None) -> Callable[[Stray], Fault]:
    """The fault of a key that a section does not have. `tree` is the mapping, whose other keys say what is meant."""

    def wrong(stray: Stray) -> catalog.names.UnknownKey:
        from archc.elaborate.elsewhere import key_advice, key_meant

        meant = None if stray.suggestion or tree is None else key_meant(stray.entry, where, tree)
        advice = None if stray.suggestion or meant else key_advice(stray.entry.name, where)
        return catalog.names.UnknownKey(
            key=stray.name,
            where=where,
            known=known,
            suggestion=stray.suggestion,
            free=stray.free,
            advice=meant.advice if meant else advice,
            spelling=meant.remedy if meant else None,
        )

    return wrong
