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
from archc.recipe.data import Target
from archc.recipe.data.memory import InMemory
from archc.recipe.losses import Loss

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


def taken(given: Given, dtype: Dtype, loss: Loss | None = None) -> tuple[InMemory, Whole]:
    """Arrays as samples for an input of this type: whole numbers, truths and texts are classes, floats are numbers.

    A row of 0 and 1 is a row of labels for a loss that takes such; other arrays of whole numbers are classes of
    positions. Whole numbers are counts for a loss of counts, and 0.0 and 1.0 classes for one of no other numbers.

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
    kinds, targets = targets_of({name: pair[1] for name, pair in splits.items()}, loss)
    found = {name: Arrays(inputs[name], targets[name]) for name in splits}
    kind = InMemory(
        sample=shapes["train"][0],
        dtype=dtype,
        **kinds,
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


def targets_of(splits: dict[str, Array], term: Loss | None) -> tuple[dict[str, Any], dict[str, Array]]:
    """What `InMemory` says of the targets of splits, for a loss, and the targets as numbers.

    Raises:
        ArraysDoNotFit: they are none for this loss.
    """
    loss = type(term) if term is not None else Loss
    kinds = {array.dtype.kind for array in splits.values()}
    numeric = kinds <= set("biuf")
    if numeric and "numbers" not in loss.takes and _are(splits, (0, 1)):
        splits = _whole(splits, loss)
        kinds = {array.dtype.kind for array in splits.values()}
    axes = {array.ndim for array in splits.values()}
    if "labels" in loss.takes and axes == {2} and kinds <= set("biu") and _are(splits, (0, 1)):
        names = tuple(str(number) for number in range(splits["train"].shape[1]))
        return {"labels": names}, {name: np.array(array, np.float32, order="C") for name, array in splits.items()}
    if kinds <= {"f"} or (loss.counts and kinds <= set("iu")):
        found = {name: np.array(array, np.float32, order="C") for name, array in splits.items()}
        return {"target": found["train"].shape[1:]}, found
    if not kinds <= set("biuUO") or (axes != {1} and not kinds <= set("biu")):
        raise _unfit("`y` has one class for each sample, or numbers, which are floats")
    if axes != {1} and "positions" not in loss.takes:
        raise _unfit(
            f"`y` has {max(axes) - 1} axes beside that of the samples: whole numbers there are classes of positions, "
            "for `CrossEntropyLoss`, or labels, which are 0 or 1, for `BCEWithLogitsLoss`; numbers have to be floats"
        )
    if kinds <= set("iu") or axes != {1}:
        return _numbered(splits, getattr(term, "ignore_index", None))
    known = np.unique(np.concatenate([array.astype(str) for array in splits.values()]))
    classes = tuple(known.tolist())
    return {"classes": classes}, {name: np.searchsorted(known, array.astype(str)) for name, array in splits.items()}


def _are(splits: dict[str, Array], values: tuple[int, ...]) -> bool:
    return all(bool(np.isin(array, values).all()) for array in splits.values())


def _whole(splits: dict[str, Array], loss: type[Loss]) -> dict[str, Array]:
    """Floats that are 0 and 1, for a loss that takes no other numbers: a column alone is one class for each sample."""
    found = {name: array.astype(np.int64) if array.dtype.kind == "f" else array for name, array in splits.items()}
    column = all(array.shape[1:] == (1,) for array in found.values())
    return {name: array[:, 0] for name, array in found.items()} if column and "two classes" in loss.takes else found


def _numbered(splits: dict[str, Array], left_out: int | None) -> tuple[dict[str, Any], dict[str, Array]]:
    """Class numbers, one for each sample or position. The classes are those up to the largest; `left_out` is none."""
    shape = splits["train"].shape[1:]
    kept = [array[array != left_out] if shape and left_out is not None else array for array in splits.values()]
    most = max((int(array.max()) for array in kept if array.size), default=0)
    if min((int(array.min()) for array in kept if array.size), default=0) < 0:
        raise _unfit("`y` has class numbers below 0; numbers to predict have to be floats")
    names = tuple(str(number) for number in range(most + 1))
    said = {"classes": names, "target": shape} if shape else {"classes": names}
    return said, {name: array.astype(np.int64) for name, array in splits.items()}


def target_of(said: Mapping[str, Any]) -> Target:
    """What those keys say."""
    kind = InMemory(sample=(1,), **said)
    return kind.facts(Path()).target


def _unfit(reason: str) -> catalog.training.ArraysDoNotFit:
    return catalog.training.ArraysDoNotFit(reason=reason)
