"""Convolutions."""

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


class Convolution(Layer):
    """What convolutions of signals, images and volumes share: all but the number of axes. Abstract."""

    family = "convolution"
    positional = 2
    sizes = {"in_channels": CHANNELS}

    out_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | Literal["same", "valid"]
    dilation: tuple[int, ...]
    groups: int
    bias: bool
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"]

    def check(self) -> None:
        check_multiple("groups", ("out_channels", self.out_channels), ("groups", self.groups))

    def check_input(self, x: Shape) -> None:
        if x[0] % self.groups:
            both = gcd(x[0], self.out_channels)
            check_multiple("groups", ("in_channels", x[0]), ("groups", self.groups), lambda: divisors(both))

    def infer(self, x: Shape) -> Shape:
        if self.padding_mode in ("reflect", "circular"):
            self._check_copied_padding(x)
        if self.padding == "same":
            if set(self.stride) != {1}:
                pads = window.same(x[1:], self._spans(), self.stride)
                raise catalog.windows.SameWithStride(field="padding", padding=pads)
            return (self.out_channels, *x[1:])
        padding = (0,) * len(self.kernel_size) if isinstance(self.padding, str) else self.padding
        most = window.UNLIMITED if self.padding_mode == "zeros" else None
        sizes = window.slide_all(x, self.kernel_size, self.stride, padding, dilation=self.dilation, most=most)
        return (self.out_channels, *sizes)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return ("channels", *range(1, len(x)))

    def params(self, x: Shape) -> int:
        return self.out_channels * (x[0] // self.groups * numel(self.kernel_size) + self.bias)

    def macs(self, x: Shape, y: Shape) -> int:
        return numel(y) * (x[0] // self.groups) * numel(self.kernel_size)

    def reach(self, x: Shape) -> Reach:
        return window.reach(self.kernel_size, self.stride, self.dilation)

    def _check_copied_padding(self, x: Shape) -> None:
        """Padding that copies from the input cannot copy more than there is."""
        less, because = (1, "the input less one") if self.padding_mode == "reflect" else (0, "the input")
        for size, pad in zip(x[1:], self._sides(), strict=True):
            if pad > size - less:
                raise catalog.windows.PaddingTooLarge(
                    field="padding", padding=pad, largest=size - less, because=because
                )

    def _sides(self) -> tuple[int, ...]:
        """The larger of both sides' padding, along each axis."""
        if isinstance(self.padding, tuple):
            return self.padding
        if self.padding == "valid":
            return (0,) * len(self.kernel_size)
        return tuple(span // 2 for span in self._spans())

    def _spans(self) -> tuple[int, ...]:
        return window.spans(self.kernel_size, self.dilation)


class Conv1d(Convolution):
    """Cross-correlation of a signal with learned kernels, plus a bias.

    Shape: `(in_channels, L) -> (out_channels, L')`, with
    `L' = floor((L + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    `padding: same` keeps L (stride 1 only); `padding: valid` is no padding.
    """

    ranks = SIGNAL
    instead = {3: "Conv2d", 4: "Conv3d"}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizeSingle, Doc("Length of the kernels, in positions.")]
    stride: Annotated[SizeSingle, Doc("Step of the kernel, in positions.")] = (1,)
    padding: Annotated[ConvPaddingSingle, Doc("Positions added on each side, or `same` or `valid`.")] = (0,)
    dilation: Annotated[SizeSingle, Doc("Distance between the kernel's elements, in positions.")] = (1,)
    groups: _Groups = 1
    bias: _Bias = True
    padding_mode: _Mode = "zeros"


class Conv2d(Convolution):
    """Cross-correlation of an image with learned kernels, plus a bias.

    Shape: `(in_channels, H, W) -> (out_channels, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    The shorter `(H - kernel_size + padding) / stride` of some tutorials is wrong: padding counts on both sides, the
    division rounds down, and the first position adds 1.
    `padding: same` keeps H and W (stride 1 only); `padding: valid` is no padding.
    """

    ranks = IMAGE
    instead = {4: "Conv3d"}

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizePair, Doc("Height and width of the kernels, in pixels.")]
    stride: Annotated[SizePair, Doc("Step of the kernel, in pixels.")] = (1, 1)
    padding: Annotated[ConvPadding, Doc("Pixels added on each side, or `same` or `valid`.")] = (0, 0)
    dilation: Annotated[SizePair, Doc("Distance between the kernel's elements, in pixels.")] = (1, 1)
    groups: _Groups = 1
    bias: _Bias = True
    padding_mode: _Mode = "zeros"


class Conv3d(Convolution):
    """Cross-correlation of a volume with learned kernels, plus a bias.

    Shape: `(in_channels, D, H, W) -> (out_channels, D', H', W')`, with for each of the three axes
    `D' = floor((D + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    `padding: same` keeps the sizes (stride 1 only); `padding: valid` is no padding.
    """

    ranks = VOLUME

    in_channels: _In = None
    out_channels: _Out
    kernel_size: Annotated[SizeTriple, Doc("Depth, height and width of the kernels, in voxels.")]
    stride: Annotated[SizeTriple, Doc("Step of the kernel, in voxels.")] = (1, 1, 1)
    padding: Annotated[ConvPaddingTriple, Doc("Voxels added on each side, or `same` or `valid`.")] = (0, 0, 0)
    dilation: Annotated[SizeTriple, Doc("Distance between the kernel's elements, in voxels.")] = (1, 1, 1)
    groups: _Groups = 1
    bias: _Bias = True
    padding_mode: _Mode = "zeros"
