"""Samples that a Python program passes, and a spec -> what the spec says instead of its data, and the samples."""

from __future__ import annotations

import json

from archc.data.memory import Given, taken
from archc.data.whole import Whole
from archc.diagnostics.fault import Fault
from archc.errors import RunError
from archc.front import Front
from archc.layers.base import Dtype
from archc.recipe.data import DATA
from archc.recipe.losses import LOSSES, Loss
from archc.recipe.section import flat_term
from archc.recipe.train import Data
from archc.syntax.tree import MappingNode, data_of
from archc.terms.record import declared


def passing(data: Given, front: Front) -> tuple[tuple[str, ...], Whole]:
    """Overrides of a spec that say what was passed, and the samples. What its `train.data` says beside the kind stays.

    Raises:
        RunError: the arrays are no samples with targets.
    """
    try:
        dtype: Dtype = front.spec.input.dtype if front.spec and front.spec.input else "float32"
        kind, whole = taken(data, dtype, _loss(front))
    except Fault as fault:
        raise RunError.of(fault) from None
    flat = flat_term(Data)
    assert flat is not None, "the kind of data is written flat"
    kept = {name: value for name, value in _written(front).items() if name in declared(Data) and name != flat.by}
    own = {name: value for name, value in vars(kind).items() if value != declared(type(kind))[name].default}
    name = next(name for name in DATA if DATA[name] is type(kind))
    return (f"train.data={json.dumps({flat.by: name, **own, **kept})}",), whole


def _loss(front: Front) -> Loss | None:
    """The loss of a spec, which may say nothing of its data yet; None where it is none."""
    if front.spec is not None and front.spec.train is not None:
        return front.spec.train.loss
    written = _train(front).get("loss")
    name, arguments = next(iter(written.items()), (None, {})) if isinstance(written, dict) else (written, {})
    if not isinstance(name, str) or name not in LOSSES:
        return None
    try:
        return LOSSES[name](**arguments) if isinstance(arguments, dict) else LOSSES[name]()
    except (TypeError, ValueError):
        # What is wrong with an argument is said when the spec is read with its data.
        return LOSSES[name]()


def _written(front: Front) -> dict[str, object]:
    """The `train.data` of a spec as it is written; nothing where there is none."""
    data = _train(front).get("data")
    return data if isinstance(data, dict) else {}


def _train(front: Front) -> dict[str, object]:
    """The `train` of a spec as it is written; nothing where there is none."""
    train = front.tree.get("train") if isinstance(front.tree, MappingNode) else None
    found = data_of(train.value) if train else None
    return found if isinstance(found, dict) else {}
