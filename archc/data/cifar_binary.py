"""The binary files of CIFAR10 and CIFAR100: labels of a byte and the pixels of an image, again and again.

Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from archc.data.records import read_records
from archc.data.whole import Arrays
from archc.recipe.data.cifar import CIFAR100, PIXELS
from archc.recipe.data.named import NamedSet


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """(N, 3, 32, 32) images and (N,) class numbers, those of CIFAR100 the fine ones; see `archc.data.decode`.

    Raises:
        DataCorrupt: a file is not whole.
    """
    (file,) = files
    labels = 2 if isinstance(kind, CIFAR100) else 1
    records = read_records(file, labels + PIXELS, "an image and its labels")
    return Arrays(np.ascontiguousarray(records[:, labels:]).reshape(-1, *kind.sample), records[:, labels - 1])
