"""Pools: a window slides over the image and keeps one number for each position."""

from typing import Annotated, Any, ClassVar

from archc.diagnostics.catalog import shapes as faults
from archc.layers import window
from archc.layers.base import ANY_NUMBER, IMAGE, Layer, Reach, Shape
from archc.record import Doc
from archc.values import CountPair, Divisor, Flag, OutputPair, SizePair


class MaxPool2d(Layer):
    """The largest value of each window.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1`.
    The shorter `H / kernel_size` of some tutorials holds only where `stride` is the window and divides H.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html"
    principal: ClassVar[str | None] = "kernel_size"
    positional: ClassVar[int] = 1
    ranks = IMAGE
    dtypes = ANY_NUMBER

    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    stride: Annotated[
        SizePair | None,
        Doc("Step of the window, in pixels; the window's own size where left out."),
    ] = None
    padding: Annotated[CountPair, Doc("Pixels of minus infinity added on each side.")] = (0, 0)
    dilation: Annotated[SizePair, Doc("Distance between the window's elements, in pixels.")] = (1, 1)
    return_indices: Annotated[Flag, Doc("Not possible in a Sequential, which carries one tensor.")] = False
    ceil_mode: Annotated[Flag, Doc("Round the output size up instead of down.")] = False

    def check(self) -> None:
        if self.return_indices:
            raise faults.SeveralOutputs(field="return_indices")
        window.pool_padding(self.kernel_size, self.padding)

    def infer(self, x: Shape) -> Shape:
        sizes = window.slide_all(
            x, self.kernel_size, self._stride, self.padding, dilation=self.dilation, ceil=self.ceil_mode
        )
        return (x[0], *sizes)

    def reach(self, x: Shape) -> Reach:
        spans = (window.span(k, d) for k, d in zip(self.kernel_size, self.dilation, strict=True))
        return tuple(zip(spans, self._stride, strict=True))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": self._stride}

    @property
    def _stride(self) -> tuple[int, int]:
        return self.stride or self.kernel_size


class AvgPool2d(Layer):
    """The mean of each window.

    Shape: `(C, H, W) -> (C, H', W')`, with for each of the two axes
    `H' = floor((H + 2 * padding - kernel_size) / stride) + 1`.
    With `ceil_mode` the division rounds up, but a last window that would begin in the right padding is dropped.
    `stride` is `kernel_size` where it is left out. `padding` is at most half the window.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html"
    principal: ClassVar[str | None] = "kernel_size"
    positional: ClassVar[int] = 1
    ranks = IMAGE

    kernel_size: Annotated[SizePair, Doc("Height and width of the window, in pixels.")]
    stride: Annotated[
        SizePair | None,
        Doc("Step of the window, in pixels; the window's own size where left out."),
    ] = None
    padding: Annotated[CountPair, Doc("Zero pixels added on each side.")] = (0, 0)
    ceil_mode: Annotated[Flag, Doc("Round the output size up instead of down.")] = False
    count_include_pad: Annotated[Flag, Doc("Count the padding in the mean.")] = True
    divisor_override: Annotated[
        Divisor | None,
        Doc("Divide by this number instead of by the window's size."),
    ] = None

    def check(self) -> None:
        window.pool_padding(self.kernel_size, self.padding)

    def infer(self, x: Shape) -> Shape:
        return (x[0], *window.slide_all(x, self.kernel_size, self._stride, self.padding, ceil=self.ceil_mode))

    def reach(self, x: Shape) -> Reach:
        return tuple(zip(self.kernel_size, self._stride, strict=True))

    def resolve(self, x: Shape) -> dict[str, Any]:
        return super().resolve(x) | {"stride": self._stride}

    @property
    def _stride(self) -> tuple[int, int]:
        return self.stride or self.kernel_size


class AdaptiveAvgPool2d(Layer):
    """The mean of windows that are chosen so that the output has the size asked for.

    Shape: `(C, H, W) -> (C, output_size[0], output_size[1])`; null keeps the input's size along that axis.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html"
    principal: ClassVar[str | None] = "output_size"
    positional: ClassVar[int] = 1
    ranks = IMAGE

    output_size: Annotated[OutputPair, Doc("Height and width of the output, in pixels.")]

    def infer(self, x: Shape) -> Shape:
        height, width = self.output_size
        return (x[0], height or x[1], width or x[2])

    def reach(self, x: Shape) -> Reach:
        """Known where all windows have one size; else null, as they then differ in size and step."""
        _, *outputs = self.infer(x)
        if any(size % output for size, output in zip(x[1:], outputs, strict=True)):
            return None
        return tuple((size // output, size // output) for size, output in zip(x[1:], outputs, strict=True))
