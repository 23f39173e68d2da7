"""Convolutions."""

from typing import Annotated, ClassVar, Literal

from archc.diagnostics.catalog import shapes as faults
from archc.layers import window
from archc.layers.base import IMAGE, Layer, Reach, Shape, numel
from archc.record import Doc
from archc.values import ConvPadding, Flag, Size, SizePair, choice


class Conv2d(Layer):
    """Cross-correlation of an image with learned kernels, plus a bias.

    Shape: `(in_channels, H, W) -> (out_channels, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    The shorter `(H - kernel_size + padding) / stride` of some tutorials is wrong: padding counts on both sides, the
    division rounds down, and the first position adds 1.
    `padding: same` keeps H and W (stride 1 only); `padding: valid` is no padding.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html"
    positional: ClassVar[int] = 2
    ranks = IMAGE
    sizes = {"in_channels": 0}

    in_channels: Annotated[Size | None, Doc("Channels of the input; inferred.")] = None
    out_channels: Annotated[Size, Doc("Channels of the output: the number of kernels.")]
    kernel_size: Annotated[SizePair, Doc("Height and width of the kernels, in pixels.")]
    stride: Annotated[SizePair, Doc("Step of the kernel, in pixels.")] = (1, 1)
    padding: Annotated[ConvPadding, Doc("Pixels added on each side, or `same` or `valid`.")] = (0, 0)
    dilation: Annotated[SizePair, Doc("Distance between the kernel's elements, in pixels.")] = (1, 1)
    groups: Annotated[Size, Doc("Groups of channels that are convolved apart.")] = 1
    bias: Annotated[Flag, Doc("Add a learned offset to each output channel.")] = True
    padding_mode: Annotated[
        Literal["zeros", "reflect", "replicate", "circular"],
        choice("zeros", "reflect", "replicate", "circular"),
        Doc("What the padding holds."),
    ] = "zeros"

    def check(self) -> None:
        if self.padding == "same" and self.stride != (1, 1):
            half = tuple((window.span(k, d) - 1) // 2 for k, d in zip(self.kernel_size, self.dilation, strict=True))
            raise faults.SameWithStride(field="stride", padding=half)
        if self.out_channels % self.groups:
            raise faults.NotDivisible(
                field="groups",
                name="out_channels",
                value=self.out_channels,
                divisor_name="groups",
                divisor=self.groups,
                choices=_divisors(self.out_channels),
            )

    def infer(self, x: Shape) -> Shape:
        if x[0] % self.groups:
            choices = tuple(n for n in _divisors(x[0]) if self.out_channels % n == 0)
            raise faults.NotDivisible(
                field="groups",
                name="in_channels",
                value=x[0],
                divisor_name="groups",
                divisor=self.groups,
                choices=choices,
            )
        self._check_copied_padding(x)
        if self.padding == "same":
            return (self.out_channels, *x[1:])
        padding = (0, 0) if isinstance(self.padding, str) else self.padding
        return (
            self.out_channels,
            *window.slide_all(x, self.kernel_size, self.stride, padding, dilation=self.dilation),
        )

    def params(self, x: Shape) -> int:
        kernel = self.kernel_size[0] * self.kernel_size[1]
        return self.out_channels * (x[0] // self.groups * kernel + self.bias)

    def macs(self, x: Shape) -> int:
        kernel = self.kernel_size[0] * self.kernel_size[1]
        return numel(self.infer(x)) * (x[0] // self.groups) * kernel

    def reach(self, x: Shape) -> Reach:
        spans = (window.span(k, d) for k, d in zip(self.kernel_size, self.dilation, strict=True))
        return tuple(zip(spans, self.stride, strict=True))

    def _sides(self) -> tuple[int, ...]:
        """The larger of both sides' padding, along height and width."""
        if isinstance(self.padding, tuple):
            return self.padding
        if self.padding == "valid":
            return (0, 0)
        return tuple(window.span(k, d) // 2 for k, d in zip(self.kernel_size, self.dilation, strict=True))

    def _check_copied_padding(self, x: Shape) -> None:
        """Padding that copies from the input cannot copy more than there is."""
        limits = {"reflect": (1, "the input less one"), "circular": (0, "the input")}
        if self.padding_mode not in limits:
            return
        less, because = limits[self.padding_mode]
        for size, pad in zip(x[1:], self._sides(), strict=True):
            if pad > size - less:
                raise faults.PaddingTooLarge(field="padding", padding=pad, largest=size - less, because=because)


def _divisors(number: int) -> tuple[int, ...]:
    """The divisors of a number of channels, at most a dozen of them."""
    found: list[int] = []
    candidate = 1
    while candidate <= number and len(found) < 12 and candidate < 10_000:
        if number % candidate == 0:
            found.append(candidate)
        candidate += 1
    return tuple(found)
