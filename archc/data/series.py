"""Series -> samples: overlapping windows of the same numbers, which lie in memory, or in the cache, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import as_strided
from torch import Tensor

from archc.data import cache
from archc.data.cells import Column, values_of
from archc.data.fitted import Fitted, Scale
from archc.data.kinds import Prepare
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.recipe.data.series import Series


def read(request: Request) -> Whole:
    """The windows of each split: (N, window, columns) and (N,) or (N, targets), float32; see `archc.data.kinds.read`.

    Both are views: a step of the series is in memory once, though it is in as many samples as a window has steps.
    """
    kind = request.train.data.kind
    assert isinstance(kind, Series)
    splits = kind.files(request.folder)
    for path in splits.values():
        kind.header(path)
    wanted = [["Series", *splits], [*kind.columns], [*kind.targets]]
    whole = cache.load(wanted, list(splits.values()), lambda: _read(kind, splits))
    found = {split: _windows(kind, arrays, splits[split]) for split, arrays in whole.splits().items()}
    samples = len(found["train"].targets)
    facts = request.facts._replace(train=samples, test=len(found["test"].targets) if "test" in found else None)
    return Whole(found["train"], found.get("test"), whole.digest, found.get("validation"), facts=facts)


def _read(kind: Series, splits: Mapping[str, Path]) -> Whole:
    """(steps, columns) and (steps, targets) of each file."""
    names = list(dict.fromkeys((*kind.columns, *kind.targets)))
    inputs, targets = ([names.index(name) for name in wanted] for wanted in (kind.columns, kind.targets))
    found = {}
    for split, path in splits.items():
        values = values_of(path, kind.dialect(path), [Column(name, None, None) for name in names])
        found[split] = Arrays(np.ascontiguousarray(values[:, inputs]), np.ascontiguousarray(values[:, targets]))
    digest = digest_of(*(part for arrays in found.values() for part in arrays))
    return Whole(found["train"], found.get("test"), digest, found.get("validation"))


def _windows(kind: Series, steps: Arrays, path: Path) -> Arrays:
    """The samples of a series, each a step later than the one before it.

    Raises:
        TableUnusable: there are too few steps for one.
    """
    count = len(steps.inputs) - kind.steps + 1
    if count < 1:
        reason = f"it has {len(steps.inputs):,} steps, and a sample with its target takes {kind.steps:,}"
        raise catalog.preflight.TableUnusable(field="file", file=path.name, reason=reason)
    targets = steps.targets[kind.steps - 1 :]
    return Arrays(_views(steps.inputs, count, kind.window), targets if kind.shape else targets[:, 0])


def _views(steps: Array, count: int, window: int) -> Array:
    """(count, window, columns) of (steps, columns), without a copy."""
    step, column = steps.strides
    return as_strided(steps, (count, window, steps.shape[1]), (step, step, column))


def fit(kind: Series, train: Arrays, info: Mapping[str, Any]) -> Fitted:
    """Mean and deviation of each column over the steps of the training samples, each step once."""
    if kind.scale == "none":
        return Fitted()
    steps = np.concatenate([train.inputs[0], train.inputs[1:, -1]]).astype(np.float64)
    inputs = _scale(steps)
    targets = _scale(train.targets.reshape(len(train.targets), -1).astype(np.float64))
    # A column that is read and predicted has one scale.
    own = {name: place for place, name in enumerate(kind.columns)}
    pairs = [
        (inputs.centre[own[name]], inputs.spread[own[name]])
        if name in own
        else (targets.centre[place], targets.spread[place])
        for place, name in enumerate(kind.targets)
    ]
    return Fitted(inputs, Scale(tuple(centre for centre, _ in pairs), tuple(spread for _, spread in pairs)))


def _scale(steps: Array) -> Scale:
    spread = [float(value) or 1.0 for value in steps.std(0)]
    return Scale(tuple(steps.mean(0).tolist()), tuple(spread))


def preparing(kind: Series, fitted: Fitted, device: torch.device) -> Prepare | None:
    """Columns in the scale that was learnt."""
    if fitted.inputs is None:
        return None
    centre, spread = (torch.tensor(part, dtype=torch.float32, device=device) for part in fitted.inputs)

    def prepare(stored: Tensor) -> Tensor:
        return (stored - centre) / spread

    return prepare


def naive(kind: Series) -> Callable[[Tensor], Tensor] | None:
    """The forecast that each column stays as it is, of stored samples; None where a target is in no sample."""
    if not set(kind.targets) <= set(kind.columns):
        return None
    places = [kind.columns.index(name) for name in kind.targets]

    def forecast(stored: Tensor) -> Tensor:
        last = stored[:, -1]
        return torch.stack([last[:, place] for place in places], 1) if kind.shape else last[:, places[0]]

    return forecast


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The last `window` steps of another file: what comes `horizon` steps after its end; see `kinds.samples`."""
    kind = request.train.data.kind
    assert isinstance(kind, Series)
    try:
        steps = values_of(file, kind.dialect(file), [Column(name, None, None) for name in kind.columns])
    except Fault as fault:
        reason = getattr(fault, "reason", None) or fault.message()
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=reason) from None
    if len(steps) < kind.window:
        reason = f"it has {len(steps):,} steps, and a sample {kind.window:,}"
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=reason)
    return Samples(steps[None, -kind.window :])
