"""The IDX files of EMNIST, whose images have rows and columns exchanged -> upright samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archc.data import idx_sets
from archc.data.columns import turned
from archc.data.whole import Arrays
from archc.recipe.data.named import NamedSet


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """As `idx_sets.read`, upright."""
    images, labels = idx_sets.read(files, kind)
    return Arrays(turned(images), labels)
