"""Transposed convolutions, which enlarge their input."""

from math import gcd
from typing import Annotated, Literal

from archc.diagnostics import catalog
from archc.layers import window
from archc.layers.base import (
    CHANNELS,
    IMAGE,
    SIGNAL,
    VOLUME,
    Layer,
    Origin,
    Reach,
    Shape,
    check_multiple,
    divisors,
    numel,
)
from archc.terms.record import Doc
from archc.terms.values import CountPair, CountSingle, CountTriple, Flag, Size, SizePair, SizeSingle, SizeTriple, choice

_In = Annotated[Size | None, Doc("Channels of the input; inferred.")]
_Out = Annotated[Size, Doc("Channels of the output.")]
_Groups = Annotated[Size, Doc("Groups of channels that are convolved apart.")]
_Bias = Annotated[Flag, Doc("Add a learned offset to each output channel.")]
_Mode = Annotated[Literal["zeros"], choice("zeros"), Doc("What the padding holds; torch has zeros alone.")]
_PADDING = "Takes as much away from each side of the output as that padding adds to a convolution's input."
_EXTRA = "Added to one side of the output; less than `stride` or `dilation`."


class TransposedConvolution(Layer):
    """What transposed convolutions of signals, images and volumes share: all but the number of axes. Abstract."""

    family = "transposed convolution"
    positional = 2
    sizes = {"in_channels": CHANNELS}

    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    output_padding: tuple[int, ...]
    groups: int
    bias: bool
    dilation: tuple[int, ...]

    def check(self) -> None:
        check_multiple("groups", ("out_channels", self.out_channels), ("groups", self.groups))
        for extra, stride, gap in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra >= max(stride, gap):
                raise catalog.windows.PaddingTooLarge(
                    field="output_padding",
                    padding=extra,
                    largest=max(stride, gap) - 1,
                    because="the larger of `stride` and `dilation`, less one",
                )

    def check_input(self, x: Shape) -> None:
        both = gcd(x[0], self.out_channels)
        check_multiple("groups", ("in_channels", x[0]), ("groups", self.groups), lambda: divisors(both))

    def infer(self, x: Shape) -> Shape:
        seen = window.spans(self.kernel_size, self.dilation)
        parts = zip(x[1:], self.stride, self.padding, seen, self.output_padding, strict=True)
        sizes = tuple((size - 1) * stride - 2 * pad + span + extra for size, stride, pad, span, extra in parts)
        if min(sizes) < 1:
            raise catalog.windows.NothingLeft(field="padding", sizes=sizes)
        return (self.out_channels, *sizes)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return ("channels", *range(1, len(x)))

    def params(self, x: Shape) -> int:
        return x[0] * (self.out_channels // self.groups) * numel(self.kernel_size) + self.bias * self.out_channels

    def macs(self, x: Shape, y: Shape) -> int:
        return numel(x) * (self.out_channels // self.groups) * numel(self.kernel_size)

    def reach(self, x: Shape) -> Reach:
        """Known for a stride of 1; else two outputs are less than an input apart."""
        if set(self.stride) != {1}:
            return None
        return window.reach(self.kernel_size, self.stride, self.dilation)


class ConvTranspose1d(TransposedConvolution):
    """The transpose of a convolution of signals: it gives back the sizes that `Conv1d` takes away, not the values.

    Shape: `(in_channels, L) -> (out_channels, L')`, with
    `L' = (L - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.
    """

    ranks = SIGNAL
    instead = {3: "ConvTranspose2d", 4: "ConvTranspose3d"}

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


class ConvTranspose2d(TransposedConvolution):
    """The transpose of a convolution of images: it gives back the sizes that `Conv2d` takes away, not the values.

    Shape: `(in_channels, H, W) -> (out_channels, H', W')`, with for each of the two axes
    `H' = (H - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.
    """

    ranks = IMAGE
    instead = {4: "ConvTranspose3d"}

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


class ConvTranspose3d(TransposedConvolution):
    """The transpose of a convolution of volumes: it gives back the sizes that `Conv3d` takes away, not the values.

    Shape: `(in_channels, D, H, W) -> (out_channels, D', H', W')`, with for each of the three axes
    `D' = (D - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`.
    """

    ranks = VOLUME

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
