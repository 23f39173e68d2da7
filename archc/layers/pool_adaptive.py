"""Pools by a norm, and pools whose windows follow from the output that is asked for."""

from typing import Annotated, Any, TypeAlias

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import IMAGE, SIGNAL, TO_FLOAT, VOLUME, Layer, Reach, Shape
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


class LPPool1d(Layer):
    """The power mean of each window, times its size: `(sum of x ** p) ** (1 / p)`.

    Shape: `(C, L) -> (C, L')`, with
    `L' = floor((L - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up. `stride` is `kernel_size` where it is left out.
    """

    positional = 2
    ranks = SIGNAL
    instead = {3: "LPPool2d", 4: "LPPool3d"}
    dtypes = TO_FLOAT

    norm_type: _Norm
    kernel_size: Annotated[SizeSingle, Doc("Length of the window, in positions.")]
    stride: Annotated[
        SizeSingle | None, Doc("Step of the window, in positions; the window's own size where left out.")
    ] = None
    ceil_mode: _Ceil = False

    def infer(self, x: Shape) -> Shape:
        padding = (0,) * len(self.kernel_size)
        return (x[0], *window.slide_all(x, self.kernel_size, _stride(self), padding, ceil=self.ceil_mode))

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class LPPool2d(Layer):
    """The power mean of each window, times its size: `(sum of x ** p) ** (1 / p)`.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up. `stride` is `kernel_size` where it is left out.
    """

    positional = 2
    ranks = IMAGE
    instead = {4: "LPPool3d"}
    dtypes = TO_FLOAT

    norm_type: _Norm
    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    stride: Annotated[SizePair | None, Doc("Step of the window, in pixels; the window's own size where left out.")] = (
        None
    )
    ceil_mode: _Ceil = False

    def infer(self, x: Shape) -> Shape:
        padding = (0,) * len(self.kernel_size)
        return (x[0], *window.slide_all(x, self.kernel_size, _stride(self), padding, ceil=self.ceil_mode))

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class LPPool3d(Layer):
    """The power mean of each window, times its size: `(sum of x ** p) ** (1 / p)`.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with for each of the three axes
    `D' = floor((D - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up. `stride` is `kernel_size` where it is left out.
    """

    positional = 2
    ranks = VOLUME
    dtypes = TO_FLOAT

    norm_type: _Norm
    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    stride: Annotated[
        SizeTriple | None, Doc("Step of the window, in voxels; the window's own size where left out.")
    ] = None
    ceil_mode: _Ceil = False

    def infer(self, x: Shape) -> Shape:
        window.fits_unpadded(x, self.kernel_size)
        padding = (0,) * len(self.kernel_size)
        return (x[0], *window.slide_all(x, self.kernel_size, _stride(self), padding, ceil=self.ceil_mode))

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, _stride(self))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": _stride(self)}


class AdaptiveAvgPool1d(Layer):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, L) -> (C, output_size)`.
    """

    principal = "output_size"
    positional = 1
    ranks = SIGNAL
    instead = {3: "AdaptiveAvgPool2d", 4: "AdaptiveAvgPool3d"}

    output_size: Annotated[SizeSingle, Doc("Length of the output, in positions.")]

    def infer(self, x: Shape) -> Shape:
        return _adapted(self, x)

    def reach(self, x: Shape) -> Reach:
        return _adaptive_reach(self, x)


class AdaptiveAvgPool2d(Layer):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, H, W) -> (C, output_size[0], output_size[1])`; null keeps the input's size along that axis.
    """

    principal = "output_size"
    positional = 1
    ranks = IMAGE
    instead = {4: "AdaptiveAvgPool3d"}

    output_size: Annotated[OutputPair, Doc("Height and width of the output, in pixels.")]

    def infer(self, x: Shape) -> Shape:
        return _adapted(self, x)

    def reach(self, x: Shape) -> Reach:
        return _adaptive_reach(self, x)


class AdaptiveAvgPool3d(Layer):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, D, H, W) -> (C, output_size[0], output_size[1], output_size[2])`; null keeps the input's
    size along that axis.
    """

    principal = "output_size"
    positional = 1
    ranks = VOLUME

    output_size: Annotated[OutputTriple, Doc("Depth, height and width of the output, in voxels.")]

    def infer(self, x: Shape) -> Shape:
        return _adapted(self, x)

    def reach(self, x: Shape) -> Reach:
        return _adaptive_reach(self, x)


class AdaptiveMaxPool1d(Layer):
    """The largest value of windows that are chosen so that the output has the size asked for.

    Shape: `(C, L) -> (C, output_size)`.
    """

    principal = "output_size"
    positional = 1
    ranks = SIGNAL
    instead = {3: "AdaptiveMaxPool2d", 4: "AdaptiveMaxPool3d"}

    output_size: Annotated[SizeSingle, Doc("Length of the output, in positions.")]
    return_indices: _Indices = False

    def check(self) -> None:
        if self.return_indices:
            raise catalog.shapes.SeveralOutputs(field="return_indices")

    def infer(self, x: Shape) -> Shape:
        return _adapted(self, x)

    def reach(self, x: Shape) -> Reach:
        return _adaptive_reach(self, x)


class AdaptiveMaxPool2d(Layer):
    """The largest value of windows that are chosen so that the output has the size asked for.

    Shape: `(C, H, W) -> (C, output_size[0], output_size[1])`; null keeps the input's size along that axis.
    """

    principal = "output_size"
    positional = 1
    ranks = IMAGE
    instead = {4: "AdaptiveMaxPool3d"}

    output_size: Annotated[OutputPair, Doc("Height and width of the output, in pixels.")]
    return_indices: _Indices = False

    def check(self) -> None:
        if self.return_indices:
            raise catalog.shapes.SeveralOutputs(field="return_indices")

    def infer(self, x: Shape) -> Shape:
        return _adapted(self, x)

    def reach(self, x: Shape) -> Reach:
        return _adaptive_reach(self, x)


class AdaptiveMaxPool3d(Layer):
    """The largest value of windows that are chosen so that the output has the size asked for.

    Shape: `(C, D, H, W) -> (C, output_size[0], output_size[1], output_size[2])`; null keeps the input's
    size along that axis.
    """

    principal = "output_size"
    positional = 1
    ranks = VOLUME

    output_size: Annotated[OutputTriple, Doc("Depth, height and width of the output, in voxels.")]
    return_indices: _Indices = False

    def check(self) -> None:
        if self.return_indices:
            raise catalog.shapes.SeveralOutputs(field="return_indices")

    def infer(self, x: Shape) -> Shape:
        return _adapted(self, x)

    def reach(self, x: Shape) -> Reach:
        return _adaptive_reach(self, x)


class FractionalMaxPool2d(Layer):
    """The largest value of windows at random positions, as many as the output asks for.

    Shape: `(C, H, W) -> (C, H', W')`, the output's sizes being `output_size`, or `output_ratio` times the
    input's, rounded down. One of both is written.
    """

    positional = 1
    ranks = IMAGE
    instead = {4: "FractionalMaxPool3d"}

    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    output_size: Annotated[SizePair | None, Doc("Height and width of the output, in pixels.")] = None
    output_ratio: Annotated[RatioPair | None, Doc("The output's sizes, as a part of the input's.")] = None
    return_indices: _Indices = False

    def check(self) -> None:
        _check_fractional(self)

    def infer(self, x: Shape) -> Shape:
        return _fractional(self, x, slack=0)

    def reach(self, x: Shape) -> Reach:
        return None


class FractionalMaxPool3d(Layer):
    """The largest value of windows at random positions, as many as the output asks for.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, the output's sizes being `output_size`, or `output_ratio` times the
    input's, rounded down. One of both is written.
    """

    positional = 1
    ranks = VOLUME

    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the window, in voxels.")]
    output_size: Annotated[SizeTriple | None, Doc("Depth, height and width of the output, in voxels.")] = None
    output_ratio: Annotated[RatioTriple | None, Doc("The output's sizes, as a part of the input's.")] = None
    return_indices: _Indices = False

    def check(self) -> None:
        _check_fractional(self)

    def infer(self, x: Shape) -> Shape:
        return _fractional(self, x, slack=1)

    def reach(self, x: Shape) -> Reach:
        return None


_LPPool: TypeAlias = LPPool1d | LPPool2d | LPPool3d
_Adaptive: TypeAlias = (
    AdaptiveAvgPool1d
    | AdaptiveAvgPool2d
    | AdaptiveAvgPool3d
    | AdaptiveMaxPool1d
    | AdaptiveMaxPool2d
    | AdaptiveMaxPool3d
)
_Fractional: TypeAlias = FractionalMaxPool2d | FractionalMaxPool3d


def _stride(layer: _LPPool) -> tuple[int, ...]:
    return layer.stride or layer.kernel_size


def _adapted(layer: _Adaptive, x: Shape) -> Shape:
    return (x[0], *(wanted or size for wanted, size in zip(layer.output_size, x[1:], strict=True)))


def _adaptive_reach(layer: _Adaptive, x: Shape) -> Reach:
    """Known where all windows have one size; else null, as they then differ in size and step."""
    sizes = list(zip(x[1:], layer.infer(x)[1:], strict=True))
    if any(size % output for size, output in sizes):
        return None
    return tuple((size // output, size // output) for size, output in sizes)


def _check_fractional(layer: _Fractional) -> None:
    if layer.return_indices:
        raise catalog.shapes.SeveralOutputs(field="return_indices")
    written = (layer.output_size is not None) + (layer.output_ratio is not None)
    if written != 1:
        names = ("output_size", "output_ratio")
        raise catalog.shapes.OneOfTwo(field="output_ratio" if written else None, names=names, both=written == 2)


def _fractional(layer: _Fractional, x: Shape, *, slack: int) -> Shape:
    """The shape of a fractional pool; `slack` positions fewer than fit are the most that torch admits."""
    sizes: Shape = layer.output_size or ()
    if layer.output_ratio is not None:
        sizes = tuple(int(size * ratio) for size, ratio in zip(x[1:], layer.output_ratio, strict=True))
    if min(sizes) < 1:
        raise catalog.windows.NothingLeft(field="output_ratio", sizes=sizes)
    for positions, size, extent in zip(sizes, layer.kernel_size, x[1:], strict=True):
        largest = extent - size + 1 - slack
        if positions > largest:
            field = "output_size" if layer.output_size else "output_ratio"
            facts = {"window": size, "positions": positions, "extent": extent, "largest": largest}
            raise catalog.windows.TooManyPositions(field=field, **facts)
    return (x[0], *sizes)
