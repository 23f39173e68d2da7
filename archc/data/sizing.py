"""Images and arrays of pixels -> the same through the transforms of a spec that change sizes, as torchvision has them.

Pillow does it, whose result is the same on every machine; torchvision's is that of Pillow where it is given its images.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from archc.data import cache
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.machine.cores import threads
from archc.recipe.augmentations.base import pair
from archc.recipe.transforms import Sizing
from archc.recipe.transforms.sizes import CenterCrop, Grayscale, Interpolation, Pad, Resize

if TYPE_CHECKING:
    from PIL import Image

_CHUNK: Final = 256
"""Samples that a thread does at once."""

_RESAMPLING: Final[dict[Interpolation, str]] = {
    "nearest": "NEAREST",
    "nearest-exact": "NEAREST",
    "bilinear": "BILINEAR",
    "bicubic": "BICUBIC",
    "box": "BOX",
    "hamming": "HAMMING",
    "lanczos": "LANCZOS",
}
"""Pillow's names. Its NEAREST takes the pixel in the middle of those that it stands for."""


def describe(transforms: Sequence[Sizing]) -> list[Any]:
    """What decides what they make of an image, as JSON has it."""
    import PIL

    return [PIL.__version__, *([type(term).__name__, vars(term)] for term in transforms)] if transforms else []


def sized(image: Image.Image, transforms: Sequence[Sizing]) -> Image.Image:
    """An image through transforms, in their order. Its mode is `L` or `RGB`."""
    for term in transforms:
        image = _ONE[type(term).__name__](image, term)
    return image


def stretched(image: Image.Image, size: tuple[int, int], interpolation: Interpolation = "bilinear") -> Image.Image:
    """An image of this height and width."""
    from PIL import Image

    height, width = size
    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling[_RESAMPLING[interpolation]])


def _resize(image: Image.Image, term: Resize) -> Image.Image:
    return stretched(image, term.of(image.height, image.width), term.interpolation)


def _crop(image: Image.Image, term: CenterCrop) -> Image.Image:
    """Source: torchvision.transforms.functional, `center_crop`: pads first, less of it at the left and at the top."""
    height, width = pair(term.size)
    missing_x, missing_y = max(0, width - image.width), max(0, height - image.height)
    left = round((image.width + missing_x - width) / 2) - missing_x // 2
    top = round((image.height + missing_y - height) / 2) - missing_y // 2
    # Pillow fills what is beyond the image with black.
    return image.crop((left, top, left + width, top + height))


def _pad(image: Image.Image, term: Pad) -> Image.Image:
    from PIL import Image

    left, top, right, bottom = term.sides()
    pixels = np.asarray(image)
    around = ((top, bottom), (left, right), (0, 0))[: pixels.ndim]
    if term.padding_mode != "constant":
        return Image.fromarray(np.pad(pixels, around, mode=term.padding_mode))
    height, width = pixels.shape[:2]
    ground = np.empty((height + top + bottom, width + left + right, *pixels.shape[2:]), pixels.dtype)
    ground[:] = np.asarray(term.fill if pixels.ndim == 3 or not isinstance(term.fill, tuple) else term.fill[0])
    ground[top : top + height, left : left + width] = pixels
    return Image.fromarray(ground)


def _grayscale(image: Image.Image, term: Grayscale) -> Image.Image:
    grey = image.convert("L")
    return grey.convert("RGB") if term.num_output_channels == 3 else grey


_ONE: Final[dict[str, Any]] = {"Resize": _resize, "CenterCrop": _crop, "Pad": _pad, "Grayscale": _grayscale}


def whole(read: Whole, transforms: Sequence[Sizing]) -> Whole:
    """Data as it was read, through transforms, which are done once and kept in the cache."""

    def decode() -> Whole:
        splits = {
            name: Arrays(arrays(split.inputs, transforms), split.targets) for name, split in read.splits().items()
        }
        digest = digest_of(*(array for split in splits.values() for array in split))
        return Whole(splits["train"], splits.get("test"), digest, splits.get("validation"), read.info)

    if not transforms:
        return read
    return cache.load(["sized", read.digest, describe(transforms)], [], decode)._replace(facts=read.facts)


def arrays(images_nchw: Array, transforms: Sequence[Sizing]) -> Array:
    """(N, C, H, W) pixels through transforms, as uint8: what is no whole number is rounded, as images have no other."""
    if not transforms or not len(images_nchw):
        return images_nchw

    def part(start: int) -> Array:
        return np.stack([_array(image, transforms) for image in images_nchw[start : start + _CHUNK]])

    with ThreadPoolExecutor(threads()) as pool:
        return np.concatenate(list(pool.map(part, range(0, len(images_nchw), _CHUNK))))


def _array(image_chw: Array, transforms: Sequence[Sizing]) -> Array:
    """One sample. Channels that make no color go their way alone."""
    from PIL import Image

    if image_chw.dtype != np.uint8:
        image_chw = np.rint(image_chw).astype(np.uint8)
    parts = [image_chw.transpose(1, 2, 0)] if len(image_chw) == 3 else list(image_chw)
    return np.concatenate([pixels(sized(Image.fromarray(np.ascontiguousarray(part)), transforms)) for part in parts])


def pixels(image: Image.Image) -> Array:
    """(C, H, W) of an image."""
    found = np.asarray(image)
    return found[None] if found.ndim == 2 else found.transpose(2, 0, 1)
