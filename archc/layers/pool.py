"""Pools: a window slides over the input and keeps one number for each position."""

from typing import Annotated, Any, TypeAlias

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import ANY_NUMBER, IMAGE, SIGNAL, VOLUME, Layer, Reach, Shape
from archc.terms.record import Doc
from archc.terms.values import CountPair, CountSingle, CountTriple, Divisor, Flag, SizePair, SizeSingle, SizeTriple

_Indices = Annotated[Flag, Doc("Not possible in a Sequential, which carries one tensor.")]
_Ceil = Annotated[Flag, Doc("Round the output size up instead of down.")]
_CountPad = Annotated[Flag, Doc("Count the padding in the mean.")]
_Override = Annotated[Divisor | None, Doc("Divide by this number instead of by the window's size.")]


class MaxPool1d(Layer):
    """The largest value of each window.

    Shape: `(C, L) -> (C, L')`, with
    `L' = floor((L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    principal = "kernel_size"
    positional = 1
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

    def check(self) -> None:
        _check_max(self)

    def infer(self, x: Shape) -> Shape:
        return _max_output(self, x)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self), self.dilation)

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class MaxPool2d(Layer):
    """The largest value of each window.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    The shorter `H / kernel_size` of some tutorials holds only where `stride` is the window and divides H.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    principal = "kernel_size"
    positional = 1
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

    def check(self) -> None:
        _check_max(self)

    def infer(self, x: Shape) -> Shape:
        return _max_output(self, x)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self), self.dilation)

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class MaxPool3d(Layer):
    """The largest value of each window.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with for each of the three axes
    `D' = floor((D + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    principal = "kernel_size"
    positional = 1
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

    def check(self) -> None:
        _check_max(self)

    def infer(self, x: Shape) -> Shape:
        return _max_output(self, x)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self), self.dilation)

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class AvgPool1d(Layer):
    """The mean of each window.

    Shape: `(C, L) -> (C, L')`, with
    `L' = floor((L + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    principal = "kernel_size"
    positional = 1
    ranks = SIGNAL
    instead = {3: "AvgPool2d", 4: "AvgPool3d"}

    kernel_size: Annotated[SizeSingle, Doc("Length of the window, in positions.")]
    stride: Annotated[
        SizeSingle | None, Doc("Step of the window, in positions; the window's own size where left out.")
    ] = None
    padding: Annotated[CountSingle, Doc("Positions of zero added on each side.")] = (0,)
    ceil_mode: _Ceil = False
    count_include_pad: _CountPad = True

    def check(self) -> None:
        window.pool_padding(self.kernel_size, self.padding)

    def infer(self, x: Shape) -> Shape:
        return _mean_output(self, x)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class AvgPool2d(Layer):
    """The mean of each window.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    principal = "kernel_size"
    positional = 1
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

    def check(self) -> None:
        window.pool_padding(self.kernel_size, self.padding)

    def infer(self, x: Shape) -> Shape:
        return _mean_output(self, x)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class AvgPool3d(Layer):
    """The mean of each window.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with for each of the three axes
    `D' = floor((D + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window,
    which is no larger than the input without it.
    """

    principal = "kernel_size"
    positional = 1
    ranks = VOLUME

    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    stride: Annotated[
        SizeTriple | None, Doc("Step of the window, in voxels; the window's own size where left out.")
    ] = None
    padding: Annotated[CountTriple, Doc("Voxels of zero added on each side.")] = (0, 0, 0)
    ceil_mode: _Ceil = False
    count_include_pad: _CountPad = True
    divisor_override: _Override = None

    def check(self) -> None:
        window.pool_padding(self.kernel_size, self.padding)

    def infer(self, x: Shape) -> Shape:
        window.fits_unpadded(x, self.kernel_size)
        return _mean_output(self, x)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


_MaxPool: TypeAlias = MaxPool1d | MaxPool2d | MaxPool3d
_Pool: TypeAlias = _MaxPool | AvgPool1d | AvgPool2d | AvgPool3d


def _stride(layer: _Pool) -> tuple[int, ...]:
    return layer.stride or layer.kernel_size


def _check_max(layer: _MaxPool) -> None:
    if layer.return_indices:
        raise catalog.shapes.SeveralOutputs(field="return_indices")
    window.pool_padding(layer.kernel_size, layer.padding)


def _max_output(layer: _MaxPool, x: Shape) -> Shape:
    size, most = layer.kernel_size, window.half(layer.kernel_size)
    sizes = window.slide_all(
        x, size, _stride(layer), layer.padding, dilation=layer.dilation, ceil=layer.ceil_mode, most=most
    )
    return (x[0], *sizes)


def _mean_output(layer: AvgPool1d | AvgPool2d | AvgPool3d, x: Shape) -> Shape:
    size, most = layer.kernel_size, window.half(layer.kernel_size)
    return (x[0], *window.slide_all(x, size, _stride(layer), layer.padding, ceil=layer.ceil_mode, most=most))
