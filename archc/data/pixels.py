"""Files for prediction -> samples as arrays of pixels from 0 to 255: an image gives one, a file of rows any number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from archc.data import images, rows
from archc.diagnostics import catalog
from archc.layers import Shape
from archc.recipe.data.array_headers import UnusableError
from archc.recipe.data.base import Background


class Samples(NamedTuple):
    """The samples of a file: (N, *shape), pixels from 0 to 255 in any number type. `note` says what was changed."""

    pixels: NDArray[Any]
    note: str | None = None


ARRAY: Final = "<array>"
"""What samples of a Python program are called, which are in no file."""

READERS: Final[Mapping[str, Callable[[Path, Shape], tuple[NDArray[Any], str | None]]]] = {
    ".csv": rows.read_csv,
    ".npy": rows.read_npy,
    ".npz": rows.read_npz,
    ".safetensors": rows.read_safetensors,
}
"""How a file of rows is read, by its ending; everything else is an image."""


def read(path: Path, shape: Shape, background: Background | None = None, *, numbers: bool = False) -> Samples:
    """The samples of a file for an input of this shape. `background` is that of the data set's images.

    `numbers`: values are no pixels, and stay as they are; no image has them.

    Raises:
        SampleDoesNotFit: it cannot be read, is no such file, or does not hold samples of this shape.
        MissingExtra: it is an image, and Pillow is not installed.
    """
    reader = READERS.get(path.suffix.lower())
    try:
        if reader is None and numbers:
            raise UnusableError(f"the network takes numbers, which are in {', '.join(READERS)}")
        if reader is None:
            return Samples(*images.read_image(path, shape, background))
        return _samples(*reader(path, shape), numbers=numbers)
    except UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=str(error)) from None
    except OSError as error:
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=error.strerror or str(error)) from None
    except ValueError as error:  # a NUL in the path
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=str(error)) from None


def taken(array: NDArray[Any], shape: Shape, *, numbers: bool = False) -> Samples:
    """The samples of an array, as `read` has them of a file.

    Raises:
        SampleDoesNotFit: it does not hold samples of this shape.
    """
    try:
        if array.dtype.kind not in "buif":
            raise UnusableError(f"its elements are {array.dtype}, not numbers")
        return _samples(*rows.samples_of(array, shape), numbers=numbers)
    except UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=ARRAY, reason=str(error)) from None


def _samples(values: NDArray[Any], note: str | None, *, numbers: bool) -> Samples:
    """Values that are pixels, or stay as they are; with what was done to them."""
    scaled = None
    if not numbers:
        values, scaled = _as_pixels(values)
    return Samples(values, "; ".join(text for text in (note, scaled) if text) or None)


def _as_pixels(values: NDArray[Any]) -> tuple[NDArray[Any], str | None]:
    """Values as pixels from 0 to 255, and a note where they came as shares from 0 to 1.

    No picture has pixels of 0 and 1 of 255 alone, so that a file of such values was scaled, or says black and white.
    """
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255), "false and true were taken for 0 and 255"
    low, high = values.min(), values.max()
    # Written so that it is true of what is not a number.
    if not (low >= 0 and high <= 255):
        raise UnusableError(f"its values are not pixels from 0 to 255: they go from {low:g} to {high:g}")
    if 0 < high <= 1:
        note = "all values lie between 0 and 1, and pixels from 0 to 255 are expected: they were multiplied by 255"
        return values.astype(np.float32) * 255, note
    return values, None
