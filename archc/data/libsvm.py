"""Lines of a class and the pixels of an image, `label index:value ...`, packed by bzip2 -> the samples of a split.

Source of the format: https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/
"""

from __future__ import annotations

import bz2
from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Final

import numpy as np

from archc.data.damage import DamagedError, faults_of
from archc.data.whole import Array, Arrays
from archc.recipe.data.named import NamedSet

_LONGEST_LINE: Final = 2**16
MOST_LINES: Final = 2**20
"""A line may be packed into next to nothing, and is an image here."""


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """(N, *sample) images and (N,) class numbers, from 1; see `archc.data.decode`.

    Values from -1 to 1 become pixels from 0 to 255 as torchvision makes them, without rounding. A value that is left
    out is 0, as in every file of this format.

    Raises:
        DataCorrupt: the file is damaged, or a line is no such line.
    """
    (file,) = files
    pixels = bytearray()
    labels: list[int] = []
    size = prod(kind.sample)
    with faults_of(file), bz2.open(file) as stream:
        while line := stream.readline(_LONGEST_LINE):
            try:
                label, values = _line(line, size)
            except (ValueError, OverflowError):
                reason = f"line {len(labels) + 1:,} is no class with up to {size:,} values from -1 to 1"
                raise DamagedError(reason) from None
            labels.append(label)
            pixels += ((values + 1) / 2 * 255).astype(np.uint8).tobytes()
            if len(labels) > MOST_LINES:
                raise DamagedError(f"it has more than the {MOST_LINES:,} lines that are allowed")
        if not labels:
            raise DamagedError("it holds no images")
    images = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, *kind.sample)
    return Arrays(images, np.array(labels, dtype="i8"))


def _line(line: bytes, size: int) -> tuple[int, Array]:
    """The class of a line, and its values, float32.

    Raises:
        ValueError, OverflowError: it is no such line.
    """
    first, *rest = line.split()
    label = int(first)
    pairs = [cell.split(b":") for cell in rest]
    indices = np.array([int(index) for index, _ in pairs], dtype="i8")
    numbers = np.array([float(value) for _, value in pairs], dtype="f8")
    # Written so that it is true of what is not a number.
    within = (indices >= 1) & (indices <= size) & (np.abs(numbers) <= 1)
    if not line.endswith(b"\n") or not within.all() or len(set(indices.tolist())) < len(pairs) or abs(label) > 255:
        raise ValueError
    values = np.zeros(size, dtype=np.float32)
    values[indices - 1] = numbers
    return label, values
