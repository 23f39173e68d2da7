"""Padding: positions added around the input, or cropped where the padding is negative."""

from typing import Annotated

from archc.diagnostics import catalog
from archc.layers.base import ANY_NUMBER, IMAGE, SIGNAL, VOLUME, Layer, Shape
from archc.layers.ranges import Range
from archc.terms.record import Doc
from archc.terms.values import Real, SidesPair, SidesSingle, SidesTriple

_Positions = Annotated[SidesSingle, Doc("Positions added at each end; negative ones are cropped.")]
_Pixels = Annotated[SidesPair, Doc("Pixels added on each side; negative ones are cropped.")]
_Voxels = Annotated[SidesTriple, Doc("Voxels added on each side; negative ones are cropped.")]
_Value = Annotated[Real, Doc("What is added.")]


class Pad(Layer):
    """What all padding shares: both sides of each axis, from the last axis on, as torch lists them. Abstract."""

    family = "padding"
    positional = 1
    dtypes = ANY_NUMBER

    padding: tuple[int, ...]

    def infer(self, x: Shape) -> Shape:
        sides = self.sides
        sizes = [size + sum(both) for size, both in zip(x[::-1], sides, strict=False)][::-1]
        if min(sizes) < 1:
            raise catalog.windows.NothingLeft(field="padding", sizes=tuple(sizes))
        return (*x[: len(x) - len(sizes)], *sizes)

    @property
    def sides(self) -> list[tuple[int, int]]:
        """The padding before and after, for each axis from the last on."""
        return list(zip(self.padding[::2], self.padding[1::2], strict=True))

    def kept(self, x: Range, shape: Shape) -> Range:
        """That of values some of which are there several times, or no more: a whole along other axes is still one."""
        changed = {len(shape) - 1 - index for index, both in enumerate(self.sides) if any(both)}
        return x.placed({axis: (axis,) for axis in range(len(shape)) if axis not in changed})


class FilledPad(Pad):
    """What padding with a constant shares: it takes an input of any axes, if they are enough. Abstract."""

    def infer(self, x: Shape) -> Shape:
        axes = len(self.sides)
        if len(x) < axes:
            expected = {1: "length", 2: "height, width", 3: "depth, height, width"}[axes]
            raise catalog.shapes.WrongRank(layer=type(self).__name__, shape=x, expected={axes: expected})
        parts = zip(x[::-1], self.sides, strict=False)
        cropped = tuple(size + min(0, left) + min(0, right) for size, (left, right) in parts)[::-1]
        if min(cropped) < 0:
            raise catalog.windows.NothingLeft(field="padding", sizes=cropped)
        return super().infer(x)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        filled = any(max(both) > 0 for both in self.sides)
        return x.bare.and_also(getattr(self, "value", 0.0)) if filled else self.kept(x, shape)


class CopiedPad(Pad):
    """What padding with the input's own values shares. Abstract."""

    principal = "padding"

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return self.kept(x, shape)


class MirroredPad(CopiedPad):
    """What padding with mirrored values shares: a side copies at most the input's size less one. Abstract."""

    def infer(self, x: Shape) -> Shape:
        for size, sides in zip(x[::-1], self.sides, strict=False):
            _check_copies(max(sides), size - 1, "the input less one")
        return super().infer(x)


class WrappedPad(CopiedPad):
    """What padding with the opposite side shares: a side copies at most what the other one leaves. Abstract."""

    def infer(self, x: Shape) -> Shape:
        for size, (left, right) in zip(x[::-1], self.sides, strict=False):
            _check_copies(left, size + min(0, right), "what is left of the input")
            _check_copies(right, size + min(0, left), "what is left of the input")
        return super().infer(x)


def _check_copies(padding: int, largest: int, because: str) -> None:
    if padding > max(0, largest):
        raise catalog.windows.PaddingTooLarge(
            field="padding", padding=padding, largest=max(0, largest), because=because
        )


class ZeroPad1d(FilledPad):
    """Zeros added at both ends.

    Shape: `(*, L) -> (*, L')`, with `L' = L + left + right`.
    """

    principal = "padding"

    padding: _Positions


class ZeroPad2d(FilledPad):
    """Zeros added around images.

    Shape: `(*, H, W) -> (*, H', W')`, with `W' = W + left + right` and `H' = H + top + bottom`.
    """

    principal = "padding"

    padding: _Pixels


class ZeroPad3d(FilledPad):
    """Zeros added around volumes.

    Shape: `(*, D, H, W) -> (*, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`.
    """

    principal = "padding"

    padding: _Voxels


class ConstantPad1d(FilledPad):
    """One value added at both ends.

    Shape: `(*, L) -> (*, L')`, with `L' = L + left + right`.
    """

    positional = 2

    padding: _Positions
    value: _Value


class ConstantPad2d(FilledPad):
    """One value added around images.

    Shape: `(*, H, W) -> (*, H', W')`, with `W' = W + left + right` and `H' = H + top + bottom`.
    """

    positional = 2

    padding: _Pixels
    value: _Value


class ConstantPad3d(FilledPad):
    """One value added around volumes.

    Shape: `(*, D, H, W) -> (*, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`.
    """

    positional = 2

    padding: _Voxels
    value: _Value


class ReflectionPad1d(MirroredPad):
    """The input's own values, mirrored at its edge without repeating the edge, added at both ends.

    Shape: `(C, L) -> (C, L')`, with `L' = L + left + right`. Padding is less than the input's size.
    """

    ranks = SIGNAL
    instead = {3: "ReflectionPad2d", 4: "ReflectionPad3d"}

    padding: _Positions


class ReflectionPad2d(MirroredPad):
    """The input's own values, mirrored at its edge without repeating the edge, added around images.

    Shape: `(C, H, W) -> (C, H', W')`, with `W' = W + left + right` and
    `H' = H + top + bottom`. Padding is less than the input's size.
    """

    ranks = IMAGE
    instead = {4: "ReflectionPad3d"}

    padding: _Pixels


class ReflectionPad3d(MirroredPad):
    """The input's own values, mirrored at its edge without repeating the edge, added around volumes.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`. Padding is less than the input's size.
    """

    ranks = VOLUME

    padding: _Voxels


class ReplicationPad1d(CopiedPad):
    """The values at the input's edge, repeated, added at both ends.

    Shape: `(C, L) -> (C, L')`, with `L' = L + left + right`.
    """

    ranks = SIGNAL
    instead = {3: "ReplicationPad2d", 4: "ReplicationPad3d"}

    padding: _Positions


class ReplicationPad2d(CopiedPad):
    """The values at the input's edge, repeated, added around images.

    Shape: `(C, H, W) -> (C, H', W')`, with `W' = W + left + right` and `H' = H + top + bottom`.
    """

    ranks = IMAGE
    instead = {4: "ReplicationPad3d"}

    padding: _Pixels


class ReplicationPad3d(CopiedPad):
    """The values at the input's edge, repeated, added around volumes.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`.
    """

    ranks = VOLUME

    padding: _Voxels


class CircularPad1d(WrappedPad):
    """The values of the input's opposite side, added at both ends.

    Shape: `(C, L) -> (C, L')`, with `L' = L + left + right`. Padding is at most the input's size.
    """

    ranks = SIGNAL
    instead = {3: "CircularPad2d", 4: "CircularPad3d"}

    padding: _Positions


class CircularPad2d(WrappedPad):
    """The values of the input's opposite side, added around images.

    Shape: `(C, H, W) -> (C, H', W')`, with `W' = W + left + right` and
    `H' = H + top + bottom`. Padding is at most the input's size.
    """

    ranks = IMAGE
    instead = {4: "CircularPad3d"}

    padding: _Pixels


class CircularPad3d(WrappedPad):
    """The values of the input's opposite side, added around volumes.

    Shape: `(C, D, H, W) -> (C, D', H', W')`, with `W' = W + left + right`, `H' = H + top + bottom` and
    `D' = D + front + back`. Padding is at most the input's size.
    """

    ranks = VOLUME

    padding: _Voxels
