"""The tables of layers, training terms and faults -> what is generated from them: the JSON Schema and `explain`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from archc.diagnostics.fault import Fault
from archc.layers import LAYERS
from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.transforms import TRANSFORMS
from archc.term import Table

TABLES: Final[Mapping[str, Table[Any]]] = {
    "layer": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "scheduler": SCHEDULERS,
    "transform": TRANSFORMS,
    "augmentation": AUGMENTATIONS,
}
"""Everything that is written as a term, by what one is called."""

EXAMPLE = re.compile(r"```yaml (?P<kind>bad|good)\n(?P<text>.*?)```", re.DOTALL)


class Example(NamedTuple):
    """A spec in a fault's documentation. A bad one marks the faulty line with `# error: slug` or `# warning: slug`."""

    good: bool
    text: str


def documentation(cls: type) -> str:
    """The docstring of a class, without its indentation."""
    return inspect.cleandoc(cls.__doc__ or "")


def examples(fault: type[Fault]) -> list[Example]:
    """The specs in a fault's documentation."""
    found = EXAMPLE.finditer(documentation(fault))
    return [Example(match["kind"] == "good", match["text"]) for match in found]
