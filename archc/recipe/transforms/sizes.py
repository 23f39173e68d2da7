"""Transforms that change how many pixels an image has, or its channels. They do the same to each."""

from typing import Annotated, Literal, TypeAlias

from archc.diagnostics import catalog
from archc.recipe.augmentations.base import PADDING, Fill, OutputSize, Padding, PaddingMode, pair, sides
from archc.recipe.transforms.base import Partial, Sizing
from archc.terms.record import Doc, nullable
from archc.terms.values import choice, integer

_SIZE = integer("an int of at least 1", 1)

Interpolation: TypeAlias = Literal["nearest", "nearest-exact", "bilinear", "bicubic", "box", "hamming", "lanczos"]
_INTERPOLATION = choice("nearest", "nearest-exact", "bilinear", "bicubic", "box", "hamming", "lanczos")


class Resize(Sizing):
    """Stretch the image to a size: one number is that of its smaller edge, and its shape stays.

    Pixels are those that torchvision makes of an image of Pillow, bit for bit; where an image becomes smaller, each
    pixel is made of all that it covers. A JPEG is read at the smallest of its own scales that is no smaller than that.
    """

    principal = "size"
    accepts = {"antialias": True}

    size: OutputSize
    interpolation: Annotated[Interpolation, _INTERPOLATION, Doc("How a pixel between pixels is found.")] = "bilinear"
    max_size: Annotated[
        int | None, nullable(_SIZE), Doc("The most that the larger edge may be, where `size` is one number.")
    ] = None

    def check(self) -> None:
        if self.max_size is None:
            return
        if isinstance(self.size, tuple):
            reason = "`size` says both edges already"
        elif self.max_size <= self.size:
            reason = "the larger edge has to be larger than the smaller one"
        else:
            return
        raise catalog.values.Contradiction(field="max_size", first="size", second="max_size", reason=reason)

    def output(self, image: Partial) -> Partial:
        """Both edges where `size` says them; else the larger one follows from that of the image."""
        channels, height, width = image
        if isinstance(self.size, tuple):
            return channels, *self.size
        if height is None or width is None:
            return channels, None, None
        return channels, *self.of(height, width)

    def of(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of what comes out.

        Source: torchvision.transforms.functional, `_compute_resized_output_size`.
        """
        if isinstance(self.size, tuple):
            return self.size
        short, long = self.size, int(self.size * max(height, width) / min(height, width))
        if self.max_size is not None and long > self.max_size:
            short, long = int(self.max_size * short / long), self.max_size
        # An edge of no pixels is that of an image which is as good as a line.
        short = max(short, 1)
        return (long, short) if width <= height else (short, long)


class CenterCrop(Sizing):
    """Cut the middle out of the image; where that is larger than the image, with black around it."""

    principal = "size"

    size: OutputSize

    def output(self, image: Partial) -> Partial:
        """Always `size`."""
        return image[0], *pair(self.size)


class Pad(Sizing):
    """Put pixels around the image."""

    principal = "padding"

    padding: Annotated[Padding, PADDING, Doc("Pixels around the image.")]
    fill: Fill = 0
    padding_mode: PaddingMode = "constant"

    def output(self, image: Partial) -> Partial:
        """Larger by its sides."""
        channels, height, width = image
        left, top, right, bottom = self.sides()
        return (
            channels,
            None if height is None else height + top + bottom,
            None if width is None else width + left + right,
        )

    def sides(self) -> tuple[int, int, int, int]:
        """Pixels to the left, at the top, to the right and at the bottom."""
        return sides(self.padding)


class Grayscale(Sizing):
    """Make one channel of three: `0.299 * red + 0.587 * green + 0.114 * blue`, rounded; or three equal ones."""

    principal = "num_output_channels"

    num_output_channels: Annotated[int, integer("1 or 3", 1, 4), Doc("1, or 3 equal ones.")] = 1

    def check(self) -> None:
        if self.num_output_channels == 2:
            raise catalog.values.Contradiction(
                field="num_output_channels", first="Grayscale", second="2 channels", reason="it makes 1 or 3 of them"
            )

    def output(self, image: Partial) -> Partial:
        """Other channels."""
        return self.num_output_channels, *image[1:]
