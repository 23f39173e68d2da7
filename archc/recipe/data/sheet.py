"""Files of rows and columns as text (CSV, TSV): their dialect, the names of their columns, and a first look at them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from archc.diagnostics import catalog

SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}
"""What stands between the cells of a row, by the file's ending."""

MISSING: Final = frozenset(
    {"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "None", "none", "?", "-"}
)
"""Cells that say that there is no value."""

MOST_COUNTED: Final = 2**23
"""Bytes of a file that is looked through to its end: a tenth of a second. Of a larger one, only the first rows are."""

_MOST_HEADER: Final = 2**20
"""Code points of a first line: no table that is meant has longer names."""

FIRST_ROWS: Final = 1_000
_MOST_VALUES: Final = 10_000
"""Different values of a column: one of more is no category, nor a class."""


class Dialect(NamedTuple):
    """How a file is written. `columns` are the names of its columns, where no first line has them."""

    delimiter: str
    decimal: str = "."
    columns: tuple[str, ...] | None = None


class UnusableError(Exception):
    """A file is no such table; the text says why, and `advice` what to do."""

    def __init__(self, reason: str, advice: str | None = None) -> None:
        super().__init__(reason)
        self.advice = advice


def header(path: Path, dialect: Dialect) -> tuple[str, ...]:
    """The names of all columns: the first line of the file, and nothing else of it.

    Raises:
        UnusableError: it has none, or two columns have one name.
    """
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline(_MOST_HEADER)
            names = tuple([name.strip() for name in next(csv.reader([line], delimiter=dialect.delimiter), ())])
    except UnicodeDecodeError:
        raise UnusableError("it is not UTF-8 text") from None
    except csv.Error as error:
        raise UnusableError(f"its first line is not CSV ({error})") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnusableError((reason or "it cannot be read").lower()) from None
    if dialect.columns is None:
        _check_names(names, dialect)
        return names
    if len(names) != len(dialect.columns):
        raise UnusableError(f"it has {len(names):,} columns, and `columns` names {len(dialect.columns):,}")
    return dialect.columns


def _check_names(names: tuple[str, ...], dialect: Dialect) -> None:
    if not any(names):
        raise UnusableError("it has no first line with the names of its columns")
    if len(names) == 1:
        for other, written in ((";", '";"'), ("\t", r'"\t"'), ("|", '"|"'), (",", '","')):
            if other != dialect.delimiter and other in names[0]:
                shown = "a tab" if other == "\t" else f"`{other}`"
                raise UnusableError(f"{shown} stands between its columns", f"write `delimiter: {written}`")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise UnusableError(f"two of its columns are called `{name}`")
        seen.add(name)
    if all(is_number(name, dialect.decimal) for name in names):
        advice = f"put a line of names there, or give them: `columns: [{', '.join('abc'[: len(names)])}, ...]`"
        raise UnusableError("its first line has numbers, where the names of its columns have to be", advice)


def rows(path: Path, dialect: Dialect, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with the numbers of their lines. Empty lines are none.

    Raises:
        UnusableError: a row has another number of cells than there are columns, or it is no text, or no CSV.
    """
    with reading(path, dialect) as reader:
        for row in reader:
            if len(row) == columns:
                yield reader.line_num, row
            elif row:
                raise UnusableError(f"line {reader.line_num} has {len(row):,} cells, and there are {columns:,} columns")


@contextmanager
def reading(path: Path, dialect: Dialect) -> Iterator[Any]:
    """The `csv.reader` of a file, behind its names.

    Raises:
        UnusableError: what is read is no text, or no CSV.
    """
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=dialect.delimiter, strict=True)
            if dialect.columns is None:
                next(reader, None)
            yield reader
    except UnicodeDecodeError:
        raise UnusableError("it is not UTF-8 text", "save it as UTF-8") from None
    except csv.Error as error:
        raise UnusableError(f"it is not CSV ({error})") from None
    except OSError as error:
        raise UnusableError((error.strerror or "it cannot be read").lower()) from None


class Look(NamedTuple):
    """What a look at some columns of a file tells. `rows` is None where it did not see the end."""

    rows: int | None
    texts: frozenset[str]
    """The columns of which no cell was seen that is a number, but some that are something else."""
    values: dict[str, tuple[str, ...]]
    """The different values of each column, sorted; only where all were seen, and they are few."""


def look(path: Path, dialect: Dialect, names: tuple[str, ...], wanted: Sequence[str]) -> Look:
    """Look through a file of up to `MOST_COUNTED` bytes, or at the first rows of a larger one.

    Whatever is wrong with it is left to those who read it.
    """
    try:
        status = path.stat()
    except OSError:
        return Look(None, frozenset(), {})
    key = (status.st_mtime_ns, status.st_size, status.st_ino)
    return _look(path, dialect, names, tuple(wanted), status.st_size <= MOST_COUNTED, key)


@lru_cache(maxsize=8)
def _look(
    path: Path,
    dialect: Dialect,
    names: tuple[str, ...],
    wanted: tuple[str, ...],
    whole: bool,
    _: tuple[int, ...],
) -> Look:
    places = {name: names.index(name) for name in wanted}
    seen: dict[str, set[str]] = {name: set() for name in wanted}
    count, ended = 0, False
    try:
        for _line, row in rows(path, dialect, len(names)):
            for name, place in places.items():
                if len(seen[name]) <= _MOST_VALUES:
                    seen[name].add(row[place].strip())
            count += 1
            if not whole and count >= FIRST_ROWS:
                break
        else:
            ended = True
    except UnusableError:
        pass
    texts = frozenset(
        name
        for name, values in seen.items()
        if values - MISSING and not any(is_number(cell, dialect.decimal) for cell in values - MISSING)
    )
    known = {
        name: in_order(values - MISSING, dialect.decimal)
        for name, values in seen.items()
        if ended and len(values) <= _MOST_VALUES
    }
    return Look(count if ended else None, texts, known)


def in_order(values: set[str], decimal: str = ".") -> tuple[str, ...]:
    """Values in their order: numbers by what they say, texts by their letters."""
    if all(is_number(value, decimal) for value in values):
        return tuple(sorted(values, key=lambda value: (float(value.replace(decimal, ".")), value)))
    return tuple(sorted(values))


def is_number(cell: str, decimal: str = ".") -> bool:
    """Whether a cell is a finite number."""
    try:
        value = float(cell if decimal == "." else cell.replace(decimal, "."))
    except ValueError:
        return False
    return math.isfinite(value) and "_" not in cell


def unusable(field: str, file: str, error: UnusableError) -> catalog.preflight.TableUnusable:
    """The fault of a file that is no such table."""
    return catalog.preflight.TableUnusable(field=field, file=file, reason=str(error), advice=error.advice)
