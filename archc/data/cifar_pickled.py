"""The files of CIFAR10 and CIFAR100 for Python: a pickled mapping with an array of pixels and a list of class numbers.

Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from archc.data.damage import DamagedError, faults_of
from archc.data.pickled import read_pickled
from archc.data.whole import Arrays
from archc.recipe.data.cifar import CIFAR100, PIXELS
from archc.recipe.data.named import NamedSet

_MOST_BYTES: Final = 2**30
"""Six times what the largest of the files has."""


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """(N, 3, 32, 32) images and (N,) class numbers, those of CIFAR100 the fine ones; see `archc.data.decode`.

    Raises:
        DataCorrupt: a file is not whole, or holds something else.
    """
    (file,) = files
    key = b"fine_labels" if isinstance(kind, CIFAR100) else b"labels"
    with faults_of(file):
        if (size := file.stat().st_size) > _MOST_BYTES:
            raise DamagedError(f"it has {size:,} bytes, more than the {_MOST_BYTES:,} that are allowed")
        found = read_pickled(file.read_bytes())
        if not isinstance(found, dict):
            raise DamagedError("it holds no mapping")
        images, labels = found.get(b"data"), found.get(key)
        if not isinstance(images, np.ndarray) or images.ndim != 2 or images.shape[1] != PIXELS:
            raise DamagedError(f"it has no `data` of N x {PIXELS:,} bytes")
        if not isinstance(labels, list) or not all(type(label) is int and 0 <= label < 256 for label in labels):
            raise DamagedError(f"it has no list of class numbers, `{key.decode()}`")
        if len(images) != len(labels):
            raise DamagedError(f"it has {len(labels):,} labels, and {len(images):,} images")
        # A copy, since what is read may not be written to.
        return Arrays(images.reshape(-1, *kind.sample).copy(), np.array(labels, dtype=np.uint8))
