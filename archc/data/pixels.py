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


class Samples(NamedTuple):
    """The samples of a file: (N, *shape), pixels from 0 to 255 in any number type. `note` says what was changed."""

    pixels: NDArray[Any]
    note: str | None = None


READERS: Final[Mapping[str, Callable[[Path, Shape], NDArray[Any]]]] = {
    ".csv": rows.read_csv,
    ".npy": rows.read_npy,
    ".npz": rows.read_npz,
}
"""How a file of rows is read, by its ending; everything else is an image."""


def read(path: Path, shape: Shape) -> Samples:
    """The samples of a file for an input of this shape.

    Raises:
        SampleDoesNotFit: it cannot be read, is no such file, or does not hold samples of this shape.
        MissingExtra: it is an image, and Pillow is not installed.
    """
    reader = READERS.get(path.suffix.lower())
    try:
        if reader is None:
            return Samples(*images.read_image(path, shape))
        pixels = reader(path, shape)
    except rows.UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=str(error)) from None
    except OSError as error:
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=error.strerror or str(error)) from None
    except ValueError as error:  # a NUL in the path
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=str(error)) from None
    return Samples(pixels, _check_range(path, pixels))


def _check_range(path: Path, pixels: NDArray[Any]) -> str | None:
    """A note where the pixels look as if they were scaled already."""
    if pixels.dtype == np.uint8:
        return None
    if not np.isfinite(pixels).all() or pixels.min() < 0 or pixels.max() > 255:
        raise catalog.training.SampleDoesNotFit(file=str(path), reason="its values are not pixels from 0 to 255")
    if 0 < pixels.max() <= 1:
        return "all values lie between 0 and 1; pixels from 0 to 255 are expected"
    return None
