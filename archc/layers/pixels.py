"""Layers that move values between channels and positions, or spread them over more positions."""

from math import gcd, inf
from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import (
    ANY_NUMBER,
    IMAGE,
    Layer,
    Origin,
    Reach,
    Readings,
    Shape,
    check_multiple,
    divisors,
    first_channels,
    numel,
)
from archc.layers.ranges import Range, between, times
from archc.terms.record import Doc
from archc.terms.values import DIMENSION_LIMIT, CountPair, FactorPair, Factors, Flag, Size, SizePair, Targets, choice

_Size = Annotated[SizePair | None, Doc("Height and width of the output, in pixels.")]
_Scale = Annotated[FactorPair | None, Doc("The output's height and width, as multiples of the input's.")]


class PixelShuffle(Layer):
    """Make each group of `upscale_factor ** 2` channels one channel of a larger image.

    Shape: `(*, C * r * r, H, W) -> (*, C, H * r, W * r)`, with `r = upscale_factor`.
    """

    family = "rearrangement"
    principal = "upscale_factor"
    positional = 1
    dtypes = ANY_NUMBER

    upscale_factor: Annotated[Size, Doc("By how much height and width grow.")]

    def infer(self, x: Shape) -> Shape:
        *rest, channels, height, width = _image("PixelShuffle", x)
        factor = self.upscale_factor

        def factors() -> tuple[int, ...]:
            return tuple(n for n in divisors(channels) if channels % (n * n) == 0)

        of, by = ("channels", channels), ("upscale_factor ** 2", factor**2)
        check_multiple("upscale_factor", of, by, factors, chosen="upscale_factor")
        return (*rest, channels // factor**2, height * factor, width * factor)

    def reads(self, x: Shape) -> Readings:
        return _image_last(x)

    def reach(self, x: Shape) -> Reach:
        return () if self.upscale_factor == 1 else None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare


class PixelUnshuffle(Layer):
    """Make each square of `downscale_factor ** 2` pixels channels of a smaller image.

    Shape: `(*, C, H * r, W * r) -> (*, C * r * r, H, W)`, with `r = downscale_factor`.
    """

    family = "rearrangement"
    principal = "downscale_factor"
    positional = 1
    dtypes = ANY_NUMBER

    downscale_factor: Annotated[Size, Doc("By how much height and width shrink.")]

    def infer(self, x: Shape) -> Shape:
        *rest, channels, height, width = _image("PixelUnshuffle", x)
        factor = self.downscale_factor
        both = gcd(height, width)
        for name, size in (("height", height), ("width", width)):
            check_multiple("downscale_factor", (name, size), ("downscale_factor", factor), lambda: divisors(both))
        return (*rest, channels * factor**2, height // factor, width // factor)

    def reads(self, x: Shape) -> Readings:
        return _image_last(x)

    def reach(self, x: Shape) -> Reach:
        if self.downscale_factor == 1:
            return ()
        return ((self.downscale_factor, self.downscale_factor),) * 2 if len(x) == 3 else None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare


class ChannelShuffle(Layer):
    """Deal the channels of groups out in turns: the first of each group, the second of each group, and so on.

    Shape: `(C, L, *) -> (C, L, *)`, C being a multiple of `groups`.
    """

    family = "rearrangement"
    principal = "groups"
    positional = 1
    dtypes = ANY_NUMBER

    groups: Annotated[Size, Doc("Groups of channels.")]

    def check_input(self, x: Shape) -> None:
        if len(x) < 2:
            raise catalog.shapes.WrongRank(layer="ChannelShuffle", shape=x, expected={2: "channels, length"})
        check_multiple("groups", ("channels", x[0]), ("groups", self.groups))

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x


class Unfold(Layer):
    """Cut an image into the blocks that a sliding window sees, each block a column.

    Shape: `(C, H, W) -> (C * kernel_size[0] * kernel_size[1], L)`, L being the number of the window's positions.
    """

    family = "rearrangement"
    principal = "kernel_size"
    positional = 1
    ranks = IMAGE

    kernel_size: Annotated[SizePair, Doc("Height and width of the blocks, in pixels.")]
    dilation: Annotated[SizePair, Doc("Distance between the block's pixels.")] = (1, 1)
    padding: Annotated[CountPair, Doc("Pixels of zero added on each side.")] = (0, 0)
    stride: Annotated[SizePair, Doc("Step of the window, in pixels.")] = (1, 1)

    def infer(self, x: Shape) -> Shape:
        positions = window.slide_all(
            x, self.kernel_size, self.stride, self.padding, dilation=self.dilation, most=window.UNLIMITED
        )
        return (x[0] * numel(self.kernel_size), numel(positions))

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return ("features", "tokens")

    def reach(self, x: Shape) -> Reach:
        return None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare.and_also(0.0) if any(self.padding) else x.bare


class Fold(Layer):
    """Put blocks back at their positions in an image, and add them up where they overlap.

    Shape: `(C * kernel_size[0] * kernel_size[1], L) -> (C, output_size[0], output_size[1])`, L being the number of
    the window's positions in the output.
    """

    family = "rearrangement"
    positional = 2
    ranks = {2: "values of a block, blocks"}

    output_size: Annotated[SizePair, Doc("Height and width of the output, in pixels.")]
    kernel_size: Annotated[SizePair, Doc("Height and width of the blocks, in pixels.")]
    dilation: Annotated[SizePair, Doc("Distance between the block's pixels.")] = (1, 1)
    padding: Annotated[CountPair, Doc("Pixels that are cut off on each side.")] = (0, 0)
    stride: Annotated[SizePair, Doc("Step of the window, in pixels.")] = (1, 1)

    def infer(self, x: Shape) -> Shape:
        values = numel(self.kernel_size)
        check_multiple("kernel_size", ("values of a block", x[0]), ("kernel_size[0] * kernel_size[1]", values))
        image = (x[0] // values, *self.output_size)
        positions = numel(
            window.slide_all(
                image, self.kernel_size, self.stride, self.padding, dilation=self.dilation, most=window.UNLIMITED
            )
        )
        if positions != x[1]:
            raise catalog.windows.BlocksDiffer(field="output_size", blocks=x[1], positions=positions)
        return image

    def reads(self, x: Shape) -> Readings:
        return ("features", "tokens")

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return ("channels", "height", "width")

    def reach(self, x: Shape) -> Reach:
        return None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        # Blocks that overlap are added up, and a position that none covers is 0.
        return between(min(0.0, times(inf, x.least)), max(0.0, times(inf, x.most)), varies=x.varies)


class Upsampling(Layer):
    """What interpolations share: a size of the output, or factors. Abstract."""

    family = "upsampling"

    size: int | Shape | None
    scale_factor: float | tuple[float, ...] | None

    def check(self) -> None:
        written = (self.size is not None) + (self.scale_factor is not None)
        if written != 1:
            field = "scale_factor" if written else None
            raise catalog.shapes.OneOfTwo(field=field, names=("size", "scale_factor"), both=written == 2)

    def infer(self, x: Shape) -> Shape:
        """The shape of an output of `size`, or of the input's size times `scale_factor`, rounded down."""
        axes = len(x) - 1
        if self.size is not None:
            return (x[0], *(self.size if isinstance(self.size, tuple) else (self.size,) * axes))
        assert self.scale_factor is not None, "one of both is written"
        factors = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,) * axes
        # A float may be infinite where an int is only too large, which the base class says of the shape.
        sizes = tuple(int(min(old * by, DIMENSION_LIMIT)) for old, by in zip(x[1:], factors, strict=True))
        if min(sizes) < 1:
            raise catalog.windows.NothingLeft(field="scale_factor", sizes=sizes)
        return (x[0], *sizes)

    def reach(self, x: Shape) -> Reach:
        return () if self.infer(x) == x else None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.pooled()


class Upsample(Upsampling):
    """Enlarge, or shrink, a signal, image or volume by interpolation.

    Shape: `(C, *) -> (C, *')`, the output's sizes being `size`, or `scale_factor` times the input's, rounded down.
    One of both is written. `linear` is for signals, `bilinear` and `bicubic` for images, `trilinear` for volumes.
    """

    ranks = {2: "channels, length", 3: "channels, height, width", 4: "channels, depth, height, width"}

    size: Annotated[Targets | None, Doc("The output's sizes, in positions.")] = None
    scale_factor: Annotated[Factors | None, Doc("The output's sizes, as multiples of the input's.")] = None
    mode: Annotated[
        Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact", "area"],
        choice("nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact", "area"),
        Doc("How values between the input's are found."),
    ] = "nearest"
    align_corners: Annotated[Flag | None, Doc("Whether the corners of input and output coincide.")] = None
    recompute_scale_factor: Annotated[
        Flag | None, Doc("Interpolate by the ratio of both sizes, and not by `scale_factor`.")
    ] = None

    def check(self) -> None:
        super().check()
        if self.align_corners is not None and self.mode in ("nearest", "nearest-exact", "area"):
            reason = "it has a meaning for the linear and cubic modes alone"
            raise catalog.values.Contradiction(
                field="align_corners", first="align_corners", second="mode", reason=reason
            )
        if self.recompute_scale_factor and self.size is not None:
            first, second = "recompute_scale_factor", "size"
            reason = "there is no factor to compute"
            raise catalog.values.Contradiction(field=first, first=first, second=second, reason=reason)

    def infer(self, x: Shape) -> Shape:
        rank = {"linear": 2, "bilinear": 3, "bicubic": 3, "trilinear": 4}.get(self.mode, len(x))
        if len(x) != rank:
            layer = f"Upsample with mode {self.mode}"
            raise catalog.shapes.WrongRank(layer=layer, shape=x, expected={rank: self.ranks[rank]})
        field = "size" if self.size is not None else "scale_factor"
        given = self.size if self.size is not None else self.scale_factor
        if isinstance(given, tuple) and len(given) != len(x) - 1:
            raise catalog.axes.AxesDiffer(field=field, written=len(given), axes=len(x) - 1)
        return super().infer(x)

    def reach(self, x: Shape) -> Reach:
        return super().reach(x) if self.mode.startswith("nearest") else None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return Range(varies=x.varies) if self.mode == "bicubic" else super().range_of(x, shape, training)


class UpsamplingNearest2d(Upsampling):
    """Enlarge an image; each pixel becomes that of the nearest in the input.

    Shape: `(C, H, W) -> (C, H', W')`, the output's sizes being `size`, or `scale_factor` times the input's, rounded
    down. One of both is written.
    """

    ranks = IMAGE

    size: _Size = None
    scale_factor: _Scale = None


class UpsamplingBilinear2d(Upsampling):
    """Enlarge an image; each pixel is a mean of the four around it in the input. The corners coincide.

    Shape: `(C, H, W) -> (C, H', W')`, the output's sizes being `size`, or `scale_factor` times the input's, rounded
    down. One of both is written.
    """

    ranks = IMAGE

    size: _Size = None
    scale_factor: _Scale = None


def _image(layer: str, x: Shape) -> Shape:
    """An input of at least three axes, the last three those of an image."""
    if len(x) < 3:
        raise catalog.shapes.WrongRank(layer=layer, shape=x, expected=dict(IMAGE))
    return x


def _image_last(x: Shape) -> Readings:
    """The reading of a layer that takes the last three axes for those of an image."""
    return (*(None,) * (len(x) - 3), "channels", "height", "width")
