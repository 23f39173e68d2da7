"""Image files -> arrays of pixels of one size, read in threads. What cannot be read is told at once, all of it."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

import numpy as np

from archc.data import sizing
from archc.data.images import ALPHA_MODES, FORMATS, MOST_PIXELS, without_alpha
from archc.data.request import Progress, unwatched
from archc.data.whole import Array
from archc.diagnostics import catalog
from archc.machine.cores import threads
from archc.recipe.data.array_headers import UnusableError
from archc.recipe.transforms import Sizing
from archc.recipe.transforms.sizes import Resize

if TYPE_CHECKING:
    from PIL import Image

_CHUNK: Final = 16
"""Files that a thread reads before it asks for others."""
PROGRESS_SECONDS: Final = 0.1
MOST_NAMED: Final = 20
"""Of the files that cannot be read, so many are named."""
_TURNED: Final = (5, 6, 7, 8)
_ORIENTATION: Final = 0x0112

Reader = Callable[[Path, Sequence[Sizing]], Array]
"""A file and transforms -> (C, H, W) uint8, or UnusableError."""


def read(
    folder: Path,
    names: Sequence[str],
    transforms: Sequence[Sizing],
    progress: Progress = unwatched,
    *,
    one: Reader | None = None,
    dtype: type[np.generic] = np.uint8,
) -> Array:
    """(N, C, H, W), uint8: the images of these names in a folder, in their order, through the transforms.

    `one` reads a file that is something else than a photograph, as numbers of `dtype`.

    Raises:
        FilesUnreadable: some are damaged, or no images.
        ImagesDiffer: they have several sizes.
        MissingExtra: Pillow is not installed.
    """
    with _pillow():
        reading = _Reading(folder, names, transforms, one or pixels, dtype)
        done, told = 0, 0.0
        with ThreadPoolExecutor(threads()) as pool:
            for count in pool.map(reading.part, range(0, len(names), _CHUNK)):
                done += count
                if monotonic() >= told + PROGRESS_SECONDS:
                    progress(done, len(names))
                    told = monotonic()
    reading.check()
    return reading.found


class _Reading:
    """Files that become rows of one array, by any number of threads."""

    def __init__(
        self, folder: Path, names: Sequence[str], transforms: Sequence[Sizing], one: Reader, dtype: type[np.generic]
    ) -> None:
        self._folder = folder
        self._names = names
        self._transforms = transforms
        self._one = one
        self._failed: dict[int, str] = {}
        self._others: dict[int, tuple[int, ...]] = {}
        self._shape = next(self._shapes(), ())
        self.found = np.empty((len(names), *self._shape), dtype)

    def _shapes(self) -> Iterator[tuple[int, ...]]:
        """Those of the images that can be read."""
        for name in self._names:
            with suppress(UnusableError):
                yield self._one(self._folder / name, self._transforms).shape

    def part(self, start: int) -> int:
        """Read some files. Returns how many."""
        end = min(start + _CHUNK, len(self._names))
        for number in range(start, end):
            try:
                image = self._one(self._folder / self._names[number], self._transforms)
            except UnusableError as error:
                self._failed[number] = str(error)
                continue
            if image.shape == self._shape:
                self.found[number] = image
            else:
                self._others[number] = image.shape
        return end - start

    def check(self) -> None:
        """Raise the fault of all files that do not fit."""
        if self._failed:
            worst = sorted(self._failed)[:MOST_NAMED]
            reasons = tuple(f"`{self._names[number]}`: {self._failed[number]}" for number in worst)
            raise catalog.images.FilesUnreadable(folder=str(self._folder), count=len(self._failed), reasons=reasons)
        if self._others:
            other = min(self._others)
            same = next(number for number in range(len(self._names)) if number not in self._others)
            raise catalog.images.ImagesDiffer(
                field="transform",
                dataset=self._folder.name,
                files=(self._names[same], self._names[other]),
                shapes=(self._shape, self._others[other]),
            )


def pixels(path: Path, transforms: Sequence[Sizing], channels: int = 3) -> Array:
    """(C, H, W) uint8: a file's image, upright, in color or in grey, through the transforms.

    Raises:
        UnusableError: it is no image, is damaged, or is too large.
    """
    with opened(path) as image:
        return sizing.pixels(_sized(image, transforms, channels))


def sample(path: Path, transforms: Sequence[Sizing], channels: int = 3) -> Array:
    """(C, H, W) uint8: an image to predict, as `pixels` reads those to train on.

    Raises:
        SampleDoesNotFit: it cannot be used.
        MissingExtra: Pillow is not installed.
    """
    try:
        with _pillow():
            return pixels(path, transforms, channels)
    except UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=str(path), reason=str(error)) from None


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """A file as Pillow opens it, by what it holds; nothing of it is decoded yet.

    Raises:
        UnusableError: it is no image, is too large, or turns out to be damaged inside.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UnusableError(f"it has {image.width * image.height:,} pixels, and {MOST_PIXELS:,} are allowed")
            yield image
    except UnidentifiedImageError:
        raise UnusableError("it is no image") from None
    except OSError as error:
        raise UnusableError(error.strerror.lower() if error.strerror else f"it is damaged ({error})") from None
    except (SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise UnusableError(f"it is damaged ({error})") from None
    except Image.DecompressionBombError as error:
        raise UnusableError(str(error)) from None


def _sized(image: Image.Image, transforms: Sequence[Sizing], channels: int) -> Image.Image:
    """Read no finer than it is needed: a JPEG has scales of its own, down to an eighth."""
    is_turned = _is_turned(image)
    first = transforms[0] if transforms else None
    if not isinstance(first, Resize):
        return sizing.sized(plain(upright(image), channels), transforms)
    width, height = image.size
    # Of the image as it is, as a scale of its own rounds both edges.
    size = first.of(width, height) if is_turned else first.of(height, width)
    image.draft(None, (size[0], size[1]) if is_turned else (size[1], size[0]))
    found = plain(upright(image), channels)
    return sizing.sized(sizing.stretched(found, size, first.interpolation), transforms[1:])


def upright(image: Image.Image) -> Image.Image:
    """An image as it is to be looked at, by its EXIF."""
    from PIL import ImageOps

    # It copies what stands upright already.
    return ImageOps.exif_transpose(image) if image.getexif().get(_ORIENTATION, 1) != 1 else image


def size(image: Image.Image) -> tuple[int, int]:
    """Height and width of an image that is upright."""
    return image.size if _is_turned(image) else (image.height, image.width)


def _is_turned(image: Image.Image) -> bool:
    return image.getexif().get(_ORIENTATION) in _TURNED


def plain(image: Image.Image, channels: int) -> Image.Image:
    """An image of any mode as bytes of color, or of grey.

    Raises:
        UnusableError: its values are real numbers, or whole ones beyond 16 bits: nothing says which of them is white.
    """
    from PIL import Image

    if image.mode == "F":
        raise UnusableError("its values are real numbers, of which none says what is white")
    if image.mode.startswith("I"):
        values = np.asarray(image)
        if values.size and not (values.min() >= 0 and values.max() < 2**16):
            raise UnusableError("its values are whole numbers of more than 16 bits")
        image = Image.fromarray((values >> 8).astype(np.uint8))
    elif image.mode in ALPHA_MODES or "transparency" in image.info:
        image, _ = without_alpha(image.convert("RGBA"))
    wanted = "RGB" if channels == 3 else "L"
    return image if image.mode == wanted else image.convert(wanted)


@contextmanager
def _pillow() -> Iterator[None]:
    """Pillow, loaded and without its warnings, whose switch is not one for each thread."""
    try:
        from PIL import Image
    except ImportError:
        raise catalog.training.MissingExtra(command="reading images", package="Pillow") from None
    Image.init()
    with warnings.catch_warnings(action="ignore"):
        yield
