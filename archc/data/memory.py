"""Arrays that a Python program passes -> samples, and the kind of data that a run's spec has for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from archc.data import pixels
from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.layers.base import Dtype
from archc.recipe.data.memory import InMemory

Given: TypeAlias = tuple[Any, Any] | Mapping[str, tuple[Any, Any]]
"""`(X, y)`, or pairs for `train` and, where there are, `validation` and `test`. Arrays of NumPy or tensors."""

_SPLITS: Final = ("train", "validation", "test")


def read(request: Request) -> Whole:
    """There is nothing to read.

    Raises:
        DataNotPassed: always; the arrays are in no file.
    """
    raise catalog.training.DataNotPassed()


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """Rows of numbers; see `archc.data.kinds.samples`."""
    assert request.facts.sample is not None
    return pixels.read(file, request.facts.sample, numbers=True)


def taken(given: Given, dtype: Dtype) -> tuple[InMemory, Whole]:
    """Arrays as samples for an input of this type: whole numbers, truths and texts are classes, floats are numbers.

    Raises:
        ArraysDoNotFit: they are no samples with targets.
    """
    pairs = dict(given) if isinstance(given, Mapping) else {"train": given}
    if "train" not in pairs or not set(pairs) <= set(_SPLITS):
        raise _unfit(f"expected `(X, y)`, or a mapping with `train`, `validation` and `test`, got {sorted(pairs)}")
    splits = {name: _pair(name, pair) for name, pair in pairs.items()}
    shapes = {name: (inputs.shape[1:], targets.shape[1:]) for name, (inputs, targets) in splits.items()}
    if odd := next((name for name, shape in shapes.items() if shape != shapes["train"]), None):
        raise _unfit(f"the samples of `{odd}` have another shape than those of `train`")
    inputs = {name: _inputs(pair[0], dtype) for name, pair in splits.items()}
    classes, targets = _targets({name: pair[1] for name, pair in splits.items()})
    found = {name: Arrays(inputs[name], targets[name]) for name in splits}
    sample, target = shapes["train"]
    kind = InMemory(
        sample=sample,
        dtype=dtype,
        target=() if classes else target,
        classes=classes,
        splits=tuple(name for name in _SPLITS if name in splits),
    )
    digest = digest_of(*(array for name in _SPLITS if name in found for array in found[name]))
    return kind, Whole(found["train"], found.get("test"), digest, found.get("validation"))


def _pair(name: str, pair: Any) -> tuple[Array, Array]:
    try:
        inputs, targets = (_array(part) for part in pair)
    except (TypeError, ValueError) as error:
        raise _unfit(f"`{name}` is no pair of arrays ({error})") from None
    if inputs.ndim < 2 or targets.ndim < 1:
        raise _unfit(f"`X` of `{name}` has {inputs.ndim} axes; the first counts the samples, others hold one")
    if len(inputs) != len(targets) or len(inputs) == 0:
        raise _unfit(f"`{name}` has {len(inputs):,} samples and {len(targets):,} targets")
    return inputs, targets


def _array(part: Any) -> Array:
    """Tensors too, wherever they are."""
    return np.asarray(part.detach().cpu() if hasattr(part, "detach") else part)


def _inputs(array: Array, dtype: Dtype) -> Array:
    """Numbers of the type that the network takes; those of tokens have to be whole."""
    kinds = "iub" if dtype == "int64" else "fiub"
    if array.dtype.kind not in kinds:
        raise _unfit(f"`X` holds {array.dtype}, and the network's input is {dtype}")
    return np.array(array, dtype=dtype, order="C")


def _targets(splits: dict[str, Array]) -> tuple[tuple[str, ...] | None, dict[str, Array]]:
    """The names of the classes, None for numbers; and the targets as numbers."""
    kinds = {array.dtype.kind for array in splits.values()}
    if kinds <= {"f"}:
        return None, {name: np.array(array, dtype=np.float32, order="C") for name, array in splits.items()}
    if any(array.ndim != 1 for array in splits.values()) or not kinds <= set("biuUO"):
        raise _unfit("`y` has one class for each sample, or numbers, which are floats")
    if kinds <= set("iu"):
        most = max(int(array.max()) for array in splits.values())
        if min(int(array.min()) for array in splits.values()) < 0:
            raise _unfit("`y` has class numbers below 0; numbers to predict have to be floats")
        names = tuple(str(number) for number in range(most + 1))
        return names, {name: array.astype(np.int64) for name, array in splits.items()}
    found = np.unique(np.concatenate([array.astype(str) for array in splits.values()]))
    return tuple(found.tolist()), {name: np.searchsorted(found, array.astype(str)) for name, array in splits.items()}


def _unfit(reason: str) -> catalog.training.ArraysDoNotFit:
    return catalog.training.ArraysDoNotFit(reason=reason)
