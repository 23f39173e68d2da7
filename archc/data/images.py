"""Image files -> one sample of pixels, in the channels and the size that a network takes."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archc.data.rows import UnusableError
from archc.diagnostics import catalog
from archc.layers import Shape

_MODES: Final = {1: "L", 3: "RGB"}
_MOST_PIXELS: Final = 100_000_000
_DEEP_MODES: Final = ("I", "F")


def read_image(path: Path, shape: Shape) -> tuple[NDArray[Any], str | None]:
    """(1, C, H, W) uint8, and a note where the image was resized.

    Raises:
        UnusableError: it is not an image, is too large, or the network does not take images.
        OSError: it cannot be read.
        MissingExtra: Pillow is not installed.
    """
    if len(shape) != 3 or shape[0] not in _MODES:
        raise UnusableError(f"the network takes {list(shape)}, which is no image of 1 or 3 channels")
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ImportError:
        raise catalog.training.MissingExtra(command="reading an image", package="Pillow") from None
    channels, height, width = shape
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            _check(image.width, image.height, image.mode)
            upright = ImageOps.exif_transpose(image).convert(_MODES[channels])
    except (SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UnusableError(f"it is damaged ({error})") from None
    except UnidentifiedImageError:
        raise UnusableError("it is neither an image nor .csv, .npy or .npz") from None
    note = None
    if upright.size != (width, height):
        note = f"resized from {upright.height} x {upright.width} to {height} x {width} pixels"
        upright = upright.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(upright, dtype=np.uint8).reshape(height, width, channels)
    return pixels.transpose(2, 0, 1)[None], note


def _check(width: int, height: int, mode: str) -> None:
    """Refuse from the header what would take too much memory, or lose its values on conversion."""
    if width * height > _MOST_PIXELS:
        raise UnusableError(f"it has {width * height:,} pixels, more than the {_MOST_PIXELS:,} that are allowed")
    if mode.startswith(_DEEP_MODES):
        raise UnusableError("it has more than 8 bits for each channel")
