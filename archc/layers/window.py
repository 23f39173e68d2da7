"""Sliding-window arithmetic of convolutions and pools: how many positions a window has in a padded input.

Source: https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html and
https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html, section "Shape" of both.
"""

from typing import Final

from archc.diagnostics import catalog
from archc.layers.base import Reach, Shape
from archc.terms.values import DIMENSION_LIMIT

Ints = tuple[int, ...]


def span(window: int, dilation: int = 1) -> int:
    """The positions from the first to the last that a window touches."""
    return dilation * (window - 1) + 1


def spans(window: Ints, dilation: Ints) -> Ints:
    """`span` along each axis."""
    return tuple([span(size, gap) for size, gap in zip(window, dilation, strict=True)])


def reach(window: Ints, stride: Ints, dilation: Ints | None = None) -> Reach:
    """How far each output of a window sees along each axis, and the step between two."""
    seen = spans(window, dilation) if dilation and max(dilation) > 1 else window
    return tuple(zip(seen, stride, strict=True))


def slide(size: int, window: int, stride: int, padding: int, dilation: int = 1, ceil: bool = False) -> int:
    """The number of positions of a window: `floor((size + padding - span) / stride) + 1`.

    `padding` is the sum of both sides, which are equal. With `ceil` the division rounds up, and a last window that
    would begin in the right padding is dropped. Zero or less: the window does not fit.
    """
    room = size + padding - dilation * (window - 1) - 1
    if not ceil:
        return room // stride + 1
    positions = -(-room // stride) + 1
    if (positions - 1) * stride >= size + padding // 2:
        positions -= 1
    return positions


def same(sizes: Ints, seen: Ints, stride: Ints) -> Ints:
    """The padding of each side with which a window of so many positions has `ceil(size / stride)` of them.

    That is what TensorFlow calls `same`. Half the window where none has, as with an even window and a stride of 1.
    """
    return tuple([_same(*axis) for axis in zip(sizes, seen, stride, strict=True)])


def _same(size: int, seen: int, stride: int) -> int:
    wanted = -(-size // stride)
    least = max(0, ((wanted - 1) * stride + seen - size + 1) // 2)
    return least if slide(size, seen, stride, 2 * least) == wanted else (seen - 1) // 2


def slide_all(
    x: Shape,
    window: Ints,
    stride: Ints,
    padding: Ints,
    *,
    dilation: Ints | None = None,
    ceil: bool = False,
    most: Ints | None = None,
) -> Shape:
    """The output sizes along the last axes of `x`, one for each element of `window`. `padding` is that of one side.

    `most` is the most padding that the layer could have, along each axis; it serves the fault's help alone.

    Raises:
        WindowTooLarge: a window has no position.
    """
    dilation = dilation or (1,) * len(window)
    outputs = []
    sizes = x[len(x) - len(window) :]
    for i, size in enumerate(sizes):
        output = slide(size, window[i], stride[i], 2 * padding[i], dilation[i], ceil)
        if output < 1:
            padded = size + 2 * padding[i]
            needed = -((size - span(window[i], dilation[i])) // 2)
            largest = [(size + 2 * pad - 1) // gap + 1 for size, pad, gap in zip(sizes, padding, dilation, strict=True)]
            raise catalog.windows.WindowTooLarge(
                field="kernel_size",
                window=span(window[i], dilation[i]),
                extent=padded,
                largest=largest[i],
                axis=i,
                fitting=tuple(map(min, window, largest)),
                padding=needed if most and needed <= most[i] else None,
            )
        outputs.append(output)
    return tuple(outputs)


UNLIMITED: Final = (DIMENSION_LIMIT,) * 3
"""The most padding of a layer that pads with constants."""


def half(window: Ints) -> Ints:
    """The most padding that torch lets a pool have."""
    return tuple([size // 2 for size in window])


def pool_padding(window: Ints, padding: Ints) -> None:
    """Check that a pool's padding is at most half its window, as torch demands; dilation does not count.

    Raises:
        PaddingTooLarge: it is more.
    """
    for size, pad in zip(window, padding, strict=True):
        if pad > size // 2:
            raise catalog.windows.PaddingTooLarge(
                field="padding", padding=pad, largest=size // 2, because="half the window"
            )


def fits_unpadded(x: Shape, window: Ints) -> None:
    """Check that no window is larger than the input without its padding, as torch demands of the mean of volumes.

    Raises:
        WindowTooLarge: one is.
    """
    sizes = x[len(x) - len(window) :]
    for at, (size, extent) in enumerate(zip(window, sizes, strict=True)):
        if size > extent:
            raise catalog.windows.WindowTooLarge(
                field="kernel_size",
                window=size,
                extent=extent,
                largest=extent,
                axis=at,
                fitting=tuple(map(min, window, sizes)),
                padded=False,
            )
