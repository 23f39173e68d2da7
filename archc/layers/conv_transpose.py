"""Transposed convolutions, which enlarge their input."""

from math import gcd
from typing import Annotated, Literal, TypeAlias

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import IMAGE, SIGNAL, VOLUME, Layer, Reach, Shape, check_multiple, divisors, numel
from archc.terms.record import Doc
from archc.terms.values import CountPair, CountSingle, CountTriple, Flag, Size, SizePair, SizeSingle, SizeTriple, choice

_In = Annotated[Size | None, Doc("Channels of the input; inferred.")]
_Out = Annotated[Size, Doc("Channels of the output.")]
_Groups = Annotated[Size, Doc("Groups of channels that are convolved apart.")]
_Bias = Annotated[Flag, Doc("Add a learned offset to each output channel.")]
_Mode = Annotated[Literal["zeros"], choice("zeros"), Doc("What the padding holds; torch has zeros alone.")]
_PADDING = "Takes as much away from each side of the output as that padding adds to a convolution's input."
_EXTRA = "Added to one side of the output; less than `stride` or `dilation`."


class ConvTranspose1d(Layer):
    """The transpose of a convolution of signals: it gives back the sizes that `Conv1d` takes away, not the values.

    Shape: `(in_channels, L) -> (out_channels, L')`, with
    `L' = (L - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.
    """

    positional = 2
    ranks = SIGNAL
    instead = {3: "ConvTranspose2d", 4: "ConvTranspose3d"}
    sizes = {"in_channels": 0}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizeSingle, Doc("Length of the kernels, in positions.")]
    stride: Annotated[SizeSingle, Doc("Distance between two inputs in the output, in positions.")] = (1,)
    padding: Annotated[CountSingle, Doc(_PADDING)] = (0,)
    output_padding: Annotated[CountSingle, Doc(_EXTRA)] = (0,)
    groups: _Groups = 1
    bias: _Bias = True
    dilation: Annotated[SizeSingle, Doc("Distance between the kernel's elements, in positions.")] = (1,)
    padding_mode: _Mode = "zeros"

    def check(self) -> None:
        _check(self)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x)

    def params(self, x: Shape) -> int:
        return _params(self, x)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x)

    def reach(self, x: Shape) -> Reach:
        return _reach(self)


class ConvTranspose2d(Layer):
    """The transpose of a convolution of images: it gives back the sizes that `Conv2d` takes away, not the values.

    Shape: `(in_channels, H, W) -> (out_channels, H', W')`, with for each of the two axes
    `H' = (H - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.
    """

    positional = 2
    ranks = IMAGE
    instead = {4: "ConvTranspose3d"}
    sizes = {"in_channels": 0}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizePair, Doc("Height and width of the kernels, in pixels.")]
    stride: Annotated[SizePair, Doc("Distance between two inputs in the output, in pixels.")] = (1, 1)
    padding: Annotated[CountPair, Doc(_PADDING)] = (0, 0)
    output_padding: Annotated[CountPair, Doc(_EXTRA)] = (0, 0)
    groups: _Groups = 1
    bias: _Bias = True
    dilation: Annotated[SizePair, Doc("Distance between the kernel's elements, in pixels.")] = (1, 1)
    padding_mode: _Mode = "zeros"

    def check(self) -> None:
        _check(self)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x)

    def params(self, x: Shape) -> int:
        return _params(self, x)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x)

    def reach(self, x: Shape) -> Reach:
        return _reach(self)


class ConvTranspose3d(Layer):
    """The transpose of a convolution of volumes: it gives back the sizes that `Conv3d` takes away, not the values.

    Shape: `(in_channels, D, H, W) -> (out_channels, D', H', W')`, with for each of the three axes
    `D' = (D - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.
    """

    positional = 2
    ranks = VOLUME
    sizes = {"in_channels": 0}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the kernels, in voxels.")]
    stride: Annotated[SizeTriple, Doc("Distance between two inputs in the output, in voxels.")] = (1, 1, 1)
    padding: Annotated[CountTriple, Doc(_PADDING)] = (0, 0, 0)
    output_padding: Annotated[CountTriple, Doc(_EXTRA)] = (0, 0, 0)
    groups: _Groups = 1
    bias: _Bias = True
    dilation: Annotated[SizeTriple, Doc("Distance between the kernel's elements, in voxels.")] = (1, 1, 1)
    padding_mode: _Mode = "zeros"

    def check(self) -> None:
        _check(self)

    def infer(self, x: Shape) -> Shape:
        return _output(self, x)

    def params(self, x: Shape) -> int:
        return _params(self, x)

    def macs(self, x: Shape, y: Shape) -> int:
        return _macs(self, x)

    def reach(self, x: Shape) -> Reach:
        return _reach(self)


_Transposed: TypeAlias = ConvTranspose1d | ConvTranspose2d | ConvTranspose3d


def _check(layer: _Transposed) -> None:
    check_multiple("groups", ("out_channels", layer.out_channels), ("groups", layer.groups))
    for extra, stride, gap in zip(layer.output_padding, layer.stride, layer.dilation, strict=True):
        if extra >= max(stride, gap):
            raise catalog.windows.PaddingTooLarge(
                field="output_padding",
                padding=extra,
                largest=max(stride, gap) - 1,
                because="the larger of `stride` and `dilation`, less one",
            )


def _output(layer: _Transposed, x: Shape) -> Shape:
    both = gcd(x[0], layer.out_channels)
    check_multiple("groups", ("in_channels", x[0]), ("groups", layer.groups), lambda: divisors(both))
    seen = window.spans(layer.kernel_size, layer.dilation)
    parts = zip(x[1:], layer.stride, layer.padding, seen, layer.output_padding, strict=True)
    sizes = tuple((size - 1) * stride - 2 * pad + span + extra for size, stride, pad, span, extra in parts)
    if min(sizes) < 1:
        raise catalog.windows.NothingLeft(field="padding", sizes=sizes)
    return (layer.out_channels, *sizes)


def _params(layer: _Transposed, x: Shape) -> int:
    return x[0] * (layer.out_channels // layer.groups) * numel(layer.kernel_size) + layer.bias * layer.out_channels


def _macs(layer: _Transposed, x: Shape) -> int:
    return numel(x) * (layer.out_channels // layer.groups) * numel(layer.kernel_size)


def _reach(layer: _Transposed) -> Reach:
    """Known for a stride of 1; else two outputs are less than an input apart."""
    if set(layer.stride) != {1}:
        return None
    return window.reach(layer.kernel_size, layer.stride, layer.dilation)
