"""`input.axes`: names of what the axes of a sample hold."""

from __future__ import annotations

from typing import Final

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.elaborate.suggest import suggest
from archc.layers.base import GIVEN_MEANINGS, Meaning, Readings
from archc.source import Span
from archc.syntax.tree import Entry, ScalarNode, SequenceNode, Tree, kind

EXPECTED: Final = f"a list of {', '.join([f'`{name}`' for name in GIVEN_MEANINGS[:-1]])} and `{GIVEN_MEANINGS[-1]}`"


def axes_of(entry: Entry, rank: int, report: Report) -> Readings | None:
    """What the axes of a sample hold, of so many; None where they are not right, with the reason in the report."""
    tree = entry.value
    if not isinstance(tree, SequenceNode):
        fault = catalog.values.WrongValue(name="axes", expected=EXPECTED, found=kind(tree), advice=_spelled(tree))
        report.add(fault, _value_span(entry), path="input.axes")
        return None
    named = [_meaning(item, report) for item in tree.items]
    if None in named:
        return None
    for index, (item, meaning) in enumerate(zip(tree.items, named, strict=True)):
        if meaning in named[:index]:
            report.add(catalog.values.AxisNamedTwice(axis=meaning or ""), item.span, path="input.axes")
            return None
    if len(named) != rank:
        miscounted = catalog.values.AxesMiscounted(names=len(named), rank=rank)
        report.add(miscounted, _value_span(entry), path="input.axes")
        return None
    return tuple(named)


def _meaning(tree: Tree, report: Report) -> Meaning | None:
    value = tree.value if isinstance(tree, ScalarNode) else None
    for meaning in GIVEN_MEANINGS:
        if value == meaning:
            return meaning
    suggestion = advice = None
    if isinstance(value, str):
        from archc.elaborate.synonyms import AXES

        if value.casefold() in ("n", "b", "batch", "samples"):
            advice = "the batch axis is not written: delete it"
        suggestion = suggest(value, GIVEN_MEANINGS, AXES)
    expected = f"one of {', '.join([f'`{name}`' for name in GIVEN_MEANINGS])}"
    fault = catalog.values.WrongValue(
        name="axes", expected=expected, found=kind(tree), suggestion=suggestion, advice=advice
    )
    report.add(fault, tree.span, path="input.axes")
    return None


def _spelled(tree: Tree) -> str | None:
    """What a text of one letter an axis means, as in `CHW`; the batch is not written."""
    text = tree.value if isinstance(tree, ScalarNode) else None
    if not isinstance(text, str) or not 1 < len(text) < 7:
        return None
    from archc.elaborate.synonyms import AXES

    letters = [AXES.get(letter) for letter in text.casefold().removeprefix("n").removeprefix("b")]
    return None if None in letters else f"write `axes: [{', '.join(map(str, letters))}]`"


def _value_span(entry: Entry) -> Span:
    return entry.value.span if entry.value.span.end > entry.value.span.start else entry.head
