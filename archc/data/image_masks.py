"""A folder of images and masks -> samples with a class number for each pixel; read once, and kept in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from archc.data import cache, image_folder, photographs, sizing
from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.recipe.data.array_headers import UnusableError
from archc.recipe.data.base import Positions
from archc.recipe.data.image_masks import ImageMasks
from archc.recipe.data.masks import Colour, Pair
from archc.recipe.train import Train
from archc.recipe.transforms import Sizing
from archc.recipe.transforms.sizes import CenterCrop, Grayscale, Pad, Resize

if TYPE_CHECKING:
    from PIL import Image

_BEYOND: Final = -1
"""Where a mask has no pixel of its own, while it is read."""
_MOST_CLASSES: Final = 2**15


def read(request: Request) -> Whole:
    """(N, C, H, W) uint8 images and (N, H, W) class numbers; see `archc.data.kinds.read`."""
    train, data = request.train, request.train.data
    kind = data.kind
    assert isinstance(kind, ImageMasks)
    root, listing = kind.folder(request.folder), kind.pairs(request.folder)
    left_out = ignored(train)

    pairs = [pair for found in listing.splits.values() for pair in found]

    def decode() -> Whole:
        images = photographs.read(root, [pair.image for pair in pairs], data.sizing, request.progress)
        masks = photographs.read(
            root, [pair.mask for pair in pairs], data.sizing, one=_Masks(root, pairs, kind, left_out), dtype=np.int16
        )
        numbers = np.where(masks[:, 0] == _BEYOND, left_out, masks[:, 0])
        classes = int(numbers[numbers != left_out].max(initial=0)) + 1
        # One byte each, where that does.
        is_small = numbers.min() >= 0 and numbers.max() < 2**8
        whole = _divided(images, numbers.astype(np.uint8 if is_small else np.int16), listing.splits)
        return whole._replace(info={"classes": classes})

    classes = list(kind.classes.items()) if isinstance(kind.classes, Mapping) else kind.classes
    splits = {split: list(found) for split, found in listing.splits.items()}
    known = ["ImageMasks", splits, classes, left_out, sizing.describe(data.sizing)]
    whole = cache.load(known, [root / name for pair in pairs for name in pair], decode)
    names = kind.names or tuple(map(str, range(whole.info["classes"])))
    sample = whole.train.inputs.shape[1:]
    facts = kind.told(request.folder, listing)._replace(sample=sample, target=Positions(names, sample[1:]))
    return whole._replace(facts=facts)


def ignored(train: Train) -> int:
    """The class number that the loss leaves out."""
    return int(getattr(train.loss, "ignore_index", -100))


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """An image, prepared as those of the folder; see `archc.data.kinds.samples`."""
    return image_folder.samples(request, fitted, file)


def _divided(images: Array, numbers: Array, splits: Mapping[str, tuple[Pair, ...]]) -> Whole:
    found, start = {}, 0
    for split, pairs in splits.items():
        end = start + len(pairs)
        found[split] = Arrays(images[start:end], numbers[start:end])
        start = end
    digest = digest_of(*(array for split in found.values() for array in split))
    return Whole(found["train"], found.get("test"), digest, found.get("validation"))


class _Masks:
    """Reads masks: (1, H, W) int16 class numbers, `_BEYOND` where transforms add pixels."""

    def __init__(self, root: Path, pairs: Sequence[Pair], kind: ImageMasks, left_out: int) -> None:
        self._images = {root / pair.mask: root / pair.image for pair in pairs}
        self._colours = kind.colours
        self._classes = len(kind.names)
        self._left_out = left_out

    def __call__(self, path: Path, transforms: Sequence[Sizing]) -> Array:
        """Read one.

        Raises:
            UnusableError: it is no mask of these classes, or of another size than its image.
        """
        with photographs.opened(self._images[path]) as image:
            wanted = photographs.size(image)
        with photographs.opened(path) as mask:
            if (found := photographs.size(mask)) != wanted:
                raise UnusableError(f"it is {found[0]} x {found[1]}, and its image is {wanted[0]} x {wanted[1]}")
            numbers = self._numbers(photographs.upright(mask))
        return sized(numbers, transforms)[None].astype(np.int16)

    def _numbers(self, mask: Image.Image) -> Array:
        """(H, W) int32."""
        if self._colours is not None:
            return _by_colour(mask, self._colours)
        if mask.mode not in ("1", "L", "P") and not mask.mode.startswith("I"):
            raise UnusableError("it has colors; `classes` can say them, as in `classes: {road: [128, 64, 128]}`")
        numbers = np.asarray(mask).astype(np.int32)
        most = self._classes or _MOST_CLASSES
        wrong = ((numbers < 0) | (numbers >= most)) & (numbers != self._left_out)
        if wrong.any():
            raise UnusableError(f"it has the class number {numbers[wrong][0]}, and there are 0 to {most - 1}")
        return numbers


def _by_colour(mask: Image.Image, colours: Mapping[str, Colour]) -> Array:
    parts = np.asarray(mask.convert("RGB")).astype(np.int32)
    codes = (parts[..., 0] << 16) + (parts[..., 1] << 8) + parts[..., 2]
    numbers = np.full(codes.shape, _BEYOND, np.int32)
    for number, (red, green, blue) in enumerate(colours.values()):
        numbers[codes == (red << 16) + (green << 8) + blue] = number
    if (numbers == _BEYOND).any():
        row, column = np.argwhere(numbers == _BEYOND)[0]
        colour = parts[row, column].tolist()
        raise UnusableError(f"the pixel in row {row} and column {column} is {colour}, which is the color of no class")
    return numbers


def sized(numbers_hw: Array, transforms: Sequence[Sizing]) -> Array:
    """Class numbers through the transforms of their image: each is one of those that were there, or `_BEYOND`."""
    from PIL import Image

    # Pillow fills with 0.
    mask = Image.fromarray(numbers_hw.astype(np.int32) - _BEYOND)
    for term in transforms:
        match term:
            case Resize():
                mask = sizing.stretched(mask, term.of(mask.height, mask.width), "nearest")
            case CenterCrop():
                mask = sizing.sized(mask, [term])
            case Pad():
                mask = sizing.sized(mask, [term.replace(fill=0)])
            case _:
                assert isinstance(term, Grayscale), "masks are moved as their images are"
    return np.asarray(mask) + _BEYOND
