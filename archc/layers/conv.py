"""Convolutions."""

from math import gcd
from typing import Annotated, Literal, TypeAlias

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import IMAGE, SIGNAL, VOLUME, Layer, Reach, Shape, check_multiple, divisors, numel
from archc.terms.record import Doc
from archc.terms.values import (
    ConvPadding,
    ConvPaddingSingle,
    ConvPaddingTriple,
    Flag,
    Size,
    SizePair,
    SizeSingle,
    SizeTriple,
    choice,
)

_In = Annotated[Size | None, Doc("Channels of the input; inferred.")]
_Out = Annotated[Size, Doc("Channels of the output: the number of kernels.")]
_Groups = Annotated[Size, Doc("Groups of channels that are convolved apart.")]
_Bias = Annotated[Flag, Doc("Add a learned offset to each output channel.")]
_Mode = Annotated[
    Literal["zeros", "reflect", "replicate", "circular"],
    choice("zeros", "reflect", "replicate", "circular"),
    Doc("What the padding holds."),
]


class Conv1d(Layer):
    """Cross-correlation of a signal with learned kernels, plus a bias.

    Shape: `(in_channels, L) -> (out_channels, L')`, with
    `L' = floor((L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    `padding: same` keeps L (stride 1 only); `padding: valid` is no padding.
    """

    positional = 2
    ranks = SIGNAL
    instead = {3: "Conv2d", 4: "Conv3d"}
    sizes = {"in_channels": 0}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizeSingle, Doc("Length of the kernels, in positions.")]
    stride: Annotated[SizeSingle, Doc("Step of the kernel, in positions.")] = (1,)
    padding: Annotated[ConvPaddingSingle, Doc("Positions added on each side, or `same` or `valid`.")] = (0,)
    dilation: Annotated[SizeSingle, Doc("Distance between the kernel's elements, in positions.")] = (1,)
    groups: _Groups = 1
    bias: _Bias = True
    padding_mode: _Mode = "zeros"

    def check(self) -> None:
        _check(self)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x)

    def params(self, x: Shape) -> int:
        return _params(self, x)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x, y)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.stride, self.dilation)


class Conv2d(Layer):
    """Cross-correlation of an image with learned kernels, plus a bias.

    Shape: `(in_channels, H, W) -> (out_channels, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    The shorter `(H - kernel_size + padding) / stride` of some tutorials is wrong: padding counts on both sides, the
    division rounds down, and the first position adds 1.
    `padding: same` keeps H and W (stride 1 only); `padding: valid` is no padding.
    """

    positional = 2
    ranks = IMAGE
    instead = {4: "Conv3d"}
    sizes = {"in_channels": 0}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizePair, Doc("Height and width of the kernels, in pixels.")]
    stride: Annotated[SizePair, Doc("Step of the kernel, in pixels.")] = (1, 1)
    padding: Annotated[ConvPadding, Doc("Pixels added on each side, or `same` or `valid`.")] = (0, 0)
    dilation: Annotated[SizePair, Doc("Distance between the kernel's elements, in pixels.")] = (1, 1)
    groups: _Groups = 1
    bias: _Bias = True
    padding_mode: _Mode = "zeros"

    def check(self) -> None:
        _check(self)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x)

    def params(self, x: Shape) -> int:
        return _params(self, x)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x, y)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.stride, self.dilation)


class Conv3d(Layer):
    """Cross-correlation of a volume with learned kernels, plus a bias.

    Shape: `(in_channels, D, H, W) -> (out_channels, D', H', W')`, with for each of the three axes
    `D' = floor((D + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    `padding: same` keeps the sizes (stride 1 only); `padding: valid` is no padding.
    """

    positional = 2
    ranks = VOLUME
    sizes = {"in_channels": 0}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the kernels, in voxels.")]
    stride: Annotated[SizeTriple, Doc("Step of the kernel, in voxels.")] = (1, 1, 1)
    padding: Annotated[ConvPaddingTriple, Doc("Voxels added on each side, or `same` or `valid`.")] = (0, 0, 0)
    dilation: Annotated[SizeTriple, Doc("Distance between the kernel's elements, in voxels.")] = (1, 1, 1)
    groups: _Groups = 1
    bias: _Bias = True
    padding_mode: _Mode = "zeros"

    def check(self) -> None:
        _check(self)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x)

    def params(self, x: Shape) -> int:
        return _params(self, x)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x, y)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.stride, self.dilation)


_Convolution: TypeAlias = Conv1d | Conv2d | Conv3d


def _check(layer: _Convolution) -> None:
    if layer.padding == "same" and set(layer.stride) != {1}:
        half = tuple((span - 1) // 2 for span in window.spans(layer.kernel_size, layer.dilation))
        raise catalog.windows.SameWithStride(field="stride", padding=half)
    check_multiple("groups", ("out_channels", layer.out_channels), ("groups", layer.groups))


def _output(layer: _Convolution, x: Shape) -> Shape:
    if x[0] % layer.groups:
        both = gcd(x[0], layer.out_channels)
        check_multiple("groups", ("in_channels", x[0]), ("groups", layer.groups), lambda: divisors(both))
    if layer.padding_mode in ("reflect", "circular"):
        _check_copied_padding(layer, x)
    if layer.padding == "same":
        return (layer.out_channels, *x[1:])
    padding = (0,) * len(layer.kernel_size) if isinstance(layer.padding, str) else layer.padding
    most = window.UNLIMITED if layer.padding_mode == "zeros" else None
    sizes = window.slide_all(x, layer.kernel_size, layer.stride, padding, dilation=layer.dilation, most=most)
    return (layer.out_channels, *sizes)


def _params(layer: _Convolution, x: Shape) -> int:
    return layer.out_channels * (x[0] // layer.groups * numel(layer.kernel_size) + layer.bias)


def _macs(layer: _Convolution, x: Shape, y: Shape) -> int:
    return numel(y) * (x[0] // layer.groups) * numel(layer.kernel_size)


def _check_copied_padding(layer: _Convolution, x: Shape) -> None:
    """Padding that copies from the input cannot copy more than there is."""
    less, because = (1, "the input less one") if layer.padding_mode == "reflect" else (0, "the input")
    for size, pad in zip(x[1:], _sides(layer), strict=True):
        if pad > size - less:
            raise catalog.windows.PaddingTooLarge(field="padding", padding=pad, largest=size - less, because=because)


def _sides(layer: _Convolution) -> tuple[int, ...]:
    """The larger of both sides' padding, along each axis."""
    if isinstance(layer.padding, tuple):
        return layer.padding
    if layer.padding == "valid":
        return (0,) * len(layer.kernel_size)
    return tuple(span // 2 for span in window.spans(layer.kernel_size, layer.dilation))
