"""Image files -> one sample of pixels, in the channels and the size that a network takes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from archc.diagnostics import catalog
from archc.layers import Shape
from archc.recipe.data.array_headers import UnusableError
from archc.recipe.data.base import Background

if TYPE_CHECKING:
    from PIL import Image

FORMATS: Final = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""What Pillow may open, by what a file holds: others, as EPS, make it start programs (Ghostscript) with the file."""

MODES: Final = {1: "L", 3: "RGB"}
MOST_PIXELS: Final = 100_000_000
_DEEP_MODES: Final = ("I", "F")
ALPHA_MODES: Final = ("LA", "La", "PA", "RGBA", "RGBa")
_LIGHT: Final = 128


def read_image(path: Path, shape: Shape, background: Background | None = None) -> tuple[NDArray[Any], str | None]:
    """(1, C, H, W) uint8, and a note of what was changed, or of what is not as in the data set.

    `background` is that of the samples that the network was trained on.

    Raises:
        UnusableError: it is not an image, is too large, or the network does not take images.
        OSError: it cannot be read.
        MissingExtra: Pillow is not installed.
    """
    if len(shape) != 3 or shape[0] not in MODES:
        raise UnusableError(f"the network takes {list(shape)}, which is no image of 1 or 3 channels")
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise catalog.training.MissingExtra(command="reading an image", package="Pillow") from None
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as image:
            _check(image.width, image.height, image.mode)
            return _sample(image, shape, background)
    except (SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise UnusableError(f"it is damaged ({error})") from None
    except UnidentifiedImageError:
        known = ", ".join(FORMATS)
        raise UnusableError(f"it is neither an image nor .csv, .npy or .npz; images are {known}") from None


def _check(width: int, height: int, mode: str) -> None:
    """Refuse from the header what would take too much memory, or lose its values on conversion."""
    if width * height > MOST_PIXELS:
        raise UnusableError(f"it has {width * height:,} pixels, more than the {MOST_PIXELS:,} that are allowed")
    if mode.startswith(_DEEP_MODES):
        raise UnusableError("it has more than 8 bits for each channel")


def _sample(image: Image.Image, shape: Shape, background: Background | None) -> tuple[NDArray[Any], str | None]:
    from PIL import Image, ImageOps

    channels, height, width = shape
    notes = list(_notes_of_file(image))
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ALPHA_MODES or "transparency" in upright.info:
        upright, note = without_alpha(upright.convert("RGBA"))
        notes += [note] if note else []
    upright = upright.convert(MODES[channels])
    if upright.size != (width, height):
        stretched = upright.width * height != upright.height * width
        notes.append(
            f"resized from {upright.height} x {upright.width} to {height} x {width} pixels"
            + (", which stretches it" if stretched else "")
        )
        upright = upright.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(upright, dtype=np.uint8).reshape(height, width, channels)
    if background == "dark" and _border(pixels) >= _LIGHT:
        notes.append("its background is light, and that of the samples of the data set is dark: invert it")
    return pixels.transpose(2, 0, 1)[None], "; ".join(notes) or None


def _notes_of_file(image: Image.Image) -> Iterator[str]:
    """What of a file does not become pixels; asked before they are decoded."""
    if getattr(image, "n_frames", 1) > 1:
        yield "it holds several images, of which the first was taken"
    # Pillow hands on the upper 8 bits of colours of 16 bits, and says so in how it decodes them alone.
    if any(";16" in str(tile[3]) for tile in getattr(image, "tile", ())):
        yield "its channels of 16 bits were read as 8 bits"


def without_alpha(rgba: Image.Image) -> tuple[Image.Image, str | None]:
    """The image on the plain ground that its own colours show on best: black for light ones, white for dark ones.

    What is transparent has a colour all the same, often that of the ink, so that leaving alpha out loses the picture.
    """
    from PIL import Image

    pixels = np.asarray(rgba, dtype=np.float64)
    alpha = pixels[:, :, 3]
    if alpha.min() == 255:
        return rgba, None
    grey = np.asarray(rgba.convert("L"), dtype=np.float64)
    is_light = (grey * alpha).sum() >= _LIGHT * alpha.sum()
    colour = "black" if is_light else "white"
    ground = Image.new("RGBA", rgba.size, colour)
    return Image.alpha_composite(ground, rgba), f"what is transparent became {colour}"


def _border(pixels_hwc: NDArray[np.uint8]) -> float:
    """The median of the outermost pixels, which stands for the background."""
    edges = (pixels_hwc[0], pixels_hwc[-1], pixels_hwc[:, 0], pixels_hwc[:, -1])
    return float(np.median(np.concatenate([edge.reshape(-1) for edge in edges])))
