"""What a table's numbers and categories become for a network, and what of that is learnt of the training samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from archc.data.fitted import Fitted, Scale
from archc.data.kinds import Prepare
from archc.data.whole import Array, Arrays
from archc.diagnostics import catalog
from archc.recipe.data.table import Table


def fit(kind: Table, train: Arrays, info: Mapping[str, Any]) -> Fitted:
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
            raise catalog.preflight.TableUnusable(field="file", file=kind.name, reason=reason)
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
