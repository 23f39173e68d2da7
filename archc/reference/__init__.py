"""The tables of layers, training terms and faults -> what is generated from them: the JSON Schema and `explain`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archc.diagnostics.documentation import EXAMPLE, Example, documentation, examples
from archc.layers import LAYERS
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.transforms import TRANSFORMS
from archc.term import Term

__all__ = ["EXAMPLE", "TABLES", "Example", "documentation", "examples"]

TABLES: Final[Mapping[str, Mapping[str, type[Term]]]] = {
    "layer": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "transform": TRANSFORMS,
}
"""Everything that is written as a term, by what one is called."""
