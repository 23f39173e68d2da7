"""A table of numbers -> samples: its features as vectors, its targets as numbers. Every wrong cell is named."""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.recipe.data.table import SEPARATORS, Table

_LARGEST: Final = float(np.finfo(np.float32).max)


def read(request: Request) -> Whole:
    """The rows as training samples: (N, features) and (N,) or (N, targets), float32. See `archc.data.kinds.read`."""
    kind, folder = request.train.data.kind, request.folder
    assert isinstance(kind, Table)
    features, names = kind.columns(folder), kind.header(folder)
    path = folder / Path(kind.file).expanduser()
    wanted = [names.index(name) for name in (*features, *kind.target)]
    try:
        values = _numbers(path, names, wanted)
    except _UnusableError as error:
        raise catalog.preflight.TableUnusable(
            field="file", file=kind.file, reason=str(error), advice=error.advice
        ) from None
    inputs, targets = np.split(values, [len(features)], axis=1)
    found = Arrays(
        np.ascontiguousarray(inputs), np.ascontiguousarray(targets if len(kind.target) > 1 else targets[:, 0])
    )
    return Whole(found, None, digest_of(*found))


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The rows of another table, whose columns have the names of the features, in any order; see `kinds.samples`."""
    kind, folder = request.train.data.kind, request.folder
    assert isinstance(kind, Table)
    features = kind.features or kind.columns(folder)
    try:
        separator = SEPARATORS.get(file.suffix.lower())
        if separator is None:
            raise _UnusableError(f"a table is a file that ends in {' or '.join(SEPARATORS)}")
        names = kind.replace(file=str(file.absolute()), features=None, drop=()).header(folder)
        if missing := [name for name in features if name not in names]:
            raise _UnusableError(f"it has no column `{missing[0]}`, from which the network predicts")
        return Samples(_numbers(file, names, [names.index(name) for name in features]))
    except catalog.preflight.TableUnusable as fault:
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=fault.reason) from None
    except _UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=str(error)) from None


class _UnusableError(Exception):
    def __init__(self, reason: str, advice: str | None = None) -> None:
        super().__init__(reason)
        self.advice = advice


def _numbers(path: Path, names: Sequence[str], wanted: Sequence[int]) -> Array:
    """(rows, wanted) float32: those columns of the file, in their order.

    Raises:
        _UnusableError: it cannot be read to its end, or a row or a cell of it is wrong, which is named by its line.
    """
    # Doubles in a row: a list of lists of Python's own numbers would take four times the memory.
    values = array("d")
    try:
        for line, row in _rows(path, len(names)):
            cells = [row[place] for place in wanted]
            try:
                values.extend(map(float, cells))
            except ValueError:
                raise _wrong_cell(line, row, names, wanted) from None
            if "_" in "".join(cells):  # Python reads 1_000, and no other program does
                raise _wrong_cell(line, row, names, wanted)
    except UnicodeDecodeError:
        raise _UnusableError("it is not UTF-8 text") from None
    except csv.Error as error:
        raise _UnusableError(f"it is not CSV ({error})") from None
    except OSError as error:
        raise _UnusableError((error.strerror or "it cannot be read").lower()) from None
    if not values:
        raise _UnusableError("it has no rows")
    found = np.frombuffer(values, dtype=np.float64).reshape(-1, len(wanted))
    # Written so that it is true of what is not a number.
    if not np.all(np.abs(found) <= _LARGEST):
        raise _first_wrong(path, names, wanted)
    return found.astype(np.float32)


def _rows(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """The rows with the numbers of their lines, from 2. Empty lines are none.

    Raises:
        _UnusableError: a row has another number of cells than there are columns.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=SEPARATORS[path.suffix.lower()], strict=True)
        next(reader, None)
        for row in reader:
            if len(row) == columns:
                yield reader.line_num, row
            elif row:
                raise _UnusableError(
                    f"line {reader.line_num} has {len(row):,} cells, and there are {columns:,} columns"
                )


def _first_wrong(path: Path, names: Sequence[str], wanted: Sequence[int]) -> _UnusableError:
    """The first cell that is infinite, not a number, or too large."""
    for line, row in _rows(path, len(names)):
        if not all(abs(float(row[place])) <= _LARGEST for place in wanted):
            return _wrong_cell(line, row, names, wanted)
    raise AssertionError("the file has changed while it was read")


def _wrong_cell(line: int, row: Sequence[str], names: Sequence[str], wanted: Sequence[int]) -> _UnusableError:
    place = next(place for place in wanted if not _is_number(row[place]))
    cell, name = row[place].strip(), names[place]
    advice = f"leave the column out, as in `drop: [{name}]`, or mend the file"
    if not cell:
        return _UnusableError(f"line {line} has no value in the column `{name}`", advice)
    return _UnusableError(f"line {line} has `{cell[:40]}` in the column `{name}`, which is no number", advice)


def _is_number(cell: str) -> bool:
    """Whether a cell is a number that float32 has."""
    try:
        value: Any = float(cell)
    except ValueError:
        return False
    return math.isfinite(value) and abs(value) <= _LARGEST and "_" not in cell
