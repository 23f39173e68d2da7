"""Files of rows and columns -> samples. A number stays, a category becomes its number; every wrong cell is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from archc.data import cache
from archc.data.cells import Codes, Column, values_of
from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.table_columns import fit, preparing
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.recipe.data import Classes, DataFacts, Labels, Numbers
from archc.recipe.data.sheet import Dialect, UnusableError, header, in_order
from archc.recipe.data.table import Table
from archc.terms.values import Mapped

__all__ = ["fit", "preparing", "read", "samples"]


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
        found[split] = values_of(path, kind.dialect(path), columns)
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


def _column(name: str, known: tuple[str, ...] | None, kind: Table, *, number: bool, target: bool = False) -> Column:
    lacking = kind.fill(name)
    if target and lacking != "drop":  # what is to be learnt is not made up
        lacking = None
    codes = None if number else Codes(known or (), fixed=known is not None, lacking=lacking is not None)
    return Column(name, codes, lacking)


def _sorted(found: Mapping[str, Array], place: int, codes: Codes, decimal: str) -> list[str]:
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
        raise catalog.tables.ClassesDiffer(field="classes", dataset=kind.name, found=tuple(unknown))
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
        return Samples(values_of(file, dialect, columns, drops=False))
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
