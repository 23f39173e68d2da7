"""What a layer gives though it cannot take what reaches it: as much as its arguments say, whatever was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Layer, Shape
from archc.layers.base import OF_POSITIONS

_TIMES: Final = 8
"""How many times larger an axis of unknown size is in another try; a power of 2, so that it can still be divided."""

_LARGE: Final = 10_080
"""A size into which all usual windows fit, and which all small numbers divide."""


class Trial(NamedTuple):
    """What a layer cannot do with a shape, and the shapes that it may give all the same."""

    faults: tuple[Fault, ...]
    outputs: tuple[Shape, ...]


def tried(layer: Layer, x: Shape) -> Trial:
    """A layer that gets a shape: it may be wrong in what it asks of sizes, and in what it makes of them."""
    try:
        return Trial((), (layer.output_shape(x),))
    except Fault as fault:
        if not fault.gives_output:
            return Trial((fault,), despite(fault, layer, x))
        try:
            layer.infer(x)
        except Fault as other:
            return Trial((fault, other), despite(other, layer, x))
        return Trial((fault,), despite(fault, layer, x))


def despite(fault: Fault, layer: Layer, x: Shape) -> tuple[Shape, ...]:
    """Shapes that a layer may give once its fault is mended: the sizes in which they agree are known.

    None at all where the fault says nothing of sizes, or where the layer may be meant to take another axis.
    """
    if fault.gives_output:
        return _outputs(layer, (x, _grown(x, _asked(fault, layer, x))))
    match fault:
        case catalog.windows.WindowTooLarge() | catalog.windows.PaddingTooLarge() | catalog.windows.NothingLeft():
            large = tuple([_LARGE if axis in _positions(layer, x) else size for axis, size in enumerate(x)])
            return _outputs(layer, (large, _grown(large, _positions(layer, x))))
        case catalog.blocks.BranchesDiffer():
            return fault.possible
        case catalog.shapes.DimensionTooLarge():
            return (fault.shape,)
    return ()


def _outputs(layer: Layer, inputs: Iterable[Shape]) -> tuple[Shape, ...]:
    try:
        return tuple([layer.infer(x) for x in inputs])
    except Fault:
        return ()


def _grown(x: Shape, axes: Iterable[int]) -> Shape:
    return tuple([size * _TIMES if axis in axes else size for axis, size in enumerate(x)])


def _asked(fault: Fault, layer: Layer, x: Shape) -> tuple[int, ...]:
    """The axes of which a size is in question."""
    written = fault.written if isinstance(fault, catalog.shapes.SizeMismatch) else None
    if isinstance(written, tuple):
        return tuple(range(max(0, len(x) - len(written)), len(x)))
    return tuple([axis for axis, meaning in enumerate(layer.reads(x)) if meaning in OF_POSITIONS]) or (*range(len(x)),)


def _positions(layer: Layer, x: Shape) -> tuple[int, ...]:
    return tuple([axis for axis, meaning in enumerate(layer.reads(x)) if meaning and meaning not in OF_POSITIONS])
