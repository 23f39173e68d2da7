"""The binary files of STL10: pixels, column by column, and labels of a byte.

Source of the format: https://cs.stanford.edu/~acoates/stl10/
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from pathlib import Path

from archc.data.columns import turned
from archc.data.records import read_records
from archc.data.whole import Arrays
from archc.recipe.data.named import NamedSet


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """(N, 3, 96, 96) images and (N,) class numbers, from 1; see `archc.data.decode`.

    Raises:
        DataCorrupt: a file is not whole.
    """
    images_file, labels_file = files
    images = read_records(images_file, prod(kind.sample), "an image").reshape(-1, *kind.sample)
    return Arrays(turned(images), read_records(labels_file, 1, "a label").reshape(-1))
