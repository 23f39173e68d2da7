"""The cells of files of rows and columns -> numbers. Every cell that is wrong is named by its line and its column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from archc.data.whole import Array
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.recipe.data.sheet import MISSING, Dialect, UnusableError, header, is_number, reading, rows

_LARGEST: Final = float(np.finfo(np.float32).max)
_NAN: Final = float("nan")
_BLOCK_ROWS: Final = 256
_PART_BYTES: Final = 2**20
_MOST_TOLD: Final = 10
_MOST_COUNTED: Final = 1_000
"""Wrong cells after which no more are looked for."""


class Column(NamedTuple):
    """A column that is read. `codes` are the numbers of its texts; None for a column of numbers.

    `lacking`: what an empty cell is; None where it is wrong.
    """

    name: str
    codes: Codes | None
    lacking: str | None


class Codes(dict[str, float]):
    """Texts -> numbers, in the order in which they come; where they are `fixed`, others are unknown."""

    def __init__(self, known: Sequence[str] = (), *, fixed: bool = False, lacking: bool = False) -> None:
        super().__init__((text, float(number)) for number, text in enumerate(known))
        self.fixed = fixed
        self._lacking = lacking

    def __missing__(self, cell: str) -> float:
        text = cell.strip()
        if text in MISSING and text not in self:
            if self._lacking:
                return _NAN
            raise KeyError(cell)
        if text in self:
            return self[text]
        if self.fixed:
            raise KeyError(cell)
        self[text] = number = float(len(self))
        return number


def values_of(path: Path, dialect: Dialect, columns: Sequence[Column], *, drops: bool = True) -> Array:
    """(rows, columns) float32: those columns of the file, in their order; holes are no numbers.

    Raises:
        Fault: it cannot be read to its end, or cells of it are wrong, which are named by their lines.
    """
    try:
        names = header(path, dialect)
        absent = next((column.name for column in columns if column.name not in names), None)
        if absent is not None:
            raise catalog.preflight.NoSuchColumn(field="file", column=absent, file=path.name, known=names)
        try:
            blocks = list(_blocks(path, dialect, names, columns))
        except _WrongCellError:
            raise _wrong_cells(path, dialect, names, columns) from None
        found = np.concatenate(blocks) if blocks else np.empty((0, len(columns)), dtype=np.float32)
        lacking = [place for place, column in enumerate(columns) if column.lacking == "drop"]
        if lacking and drops:
            found = found[~np.isnan(found[:, lacking]).any(1)]
        if not len(found):
            raise UnusableError("it has no rows" if not blocks or not lacking else "each of its rows has an empty cell")
        return found
    except UnusableError as error:
        raise catalog.preflight.TableUnusable(
            field="file", file=path.name, reason=str(error), advice=error.advice
        ) from None


class _WrongCellError(Exception):
    """A cell is wrong; which, is found out by reading again."""


def _blocks(path: Path, dialect: Dialect, names: Sequence[str], columns: Sequence[Column]) -> Iterator[Array]:
    """The values, in blocks of rows that stay in a processor's cache: twice as fast as in large ones.

    Raises:
        _WrongCellError: a cell is no value of its column.
    """
    pick = _picker([names.index(column.name) for column in columns], len(names))
    convert = [_converter(column, dialect) for column in columns]
    plain = all(function is float for function in convert)
    numbers = [place for place, column in enumerate(columns) if column.codes is None]
    # Python reads 1_000 as a number, and no other program does.
    careful = bool(numbers) and _has_underscores(path)
    may_lack = np.array([column.lacking is not None for column in columns])
    with reading(path, dialect) as reader:
        while block := list(islice(reader, _BLOCK_ROWS)):
            if {*map(len, block)} != {len(names)}:
                block = [row for row in block if row]
                if {*map(len, block)} - {len(names)}:
                    raise _WrongCellError
            cells = map(pick, block) if pick else block
            if careful:
                cells = list(cells)
                if any("_" in row[place] for row in cells for place in numbers):
                    raise _WrongCellError
            values = map(float, chain.from_iterable(cells)) if plain else _converted(cells, convert)
            try:
                found = np.fromiter(values, np.float64, len(block) * len(columns)).reshape(-1, len(columns))
            except (ValueError, KeyError):
                raise _WrongCellError from None
            # Written so that it is false of what is not a number.
            if not np.all((np.abs(found) <= _LARGEST) | (np.isnan(found) & may_lack)):
                raise _WrongCellError
            yield found.astype(np.float32)


def _converted(cells: Iterable[Sequence[str]], convert: Sequence[Callable[[str], float]]) -> Iterator[float]:
    for row in cells:
        for function, cell in zip(convert, row, strict=True):
            yield function(cell)


def _has_underscores(path: Path) -> bool:
    """Whether there is one anywhere below the first line: looking at bytes takes a hundredth of the reading."""
    with path.open("rb") as file:
        file.readline()
        return any(b"_" in part for part in iter(lambda: file.read(_PART_BYTES), b""))


def _picker(places: list[int], columns: int) -> Callable[[list[str]], Sequence[str]] | None:
    """What takes the cells at these places out of a row; None where that is the row itself."""
    if places == list(range(columns)):
        return None
    if len(places) == 1:
        return lambda row: (row[places[0]],)
    return itemgetter(*places)


def _converter(column: Column, dialect: Dialect) -> Callable[[str], float]:
    if column.codes is not None:
        return column.codes.__getitem__
    if column.lacking is None and dialect.decimal == ".":
        return float
    return lambda cell: _number(cell, dialect.decimal, lacking=column.lacking is not None)


def _number(cell: str, decimal: str, *, lacking: bool) -> float:
    try:
        return float(cell if decimal == "." else cell.replace(decimal, "."))
    except ValueError:
        if lacking and cell.strip() in MISSING:
            return _NAN
        raise


def _wrong_cells(path: Path, dialect: Dialect, names: Sequence[str], columns: Sequence[Column]) -> Fault:
    """The fault that names the cells which are no values of their columns."""
    found: list[tuple[int, str, str]] = []
    count, texts = 0, dict.fromkeys((column.name for column in columns if column.codes is None), 0)
    lines = 0
    places = [names.index(column.name) for column in columns]
    first: dict[str, tuple[int, str]] = {}
    for line, row in rows(path, dialect, len(names)):
        lines += 1
        for column, place in zip(columns, places, strict=True):
            what = _wrong(row[place], column, dialect)
            if what is None:
                continue
            count += 1
            if column.name in texts and row[place].strip() not in MISSING:
                texts[column.name] += 1
                first.setdefault(column.name, (line, row[place].strip()[:40]))
            if len(found) < _MOST_TOLD:
                found.append((line, column.name, what))
        if count >= _MOST_COUNTED:
            break
    of_text = next((name for name, wrong in texts.items() if lines > 1 and wrong == lines), None)
    if of_text is not None and not any("," in row for _, row in [first[of_text]]):
        line, value = first[of_text]
        return catalog.tables.ColumnOfText(field="file", file=path.name, column=of_text, line=line, value=value)
    return catalog.tables.CellsUnusable(
        field="file",
        file=path.name,
        cells=tuple(found),
        more=count - len(found),
        advice=_advice(found, list(first.values()), dialect),
    )


def _wrong(cell: str, column: Column, dialect: Dialect) -> str | None:
    """What is wrong with a cell, in words."""
    text = cell.strip()
    lacks = text in MISSING and not (column.codes is not None and text in column.codes)
    if lacks:
        if column.lacking is not None:
            return None
        return f"`{text}` says that there is no value" if text else "it is empty"
    if column.codes is not None:
        unknown = column.codes.fixed and text not in column.codes
        return f"`{text[:40]}` is none of the categories" if unknown else None
    if not is_number(text, dialect.decimal):
        return f"`{text[:40]}` is no number"
    value = float(text if dialect.decimal == "." else text.replace(dialect.decimal, "."))
    return None if abs(value) <= _LARGEST else f"`{text[:40]}` is more than float32 holds"


def _advice(found: Sequence[tuple[int, str, str]], texts: Sequence[tuple[int, str]], dialect: Dialect) -> str:
    _, name, what = found[0]
    if dialect.decimal == "." and any(is_number(value, ",") for _, value in texts):
        return 'write `decimal: ","`'
    if "empty" in what or "no value" in what:
        return f"say what stands for it, as in `missing: {{{name}: median}}`, or leave the column out: `drop: [{name}]`"
    if "categories" in what:
        return "categories are those of the file for training, or those that `categorical` lists"
    return f"mend the file, or leave the column out: `drop: [{name}]`"
