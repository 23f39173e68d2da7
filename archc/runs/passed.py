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
        kind, whole = taken(data, dtype)
    except Fault as fault:
        raise RunError.of(fault) from None
    flat = flat_term(Data)
    assert flat is not None, "the kind of data is written flat"
    kept = {name: value for name, value in _written(front).items() if name in declared(Data) and name != flat.by}
    own = {name: value for name, value in vars(kind).items() if value != declared(type(kind))[name].default}
    name = next(name for name in DATA if DATA[name] is type(kind))
    return (f"train.data={json.dumps({flat.by: name, **own, **kept})}",), whole


def _written(front: Front) -> dict[str, object]:
    """The `train.data` of a spec as it is written; nothing where there is none."""
    train = front.tree.get("train") if isinstance(front.tree, MappingNode) else None
    found = data_of(train.value) if train else None
    data = found.get("data") if isinstance(found, dict) else None
    return data if isinstance(data, dict) else {}
