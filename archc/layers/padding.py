"""Padding: positions added around the input, or cropped where the padding is negative."""

from typing import Annotated, TypeAlias

from archc.diagnostics import catalog
from archc.layers.base import ANY_NUMBER, IMAGE, SIGNAL, VOLUME, Layer, Shape
from archc.terms.record import Doc
from archc.terms.values import Real, SidesPair, SidesSingle, SidesTriple

_Positions = Annotated[SidesSingle, Doc("Positions added at each end; negative ones are cropped.")]
_Pixels = Annotated[SidesPair, Doc("Pixels added on each side; negative ones are cropped.")]
_Voxels = Annotated[SidesTriple, Doc("Voxels added on each side; negative ones are cropped.")]
_Value = Annotated[Real, Doc("What is added.")]


class ZeroPad1d(Layer):
    """Zeros added at both ends.

    Shape: `(*, L) -> (*, L')`, with `L' = L + left + right`.
    """

    principal = "padding"
    positional = 1
    dtypes = ANY_NUMBER

    padding: _Positions

    def infer(self, x: Shape) -> Shape:
        return _filled(self, x, 1)


class ZeroPad2d(Layer):
    """Zeros added around images.

    Shape: `(*, H, W) -> (*, H', W')`, with `W' = W + left + right` and `H' = H + top + bottom`.
    """

    principal = "padding"
    positional = 1
    dtypes = ANY_NUMBER

    padding: _Pixels

    def infer(self, x: Shape) -> Shape:
        return _filled(self, x, 2)


class ZeroPad3d(Layer):
    """Zeros added around volumes.

    Shape: `(*, D, H, W) -> (*, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`.
    """

    principal = "padding"
    positional = 1
    dtypes = ANY_NUMBER

    padding: _Voxels

    def infer(self, x: Shape) -> Shape:
        return _filled(self, x, 3)


class ConstantPad1d(Layer):
    """One value added at both ends.

    Shape: `(*, L) -> (*, L')`, with `L' = L + left + right`.
    """

    positional = 2
    dtypes = ANY_NUMBER

    padding: _Positions
    value: _Value

    def infer(self, x: Shape) -> Shape:
        return _filled(self, x, 1)


class ConstantPad2d(Layer):
    """One value added around images.

    Shape: `(*, H, W) -> (*, H', W')`, with `W' = W + left + right` and `H' = H + top + bottom`.
    """

    positional = 2
    dtypes = ANY_NUMBER

    padding: _Pixels
    value: _Value

    def infer(self, x: Shape) -> Shape:
        return _filled(self, x, 2)


class ConstantPad3d(Layer):
    """One value added around volumes.

    Shape: `(*, D, H, W) -> (*, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`.
    """

    positional = 2
    dtypes = ANY_NUMBER

    padding: _Voxels
    value: _Value

    def infer(self, x: Shape) -> Shape:
        return _filled(self, x, 3)


class ReflectionPad1d(Layer):
    """The input's own values, mirrored at its edge without repeating the edge, added at both ends.

    Shape: `(C, L) -> (C, L')`, with `L' = L + left + right`. Padding is less than the input's size.
    """

    principal = "padding"
    positional = 1
    ranks = SIGNAL
    instead = {3: "ReflectionPad2d", 4: "ReflectionPad3d"}
    dtypes = ANY_NUMBER

    padding: _Positions

    def infer(self, x: Shape) -> Shape:
        return _mirrored(self, x)


class ReflectionPad2d(Layer):
    """The input's own values, mirrored at its edge without repeating the edge, added around images.

    Shape: `(C, H, W) -> (C, H', W')`, with `W' = W + left + right` and
    `H' = H + top + bottom`. Padding is less than the input's size.
    """

    principal = "padding"
    positional = 1
    ranks = IMAGE
    instead = {4: "ReflectionPad3d"}
    dtypes = ANY_NUMBER

    padding: _Pixels

    def infer(self, x: Shape) -> Shape:
        return _mirrored(self, x)


class ReflectionPad3d(Layer):
    """The input's own values, mirrored at its edge without repeating the edge, added around volumes.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`. Padding is less than the input's size.
    """

    principal = "padding"
    positional = 1
    ranks = VOLUME
    dtypes = ANY_NUMBER

    padding: _Voxels

    def infer(self, x: Shape) -> Shape:
        return _mirrored(self, x)


class ReplicationPad1d(Layer):
    """The values at the input's edge, repeated, added at both ends.

    Shape: `(C, L) -> (C, L')`, with `L' = L + left + right`.
    """

    principal = "padding"
    positional = 1
    ranks = SIGNAL
    instead = {3: "ReplicationPad2d", 4: "ReplicationPad3d"}
    dtypes = ANY_NUMBER

    padding: _Positions

    def infer(self, x: Shape) -> Shape:
        return _padded(self, x)


class ReplicationPad2d(Layer):
    """The values at the input's edge, repeated, added around images.

    Shape: `(C, H, W) -> (C, H', W')`, with `W' = W + left + right` and `H' = H + top + bottom`.
    """

    principal = "padding"
    positional = 1
    ranks = IMAGE
    instead = {4: "ReplicationPad3d"}
    dtypes = ANY_NUMBER

    padding: _Pixels

    def infer(self, x: Shape) -> Shape:
        return _padded(self, x)


class ReplicationPad3d(Layer):
    """The values at the input's edge, repeated, added around volumes.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`.
    """

    principal = "padding"
    positional = 1
    ranks = VOLUME
    dtypes = ANY_NUMBER

    padding: _Voxels

    def infer(self, x: Shape) -> Shape:
        return _padded(self, x)


class CircularPad1d(Layer):
    """The values of the input's opposite side, added at both ends.

    Shape: `(C, L) -> (C, L')`, with `L' = L + left + right`. Padding is at most the input's size.
    """

    principal = "padding"
    positional = 1
    ranks = SIGNAL
    instead = {3: "CircularPad2d", 4: "CircularPad3d"}
    dtypes = ANY_NUMBER

    padding: _Positions

    def infer(self, x: Shape) -> Shape:
        return _wrapped(self, x)


class CircularPad2d(Layer):
    """The values of the input's opposite side, added around images.

    Shape: `(C, H, W) -> (C, H', W')`, with `W' = W + left + right` and
    `H' = H + top + bottom`. Padding is at most the input's size.
    """

    principal = "padding"
    positional = 1
    ranks = IMAGE
    instead = {4: "CircularPad3d"}
    dtypes = ANY_NUMBER

    padding: _Pixels

    def infer(self, x: Shape) -> Shape:
        return _wrapped(self, x)


class CircularPad3d(Layer):
    """The values of the input's opposite side, added around volumes.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`. Padding is at most the input's size.
    """

    principal = "padding"
    positional = 1
    ranks = VOLUME
    dtypes = ANY_NUMBER

    padding: _Voxels

    def infer(self, x: Shape) -> Shape:
        return _wrapped(self, x)


_Filled: TypeAlias = ZeroPad1d | ZeroPad2d | ZeroPad3d | ConstantPad1d | ConstantPad2d | ConstantPad3d
_Mirrored: TypeAlias = ReflectionPad1d | ReflectionPad2d | ReflectionPad3d
_Wrapped: TypeAlias = CircularPad1d | CircularPad2d | CircularPad3d
_Padding: TypeAlias = _Filled | _Mirrored | _Wrapped | ReplicationPad1d | ReplicationPad2d | ReplicationPad3d


def _filled(layer: _Filled, x: Shape, axes: int) -> Shape:
    """The padded shape of an input of at least `axes` axes."""
    if len(x) < axes:
        expected = {1: "length", 2: "height, width", 3: "depth, height, width"}[axes]
        raise catalog.shapes.WrongRank(layer=type(layer).__name__, shape=x, expected={axes: expected})
    parts = zip(x[::-1], _sides(layer), strict=False)
    cropped = tuple(size + min(0, left) + min(0, right) for size, (left, right) in parts)[::-1]
    if min(cropped) < 0:
        raise catalog.windows.NothingLeft(field="padding", sizes=cropped)
    return _padded(layer, x)


def _mirrored(layer: _Mirrored, x: Shape) -> Shape:
    """The padded shape, where a side copies at most the input's size less one."""
    for size, sides in zip(x[::-1], _sides(layer), strict=False):
        _check_copies(max(sides), size - 1, "the input less one")
    return _padded(layer, x)


def _wrapped(layer: _Wrapped, x: Shape) -> Shape:
    """The padded shape, where a side copies at most what the other one leaves of the input."""
    for size, (left, right) in zip(x[::-1], _sides(layer), strict=False):
        _check_copies(left, size + min(0, right), "what is left of the input")
        _check_copies(right, size + min(0, left), "what is left of the input")
    return _padded(layer, x)


def _check_copies(padding: int, largest: int, because: str) -> None:
    if padding > max(0, largest):
        raise catalog.windows.PaddingTooLarge(
            field="padding", padding=padding, largest=max(0, largest), because=because
        )


def _padded(layer: _Padding, x: Shape) -> Shape:
    """The shape with both sides' padding added, from the last axis on, as torch lists them."""
    sides = _sides(layer)
    sizes = [size + sum(both) for size, both in zip(x[::-1], sides, strict=False)][::-1]
    if min(sizes) < 1:
        raise catalog.windows.NothingLeft(field="padding", sizes=tuple(sizes))
    return (*x[: len(x) - len(sizes)], *sizes)


def _sides(layer: _Padding) -> list[tuple[int, int]]:
    """The padding before and after, for each axis from the last on."""
    return list(zip(layer.padding[::2], layer.padding[1::2], strict=True))
