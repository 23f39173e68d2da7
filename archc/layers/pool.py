"""Pools: a window slides over the input and keeps one number for each position."""

from typing import Annotated, Any

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import ANY_NUMBER, IMAGE, SIGNAL, VOLUME, Layer, Reach, Shape, numel
from archc.layers.ranges import Range, hull
from archc.terms.record import Doc
from archc.terms.values import CountPair, CountSingle, CountTriple, Divisor, Flag, SizePair, SizeSingle, SizeTriple

_Indices = Annotated[Flag, Doc("Not possible in a Sequential, which carries one tensor.")]
_Ceil = Annotated[Flag, Doc("Round the output size up instead of down.")]
_CountPad = Annotated[Flag, Doc("Count the padding in the mean.")]
_Override = Annotated[Divisor | None, Doc("Divide by this number instead of by the window's size.")]


class Pool(Layer):
    """What pools share: windows that step by their own size, unless `stride` says otherwise. Abstract."""

    family = "pool"
    principal = "kernel_size"
    positional = 1

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None
    padding: tuple[int, ...]
    ceil_mode: bool

    def check(self) -> None:
        window.pool_padding(self.kernel_size, self.padding)

    def infer(self, x: Shape) -> Shape:
        return (x[0], *self.slid(x))

    def slid(self, x: Shape, dilation: tuple[int, ...] | None = None) -> Shape:
        """The positions of the window along each axis."""
        most = window.half(self.kernel_size)
        return window.slide_all(
            x, self.kernel_size, self.steps, self.padding, dilation=dilation, ceil=self.ceil_mode, most=most
        )

    @property
    def steps(self) -> tuple[int, ...]:
        """`stride`, also where it is left out."""
        return self.stride or self.kernel_size

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.steps)

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": self.steps}


class MaxPool(Pool):
    """What the pools that keep the largest value share. Abstract."""

    dilation: tuple[int, ...]
    return_indices: bool

    def check(self) -> None:
        if self.return_indices:
            raise catalog.shapes.SeveralOutputs(field="return_indices")
        super().check()

    def infer(self, x: Shape) -> Shape:
        return (x[0], *self.slid(x, self.dilation))

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.steps, self.dilation)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare


class AvgPool(Pool):
    """What the pools that take a mean share. Abstract."""

    count_include_pad: bool

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        divisor = getattr(self, "divisor_override", None)
        if divisor is not None:
            # A window at the border may have as few as one position.
            most = numel(self.kernel_size) / divisor
            return hull(x.scaled(1 / divisor), x.scaled(most)).and_also(0.0)
        # With `ceil_mode` a window may reach beyond the padding, where positions count as none.
        return x.bare.and_also(0.0) if any(self.padding) and self.count_include_pad else x.pooled()


class MaxPool1d(MaxPool):
    """The largest value of each window.

    Shape: `(C, L) -> (C, L')`, with
    `L' = floor((L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    ranks = SIGNAL
    instead = {3: "MaxPool2d", 4: "MaxPool3d"}

    kernel_size: Annotated[SizeSingle, Doc("Length of the window, in positions.")]
    stride: Annotated[
        SizeSingle | None, Doc("Step of the window, in positions; the window's own size where left out.")
    ] = None
    padding: Annotated[CountSingle, Doc("Positions of minus infinity added on each side.")] = (0,)
    dilation: Annotated[SizeSingle, Doc("Distance between the window's elements, in positions.")] = (1,)
    return_indices: _Indices = False
    ceil_mode: _Ceil = False


class MaxPool2d(MaxPool):
    """The largest value of each window.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    The shorter `H / kernel_size` of some tutorials holds only where `stride` is the window and divides H.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    ranks = IMAGE
    instead = {4: "MaxPool3d"}
    dtypes = ANY_NUMBER

    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    stride: Annotated[SizePair | None, Doc("Step of the window, in pixels; the window's own size where left out.")] = (
        None
    )
    padding: Annotated[CountPair, Doc("Pixels of minus infinity added on each side.")] = (0, 0)
    dilation: Annotated[SizePair, Doc("Distance between the window's elements, in pixels.")] = (1, 1)
    return_indices: _Indices = False
    ceil_mode: _Ceil = False


class MaxPool3d(MaxPool):
    """The largest value of each window.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with for each of the three axes
    `D' = floor((D + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    ranks = VOLUME
    dtypes = ANY_NUMBER

    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    stride: Annotated[
        SizeTriple | None, Doc("Step of the window, in voxels; the window's own size where left out.")
    ] = None
    padding: Annotated[CountTriple, Doc("Voxels of minus infinity added on each side.")] = (0, 0, 0)
    dilation: Annotated[SizeTriple, Doc("Distance between the window's elements, in voxels.")] = (1, 1, 1)
    return_indices: _Indices = False
    ceil_mode: _Ceil = False


class AvgPool1d(AvgPool):
    """The mean of each window.

    Shape: `(C, L) -> (C, L')`, with
    `L' = floor((L + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    ranks = SIGNAL
    instead = {3: "AvgPool2d", 4: "AvgPool3d"}

    kernel_size: Annotated[SizeSingle, Doc("Length of the window, in positions.")]
    stride: Annotated[
        SizeSingle | None, Doc("Step of the window, in positions; the window's own size where left out.")
    ] = None
    padding: Annotated[CountSingle, Doc("Positions of zero added on each side.")] = (0,)
    ceil_mode: _Ceil = False
    count_include_pad: _CountPad = True


class AvgPool2d(AvgPool):
    """The mean of each window.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    ranks = IMAGE
    instead = {4: "AvgPool3d"}

    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    stride: Annotated[SizePair | None, Doc("Step of the window, in pixels; the window's own size where left out.")] = (
        None
    )
    padding: Annotated[CountPair, Doc("Pixels of zero added on each side.")] = (0, 0)
    ceil_mode: _Ceil = False
    count_include_pad: _CountPad = True
    divisor_override: _Override = None


class AvgPool3d(AvgPool):
    """The mean of each window.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with for each of the three axes
    `D' = floor((D + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window,
    which is no larger than the input without it.
    """

    ranks = VOLUME

    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    stride: Annotated[
        SizeTriple | None, Doc("Step of the window, in voxels; the window's own size where left out.")
    ] = None
    padding: Annotated[CountTriple, Doc("Voxels of zero added on each side.")] = (0, 0, 0)
    ceil_mode: _Ceil = False
    count_include_pad: _CountPad = True
    divisor_override: _Override = None

    def infer(self, x: Shape) -> Shape:
        window.fits_unpadded(x, self.kernel_size)
        return super().infer(x)
