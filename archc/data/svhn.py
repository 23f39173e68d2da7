"""The files of SVHN: `X`, 32 x 32 x 3 x N pixels, and `y`, N class numbers, as MATLAB has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from archc.data.columns import turned
from archc.data.damage import DamagedError, faults_of
from archc.data.matlab import read_matlab
from archc.data.whole import Arrays
from archc.recipe.data.named import NamedSet


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """(N, 3, 32, 32) images and (N,) class numbers, where 0, which the files call 10, is 0; see `archc.data.decode`.

    Raises:
        DataCorrupt: the file is damaged, or does not hold the two arrays.
    """
    (file,) = files
    found = read_matlab(file, ("X", "y"))
    with faults_of(file):
        missing = [name for name in ("X", "y") if name not in found]
        if missing:
            raise DamagedError(f"it has no variable `{missing[0]}`")
        images, numbers = found["X"], found["y"].reshape(-1)
        if images.dtype != np.uint8 or images.shape[1:] != kind.sample:
            sizes = " x ".join(map(str, images.shape[::-1]))
            raise DamagedError(f"`X` is {sizes} of {images.dtype}, not 32 x 32 x 3 x N of uint8")
        if not ((numbers >= 0) & (numbers <= 10) & (numbers == np.floor(numbers))).all():
            raise DamagedError("`y` has a number that is no class from 1 to 10")
        labels = numbers.astype("i4")
        labels[labels == 10] = 0
        return Arrays(turned(images), labels)
