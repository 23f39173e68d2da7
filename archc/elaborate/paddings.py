"""A word for a padding that a layer does not take -> the number that does the same. Loaded where a padding is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from archc.elaborate.corrections import Correction
from archc.layers.conv import Convolution
from archc.layers.conv_transpose import TransposedConvolution
from archc.layers.pool import Pool
from archc.syntax.tree import Tree, data_of
from archc.terms.record import Record


class Padding(NamedTuple):
    """What is written instead of a word, in words and, where it is a value of `padding` alone, as that."""

    advice: str
    replacement: Correction | None = None


def padding(word: object, cls: type[Record], arguments: Mapping[str, Tree]) -> Padding | None:
    """What `same`, `valid`, `causal` or `full` means for a layer with these arguments; None where that is not known."""
    sizes = [_sizes(arguments.get(name)) for name in ("kernel_size", "stride", "dilation")]
    kernel, stride, dilation = sizes
    if not kernel:
        return None
    rank = max(len(size) for size in sizes)
    gaps = _along(dilation or [1], rank)
    spans = [gap * (size - 1) + 1 for size, gap in zip(_along(kernel, rank), gaps, strict=True)]
    if word == "valid":
        return _number([0])
    if word == "same" and issubclass(cls, TransposedConvolution):
        return _transposed(spans, _along(stride or [1], rank), gaps)
    if word == "same" and issubclass(cls, Pool):
        return _pool(spans, _along(stride or kernel, rank))
    return _of_convolution(word, spans) if issubclass(cls, Convolution) else None


def _of_convolution(word: object, spans: list[int]) -> Padding | None:
    if word == "full":
        return _number([span - 1 for span in spans])
    if word == "causal" and len(spans) == 1:
        return Padding(f"delete it, and put `ZeroPad1d: [{spans[0] - 1}, 0]` before the layer: zeros on the left alone")
    return None


def _transposed(spans: list[int], strides: list[int], gaps: list[int]) -> Padding | None:
    """`stride` times the size of the input, as TensorFlow's `same` gives."""
    more = [span - stride for span, stride in zip(spans, strides, strict=True)]
    pads = [max(0, (over + 1) // 2) for over in more]
    extras = [2 * pad - over for pad, over in zip(pads, more, strict=True)]
    if any(extra >= max(both) for extra, both in zip(extras, zip(strides, gaps, strict=True), strict=True)):
        return None
    gives = f"which gives {_text(strides)} times the size of the input"
    if not any(extras):
        return _number(pads, gives)
    return Padding(f"write `padding: {_text(pads)}` and `output_padding: {_text(extras)}`, {gives}")


def _pool(kernel: list[int], strides: list[int]) -> Padding | None:
    """The size over `stride`, rounded up, as TensorFlow's `same` gives."""
    gives = "which gives the size of the input over `stride`, rounded up"
    if all(size % 2 for size in kernel):
        return _number([size // 2 for size in kernel], gives)
    over = [size - stride for size, stride in zip(kernel, strides, strict=True)]
    if any(more < 0 or more % 2 for more in over):
        return None
    pads = [more // 2 for more in over]
    written = f"`padding: {_text(pads)}` and `ceil_mode: true`" if any(pads) else "`ceil_mode: true` instead"
    return Padding(f"write {written}, {gives}")


def _number(sizes: list[int], gives: str = "") -> Padding:
    text = _text(sizes)
    advice = f"write `padding: {text}`" + (f", {gives}" if gives else "")
    return Padding(advice, Correction(text, advice, safe=not gives))


def _text(sizes: list[int]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else str(sizes)


def _sizes(tree: Tree | None) -> list[int]:
    """A size, or one for each axis; none where it is not right itself."""
    data = data_of(tree) if tree else None
    parts: list[object] = data if isinstance(data, list) else [data]
    sizes = [size for size in parts if isinstance(size, int) and 0 < size < 2**31]
    return sizes if len(sizes) == len(parts) else []


def _along(sizes: list[int], rank: int) -> list[int]:
    return sizes * rank if len(sizes) == 1 else [*sizes, *[1] * (rank - len(sizes))]
