"""What an evaluation says of each class -> lines for people: a table, and what is taken for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from archc.diagnostics.visible import visible

_WIDEST: Final = 100
"""Columns that a matrix may take."""
_MOST_PAIRS: Final = 10
_FIGURES: Final = {"precision": ".2%", "recall": ".2%", "f1": ".4f"}


def class_lines(per_class: Mapping[str, Mapping[str, Any]], confusion: Sequence[Sequence[int]]) -> Iterator[str]:
    """The table of classes, with their samples and figures, then the matrix of classes and predictions.

    A row of the matrix is a class, a column a prediction. Where it is too wide, the pairs that are confused most
    are said instead.
    """
    if not per_class:
        return
    rows = [["class", "samples", *_FIGURES]]
    for name, row in per_class.items():
        figures = ["-" if row[key] is None else format(row[key], shown) for key, shown in _FIGURES.items()]
        rows.append([visible(name), f"{row['samples']:,}", *figures])
    yield from _table(rows)
    if confusion:
        yield ""
        matrix = [*_matrix([visible(name) for name in per_class], confusion)]
        yield from matrix if max(map(len, matrix)) <= _WIDEST else _pairs([*per_class], confusion)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with their first cells to the left, and numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells])


def _matrix(names: Sequence[str], confusion: Sequence[Sequence[int]]) -> Iterator[str]:
    """Columns are numbered where they are outputs beyond the classes."""
    more = map(str, range(len(names), len(confusion[0])))
    rows = [[f"{count:,}" for count in row] for row in confusion]
    header = ["taken for", *names, *more]
    return _table([header, *([name, *row] for name, row in zip(names, rows, strict=True))])


def _pairs(names: Sequence[str], confusion: Sequence[Sequence[int]]) -> Iterator[str]:
    wrong = [
        (count, true, taken)
        for true, row in enumerate(confusion)
        for taken, count in enumerate(row)
        if count and true != taken
    ]
    for count, true, taken in sorted(wrong, key=lambda pair: (-pair[0], *pair[1:]))[:_MOST_PAIRS]:
        other = visible(names[taken]) if taken < len(names) else str(taken)
        yield f"{visible(names[true])} taken for {other}: {count:,} of {sum(confusion[true]):,}"
