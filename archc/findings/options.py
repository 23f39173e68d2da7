"""A report of a spec that the command line changed -> the same, whose findings show the options that they come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from archc.diagnostics.report import Diagnostic, Label, Report
from archc.source import Span

MOST: Final = 8
"""So many options are looked at: each is a reading of the spec without it."""


def show_options(report: Report, options: tuple[Span, ...], without: Callable[[int], Report]) -> None:
    """Give each finding that shows no option a label at the one without which it would not be there.

    `options` are their places, `without` gives the report of the spec without the one of a number.
    """
    blind = {diagnostic.key for diagnostic in report if not _shows_one(diagnostic)}
    for number, place in enumerate(options[:MOST]):
        if not blind:
            return
        left = {(code, message) for code, _, message in (diagnostic.key for diagnostic in without(number))}
        caused = {key for key in blind if (key[0], key[2]) not in left}
        blind -= caused
        report.revise(_with_label(caused, Label(place, "with this")))


def _with_label(keys: set[tuple[str, Span | None, str]], label: Label) -> Callable[[Diagnostic], Diagnostic]:
    def labelled(diagnostic: Diagnostic) -> Diagnostic:
        if diagnostic.key not in keys:
            return diagnostic
        return diagnostic._replace(labels=(*diagnostic.labels, label))

    return labelled


def _shows_one(diagnostic: Diagnostic) -> bool:
    spans = (diagnostic.span, *(label.span for label in diagnostic.labels))
    return any(span is not None and span.source.origin == "override" for span in spans)
