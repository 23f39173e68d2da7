"""The tables of layers, training terms and faults -> what is generated from them: the JSON Schema and `explain`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from archc.diagnostics.documentation import EXAMPLE, Example, documentation, examples
from archc.layers import LAYERS
from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.data import DATA
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.transforms import TRANSFORMS
from archc.terms.term import Table

__all__ = ["EXAMPLE", "TABLES", "Example", "documentation", "examples"]

TABLES: Final[Mapping[str, Table[Any]]] = {
    "layer": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "scheduler": SCHEDULERS,
    "transform": TRANSFORMS,
    "augmentation": AUGMENTATIONS,
    "data set": DATA,
}
"""Everything that is written as a term, by what one is called."""
