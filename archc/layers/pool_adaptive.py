"""Pools by a norm, and pools whose windows follow from the output that is asked for."""

from math import inf
from typing import Annotated, Any, ClassVar

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import IMAGE, SIGNAL, TO_FLOAT, VOLUME, Layer, Reach, Shape
from archc.layers.ranges import Range, between
from archc.terms.record import Doc
from archc.terms.values import (
    Flag,
    NotZero,
    OutputPair,
    OutputTriple,
    RatioPair,
    RatioTriple,
    SizePair,
    SizeSingle,
    SizeTriple,
)

_Norm = Annotated[NotZero, Doc("The power p: 1 gives the sum, infinity would give the largest value.")]
_Indices = Annotated[Flag, Doc("Not possible in a Sequential, which carries one tensor.")]
_Ceil = Annotated[Flag, Doc("Round the output size up instead of down.")]


class LPPool(Layer):
    """What pools by a norm share: windows that step by their own size, unless `stride` says otherwise. Abstract."""

    family = "power pool"
    positional = 2
    dtypes = TO_FLOAT

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None
    ceil_mode: bool

    def infer(self, x: Shape) -> Shape:
        padding = (0,) * len(self.kernel_size)
        return (x[0], *window.slide_all(x, self.kernel_size, self.steps, padding, ceil=self.ceil_mode))

    @property
    def steps(self) -> tuple[int, ...]:
        """`stride`, also where it is left out."""
        return self.stride or self.kernel_size

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.steps)

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": self.steps}

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        # The root of a sum of powers is at least 0, and not a number where that sum is below.
        return between(0.0, inf, varies=x.varies) if x.least >= 0 else Range(varies=x.varies)


class LPPool1d(LPPool):
    """The power mean of each window, times its size: `(sum of x ** p) ** (1 / p)`.

    Shape: `(C, L) -> (C, L')`, with
    `L' = floor((L - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up. `stride` is `kernel_size` where it is left out.
    """

    ranks = SIGNAL
    instead = {3: "LPPool2d", 4: "LPPool3d"}

    norm_type: _Norm
    kernel_size: Annotated[SizeSingle, Doc("Length of the window, in positions.")]
    stride: Annotated[
        SizeSingle | None, Doc("Step of the window, in positions; the window's own size where left out.")
    ] = None
    ceil_mode: _Ceil = False


class LPPool2d(LPPool):
    """The power mean of each window, times its size: `(sum of x ** p) ** (1 / p)`.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up. `stride` is `kernel_size` where it is left out.
    """

    ranks = IMAGE
    instead = {4: "LPPool3d"}

    norm_type: _Norm
    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    stride: Annotated[SizePair | None, Doc("Step of the window, in pixels; the window's own size where left out.")] = (
        None
    )
    ceil_mode: _Ceil = False


class LPPool3d(LPPool):
    """The power mean of each window, times its size: `(sum of x ** p) ** (1 / p)`.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with for each of the three axes
    `D' = floor((D - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up. `stride` is `kernel_size` where it is left out.
    """

    ranks = VOLUME

    norm_type: _Norm
    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    stride: Annotated[
        SizeTriple | None, Doc("Step of the window, in voxels; the window's own size where left out.")
    ] = None
    ceil_mode: _Ceil = False

    def infer(self, x: Shape) -> Shape:
        window.fits_unpadded(x, self.kernel_size)
        return super().infer(x)


class AdaptivePool(Layer):
    """What pools to an output size share. Abstract."""

    family = "adaptive pool"
    principal = "output_size"
    positional = 1

    output_size: tuple[int | None, ...]

    def infer(self, x: Shape) -> Shape:
        return (x[0], *(wanted or size for wanted, size in zip(self.output_size, x[1:], strict=True)))

    def reach(self, x: Shape) -> Reach:
        """Known where all windows have one size; else null, as they then differ in size and step."""
        sizes = list(zip(x[1:], self.infer(x)[1:], strict=True))
        if any(size % output for size, output in sizes):
            return None
        return tuple((size // output, size // output) for size, output in sizes)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.pooled()


class AdaptiveMaxPool(AdaptivePool):
    """What pools to an output size that keep the largest value share. Abstract."""

    return_indices: bool

    def check(self) -> None:
        if self.return_indices:
            raise catalog.shapes.SeveralOutputs(field="return_indices")

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare


class AdaptiveAvgPool1d(AdaptivePool):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, L) -> (C, output_size)`.
    """

    ranks = SIGNAL
    instead = {3: "AdaptiveAvgPool2d", 4: "AdaptiveAvgPool3d"}

    output_size: Annotated[SizeSingle, Doc("Length of the output, in positions.")]


class AdaptiveAvgPool2d(AdaptivePool):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, H, W) -> (C, output_size[0], output_size[1])`; null keeps the input's size along that axis.
    """

    ranks = IMAGE
    instead = {4: "AdaptiveAvgPool3d"}

    output_size: Annotated[OutputPair, Doc("Height and width of the output, in pixels.")]


class AdaptiveAvgPool3d(AdaptivePool):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, D, H, W) -> (C, output_size[0], output_size[1], output_size[2])`; null keeps the input's
    size along that axis.
    """

    ranks = VOLUME

    output_size: Annotated[OutputTriple, Doc("Depth, height and width of the output, in voxels.")]


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The largest value of windows that are chosen so that the output has the size asked for.

    Shape: `(C, L) -> (C, output_size)`.
    """

    ranks = SIGNAL
    instead = {3: "AdaptiveMaxPool2d", 4: "AdaptiveMaxPool3d"}

    output_size: Annotated[SizeSingle, Doc("Length of the output, in positions.")]
    return_indices: _Indices = False


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The largest value of windows that are chosen so that the output has the size asked for.

    Shape: `(C, H, W) -> (C, output_size[0], output_size[1])`; null keeps the input's size along that axis.
    """

    ranks = IMAGE
    instead = {4: "AdaptiveMaxPool3d"}

    output_size: Annotated[OutputPair, Doc("Height and width of the output, in pixels.")]
    return_indices: _Indices = False


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The largest value of windows that are chosen so that the output has the size asked for.

    Shape: `(C, D, H, W) -> (C, output_size[0], output_size[1], output_size[2])`; null keeps the input's
    size along that axis.
    """

    ranks = VOLUME

    output_size: Annotated[OutputTriple, Doc("Depth, height and width of the output, in voxels.")]
    return_indices: _Indices = False


class FractionalMaxPool(Layer):
    """What pools with windows at random positions share. Abstract."""

    family = "fractional pool"
    positional = 1

    slack: ClassVar[int] = 0
    """How many positions fewer than fit are the most that torch admits."""

    kernel_size: tuple[int, ...]
    output_size: tuple[int, ...] | None
    output_ratio: tuple[float, ...] | None
    return_indices: bool

    def check(self) -> None:
        if self.return_indices:
            raise catalog.shapes.SeveralOutputs(field="return_indices")
        written = (self.output_size is not None) + (self.output_ratio is not None)
        if written != 1:
            names = ("output_size", "output_ratio")
            raise catalog.shapes.OneOfTwo(field="output_ratio" if written else None, names=names, both=written == 2)

    def infer(self, x: Shape) -> Shape:
        sizes: Shape = self.output_size or ()
        if self.output_ratio is not None:
            sizes = tuple(int(size * ratio) for size, ratio in zip(x[1:], self.output_ratio, strict=True))
        if min(sizes) < 1:
            raise catalog.windows.NothingLeft(field="output_ratio", sizes=sizes)
        for positions, size, extent in zip(sizes, self.kernel_size, x[1:], strict=True):
            largest = extent - size + 1 - self.slack
            if positions > largest:
                field = "output_size" if self.output_size else "output_ratio"
                raise catalog.windows.TooManyPositions(
                    field=field, window=size, positions=positions, extent=extent, largest=largest
                )
        return (x[0], *sizes)

    def reach(self, x: Shape) -> Reach:
        return None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare


class FractionalMaxPool2d(FractionalMaxPool):
    """The largest value of windows at random positions, as many as the output asks for.

    Shape: `(C, H, W) -> (C, H', W')`, the output's sizes being `output_size`, or `output_ratio` times the
    input's, rounded down. One of both is written.
    """

    ranks = IMAGE
    instead = {4: "FractionalMaxPool3d"}

    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    output_size: Annotated[SizePair | None, Doc("Height and width of the output, in pixels.")] = None
    output_ratio: Annotated[RatioPair | None, Doc("The output's sizes, as a part of the input's.")] = None
    return_indices: _Indices = False


class FractionalMaxPool3d(FractionalMaxPool):
    """The largest value of windows at random positions, as many as the output asks for.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, the output's sizes being `output_size`, or `output_ratio` times the
    input's, rounded down. One of both is written.
    """

    ranks = VOLUME
    slack = 1

    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    output_size: Annotated[SizeTriple | None, Doc("Depth, height and width of the output, in voxels.")] = None
    output_ratio: Annotated[RatioTriple | None, Doc("The output's sizes, as a part of the input's.")] = None
    return_indices: _Indices = False
