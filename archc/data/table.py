"""Files of rows and columns -> samples. A number stays, a category becomes its number; every wrong cell is named."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from torch import Tensor

from archc.data import cache
from archc.data.fitted import Fitted, Scale
from archc.data.kinds import Prepare
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.recipe.data import Classes, DataFacts, Labels, Numbers
from archc.recipe.data.sheet import MISSING, Dialect, UnusableError, header, in_order, is_number, rows
from archc.recipe.data.table import Table
from archc.terms.values import Mapped

_LARGEST: Final = float(np.finfo(np.float32).max)
_NAN: Final = float("nan")
_BLOCK_ROWS: Final = 2**14
_PART_BYTES: Final = 2**20
_MOST_TOLD: Final = 10
_MOST_COUNTED: Final = 1_000
"""Wrong cells after which no more are looked for."""


class _Column(NamedTuple):
    """A column that is read. `codes` are the numbers of its texts; None for a column of numbers.

    `lacking`: what an empty cell is; None where it is wrong.
    """

    name: str
    codes: _Codes | None
    lacking: str | None


class _Codes(dict[str, float]):
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


def read(request: Request) -> Whole:
    """The rows of each split: (N, columns) float32, where a category is its number and a hole is no number.

    Targets are (N,) int64 classes, (N, labels) float32, or (N,) or (N, targets) float32; see `archc.data.kinds.read`.
    """
    kind, facts = request.train.data.kind, request.facts
    assert isinstance(kind, Table)
    splits = kind.files(request.folder)
    features = kind.chosen(kind.header(splits["train"]))
    keys = {name: value for name, value in vars(kind).items() if name != "file"}
    facts_of_entry = ["Table", *splits, repr(sorted(keys.items())), type(facts.target).__name__]
    whole = cache.load(facts_of_entry, list(splits.values()), lambda: _read(kind, splits, features, facts))
    return whole._replace(facts=_facts(kind, features, facts, whole))


def _read(kind: Table, splits: Mapping[str, Path], features: Sequence[str], facts: DataFacts) -> Whole:
    by_number = isinstance(facts.target, Numbers | Labels)
    fixed = {name: kind.categories(name) for name in kind.categorical}
    columns = [_column(name, fixed.get(name), kind, number=name not in kind.categorical) for name in features]
    columns += [_column(name, None, kind, number=by_number, target=True) for name in kind.target]
    found: dict[str, Array] = {}
    for split, path in splits.items():
        found[split] = _values(path, kind.dialect(path), columns, kind)
        for column in columns[: len(features)]:
            if column.codes is not None:
                column.codes.fixed = True
    categories = {}
    for place, column in enumerate(columns):
        if column.codes is not None and fixed.get(column.name) is None:
            categories[column.name] = _sorted(found, place, column.codes, kind.decimal)
    categories |= {name: list(values) for name, values in fixed.items() if values is not None}
    samples = {split: _arrays(values, len(features), facts, kind) for split, values in found.items()}
    if isinstance(facts.target, Classes):
        categories |= {"": _classes(kind, categories.pop(kind.target[0]), samples)}
    digest = digest_of(*(part for arrays in samples.values() for part in arrays))
    return Whole(
        samples["train"], samples.get("test"), digest, samples.get("validation"), info={"categories": categories}
    )


def _column(name: str, known: tuple[str, ...] | None, kind: Table, *, number: bool, target: bool = False) -> _Column:
    lacking = kind.fill(name)
    if target and lacking != "drop":  # what is to be learnt is not made up
        lacking = None
    codes = None if number else _Codes(known or (), fixed=known is not None, lacking=lacking is not None)
    return _Column(name, codes, lacking)


def _sorted(found: Mapping[str, Array], place: int, codes: _Codes, decimal: str) -> list[str]:
    """The texts of a column in their order; their numbers become those of that order."""
    order = in_order(set(codes), decimal)
    new = np.empty(len(codes), dtype=np.float32)
    for number, text in enumerate(order):
        new[int(codes[text])] = number
    for values in found.values():
        known = ~np.isnan(values[:, place])
        values[known, place] = new[values[known, place].astype(np.int64)]
    return list(order)


def _arrays(values: Array, features: int, facts: DataFacts, kind: Table) -> Arrays:
    inputs, targets = np.ascontiguousarray(values[:, :features]), values[:, features:]
    if isinstance(facts.target, Classes):
        return Arrays(inputs, targets[:, 0].astype(np.int64))
    several = isinstance(facts.target, Labels) or len(kind.target) > 1
    return Arrays(inputs, np.ascontiguousarray(targets if several else targets[:, 0]))


def _classes(kind: Table, found: Sequence[str], samples: dict[str, Arrays]) -> list[str]:
    """The names of the classes in their order; the targets become the numbers of that order.

    Raises:
        ClassesDiffer: `classes` does not name those that there are.
    """
    if kind.classes is None:
        return list(found)
    numbers = {str(number): number for number in range(len(kind.classes))}
    # Names of classes that are numbers in the file.
    places = (
        numbers
        if set(found) <= set(numbers) and not set(found) & set(kind.classes)
        else {name: number for number, name in enumerate(kind.classes)}
    )
    if unknown := [name for name in found if name not in places]:
        raise catalog.tables.ClassesDiffer(field="classes", dataset=_name(kind), found=tuple(unknown))
    order = np.array([places[name] for name in found], dtype=np.int64)
    for split, arrays in samples.items():
        samples[split] = Arrays(arrays.inputs, order[arrays.targets])
    return list(kind.classes)


def _facts(kind: Table, features: Sequence[str], facts: DataFacts, whole: Whole) -> DataFacts:
    """What is known now: the classes, the categories, the number of rows."""
    categories = {name: tuple(values) for name, values in whole.info["categories"].items()}
    found: dict[str, Any] = {}
    target = facts.target
    if isinstance(target, Classes):
        target = Classes(categories.pop(""))
        found["classes"] = target.names
    found["features"] = tuple(features)
    if categories:
        found["categorical"] = Mapped(
            (name, Mapped({str(kind.encoding(name)): list(values)})) for name, values in categories.items()
        )
    return facts._replace(
        sample=kind.sample(features, categories),
        target=target,
        train=len(whole.train.targets),
        test=len(whole.test.targets) if whole.test else 0,
        found=found,
    )


def _name(kind: Table) -> str:
    return Path(kind.file if isinstance(kind.file, str) else kind.file["train"]).name


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The rows of another table, whose columns have the names of the features, in any order; see `kinds.samples`."""
    kind = request.train.data.kind
    assert isinstance(kind, Table)
    features = kind.features or kind.chosen(kind.header(kind.files(request.folder)["train"]))
    try:
        dialect = kind.dialect(file)._replace(columns=None)
        names = _names(file, dialect, kind)
        if missing := [name for name in features if name not in names]:
            raise UnusableError(f"it has no column `{missing[0]}`, from which the network predicts")
        if kind.columns is not None and names == kind.columns:
            dialect = dialect._replace(columns=names)
        columns = [_column(name, kind.categories(name), kind, number=name not in kind.categorical) for name in features]
        return Samples(_values(file, dialect, columns, kind, drops=False))
    except Fault as fault:
        reason = getattr(fault, "reason", None) or fault.message()
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=reason) from None
    except UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=str(error)) from None


def _names(file: Path, dialect: Dialect, kind: Table) -> tuple[str, ...]:
    """The columns of a file to predict: those of its first line, or, as in training, those that the spec names."""
    if kind.columns is None:
        return header(file, dialect)
    try:
        return header(file, dialect)
    except UnusableError:
        return header(file, dialect._replace(columns=kind.columns))


def _values(path: Path, dialect: Dialect, columns: Sequence[_Column], kind: Table, *, drops: bool = True) -> Array:
    """(rows, columns) float32: those columns of the file, in their order; holes are no numbers.

    Raises:
        Fault: it cannot be read to its end, or cells of it are wrong, which are named by their lines.
    """
    try:
        names = header(path, dialect)
        absent = next((column.name for column in columns if column.name not in names), None)
        if absent is not None:
            raise catalog.preflight.NoSuchColumn(field="file", column=absent, file=path.name, known=names)
        blocks = list(_blocks(path, dialect, names, columns))
        found = np.concatenate(blocks) if len(blocks) != 1 else blocks[0]
        lacking = [place for place, column in enumerate(columns) if column.lacking == "drop"]
        if lacking and drops:
            found = found[~np.isnan(found[:, lacking]).any(1)]
        if not len(found):
            raise UnusableError("it has no rows" if not blocks or not lacking else "each of its rows has an empty cell")
        return found
    except _WrongCellError:
        raise _wrong_cells(path, dialect, names, columns) from None
    except UnusableError as error:
        raise catalog.preflight.TableUnusable(
            field="file", file=path.name, reason=str(error), advice=error.advice
        ) from None


class _WrongCellError(Exception):
    """A cell is wrong; which, is found out by reading again."""


def _blocks(path: Path, dialect: Dialect, names: Sequence[str], columns: Sequence[_Column]) -> Iterator[Array]:
    """The values, in blocks of rows: a list of Python's own numbers would take ten times the memory.

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
    reading = (row for _, row in rows(path, dialect, len(names)))
    yield np.empty((0, len(columns)), dtype=np.float32)
    while block := list(islice(reading, _BLOCK_ROWS)):
        values = array("d")
        try:
            if plain:
                for row in block:
                    values.extend(map(float, pick(row)))
            else:
                for row in block:
                    values.extend([function(cell) for function, cell in zip(convert, pick(row), strict=True)])
        except (ValueError, KeyError):
            raise _WrongCellError from None
        found = np.frombuffer(values, dtype=np.float64).reshape(-1, len(columns))
        # Written so that it is false of what is not a number.
        if not np.all((np.abs(found) <= _LARGEST) | (np.isnan(found) & may_lack)):
            raise _WrongCellError
        if careful and any("_" in cells[place] for cells in map(pick, block) for place in numbers):
            raise _WrongCellError
        yield found.astype(np.float32)


def _has_underscores(path: Path) -> bool:
    """Whether there is one anywhere below the first line: looking at bytes takes a hundredth of the reading."""
    with path.open("rb") as file:
        file.readline()
        return any(b"_" in part for part in iter(lambda: file.read(_PART_BYTES), b""))


def _picker(places: list[int], columns: int) -> Callable[[list[str]], Sequence[str]]:
    """What takes the cells at these places out of a row."""
    if places == list(range(columns)):
        return lambda row: row
    if len(places) == 1:
        return lambda row: (row[places[0]],)
    return itemgetter(*places)


def _converter(column: _Column, dialect: Dialect) -> Callable[[str], float]:
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


def _wrong_cells(path: Path, dialect: Dialect, names: Sequence[str], columns: Sequence[_Column]) -> Fault:
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


def _wrong(cell: str, column: _Column, dialect: Dialect) -> str | None:
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


def fit(kind: Table, train: Arrays) -> Fitted:
    """What stands for holes, and the scales of numbers, by the training samples alone; in double precision.

    Raises:
        TableUnusable: a column that is to be filled has nothing but holes.
    """
    features = kind.features or ()
    fill, centre, spread = [], [], []
    for place, name in enumerate(features):
        column = train.inputs[:, place].astype(np.float64)
        known = column[~np.isnan(column)]
        if not len(known):
            reason = f"the column `{name}` has no value in any training sample"
            raise catalog.preflight.TableUnusable(field="file", file=_name(kind), reason=reason)
        is_number = name not in kind.categorical
        stands = _filling(known, kind.fill(name), number=is_number)
        fill.append(stands)
        filled = np.where(np.isnan(column), stands, column) if len(known) < len(column) else column
        shift, factor = _scale(filled, kind.scale) if is_number else (0.0, 1.0)
        centre.append(shift)
        spread.append(factor)
    scaled = kind.scale != "none"
    return Fitted(
        inputs=Scale(tuple(centre), tuple(spread)) if scaled else None,
        targets=_of_targets(train.targets, kind) if scaled else None,
        fill=tuple(fill) if any(kind.fill(name) not in (None, "drop") for name in features) else None,
    )


def _filling(known: Array, how: str | None, *, number: bool) -> float:
    """What stands for a hole; of categories, the most frequent one."""
    if number and how == "median":
        return float(np.median(known))
    if number and how != "most_frequent":
        return float(known.mean())
    values, counts = np.unique(known, return_counts=True)
    return float(values[counts.argmax()])


def _scale(column: Array, how: str) -> tuple[float, float]:
    """What is subtracted, and what is divided by; 1 where all are equal, as scikit-learn has it."""
    if how == "minmax":
        low, high = float(column.min()), float(column.max())
        return low, (high - low) or 1.0
    if how == "standard":
        return float(column.mean()), float(column.std()) or 1.0
    return 0.0, 1.0


def _of_targets(targets: Array, kind: Table) -> Scale | None:
    columns = targets.reshape(len(targets), -1).astype(np.float64)
    pairs = [_scale(column, kind.scale) for column in columns.T]
    return Scale(tuple(shift for shift, _ in pairs), tuple(factor for _, factor in pairs))


def preparing(kind: Table, fitted: Fitted, device: torch.device) -> Prepare | None:
    """Holes are filled, numbers scaled, categories become 1 among zeros; None where nothing of it is asked for."""
    features = kind.features or ()
    encodings = [kind.encoding(name) for name in features]
    fill = _row(fitted.fill, device) if fitted.fill else None
    scale = (_row(fitted.inputs.centre, device), _row(fitted.inputs.spread, device)) if fitted.inputs else None
    if fill is None and scale is None and not any(encodings):
        return None
    parts = list(_parts(encodings, [len(kind.categories(name) or ()) for name in features], device))

    def prepare(stored: Tensor) -> Tensor:
        if fill is not None:
            stored = torch.where(stored.isnan(), fill, stored)
        if scale is not None:
            stored = (stored - scale[0]) / scale[1]
        if kind.dtype == "int64":
            return stored.long()
        return torch.cat([_encoded(stored[:, first:last], classes) for first, last, classes in parts], 1)

    return prepare


def _row(values: Sequence[float], device: torch.device) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=device)


def _parts(
    encodings: Sequence[str | None], sizes: Sequence[int], device: torch.device
) -> Iterator[tuple[int, int, Tensor | None]]:
    """Columns that are treated together: from, to, and the numbers of the categories of one."""
    first = 0
    for place, (encoding, size) in enumerate(zip(encodings, sizes, strict=True)):
        if encoding is None:
            continue
        if first < place:
            yield first, place, None
        yield place, place + 1, torch.arange(size, dtype=torch.float32, device=device)
        first = place + 1
    if first < len(encodings):
        yield first, len(encodings), None


def _encoded(columns: Tensor, classes: Tensor | None) -> Tensor:
    """(N, columns) as they are, or (N, 1) numbers of categories as (N, categories) with a 1 among zeros."""
    return columns if classes is None else (columns == classes).float()
