"""Layers that only change the shape, or take away axes."""

from typing import Annotated, Any

from archc.diagnostics import catalog
from archc.layers.base import ANY_NUMBER, Layer, Origin, Reach, Shape, axis, numel, sample_axis
from archc.layers.ranges import Range, between
from archc.terms.record import Doc
from archc.terms.values import Axes, Axis, Flag, Index, Parts


class Flatten(Layer):
    """Merge the axes `start_dim` to `end_dim` into one; by default all axes of a sample.

    Shape: `(C, H, W) -> (C * H * W)`. Axis 0 is the batch, which is not merged.
    """

    family = "view"
    dtypes = ANY_NUMBER

    start_dim: Annotated[Axis, Doc("First axis to merge; axis 0 is the batch.")] = 1
    end_dim: Annotated[Axis, Doc("Last axis to merge.")] = -1

    def infer(self, x: Shape) -> Shape:
        start, end = axis("start_dim", self.start_dim, x), axis("end_dim", self.end_dim, x)
        if start > end:
            raise catalog.axes.AxesOutOfOrder(field="start_dim", start=start, end=end)
        if start == end:
            return x
        if start == 0:
            raise catalog.axes.FlattenMergesBatch(field="start_dim")
        return (*x[: start - 1], numel(x[start - 1 : end]), *x[end:])

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        start, end = axis("start_dim", self.start_dim, x), axis("end_dim", self.end_dim, x)
        axes = tuple(range(len(x)))
        return axes if start == end else (*axes[: start - 1], axes[start - 1 : end], *axes[end:])

    def reach(self, x: Shape) -> Reach:
        return () if self.infer(x) == x else None

    def resolve(self, x: Shape) -> dict[str, Any]:
        return {"start_dim": axis("start_dim", self.start_dim, x), "end_dim": axis("end_dim", self.end_dim, x)}

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        start, end = (at - 1 for at in self.resolve(shape).values())
        return x.flattened(shape, start, end) if start < end else x


class Unflatten(Layer):
    """Split an axis into several, whose sizes multiply to its own.

    Shape: `(*, N, *) -> (*, *unflattened_size, *)`. One of the sizes may be -1: it is computed.
    """

    family = "view"
    positional = 2
    dtypes = ANY_NUMBER

    dim: Annotated[Axis, Doc("The axis that is split; axis 0 is the batch.")]
    unflattened_size: Annotated[Parts, Doc("The sizes that it is split into.")]

    def infer(self, x: Shape) -> Shape:
        at = sample_axis("dim", self.dim, x)
        return (*x[:at], *self._parts(x[at]), *x[at + 1 :])

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        """Where an axis of 1 is added, what follows is to read all of them anew, as an image of a sequence."""
        at = sample_axis("dim", self.dim, x)
        parts = self._parts(x[at])
        if 1 in parts and x[at] > 1:
            return (None,) * (len(x) - 1 + len(parts))
        return (*range(at), *(None,) * len(parts), *range(at + 1, len(x)))

    def reach(self, x: Shape) -> Reach:
        return () if self.infer(x) == x else None

    def _parts(self, size: int) -> Shape:
        """The sizes with the one that is to be computed."""
        known = numel(tuple(part for part in self.unflattened_size if part != -1))
        open_ = self.unflattened_size.count(-1)
        if open_ > 1 or size % known or (open_ == 0 and size != known):
            raise catalog.axes.ProductDiffers(field="unflattened_size", sizes=self.unflattened_size, actual=size)
        return tuple(size // known if part == -1 else part for part in self.unflattened_size)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        at, rank = sample_axis("dim", self.dim, shape), len(self.unflattened_size)
        parts = [at + index for index, part in enumerate(self._parts(shape[at])) if part > 1]
        rest = {axis: (axis + (rank - 1) * (axis > at),) for axis in range(len(shape)) if axis != at}
        return x.placed({at: tuple(parts), **rest})


class Permute(Layer):
    """Put the axes into another order.

    Shape: that of the input, reordered: `Permute: [0, 2, 3, 1]` makes `(H, W, C)` of `(C, H, W)`. The batch stays
    first.
    """

    family = "view"
    url = "https://pytorch.org/vision/stable/generated/torchvision.ops.Permute.html"
    principal = "dims"
    positional = 1
    dtypes = ANY_NUMBER

    dims: Annotated[Axes, Doc("The axes of the input in their new order, the batch (0) first.")]

    def infer(self, x: Shape) -> Shape:
        order = [axis("dims", dim, x) for dim in self.dims]
        if sorted(order) != list(range(len(x) + 1)) or order[0] != 0:
            raise catalog.axes.NotAnOrder(field="dims", dims=self.dims, rank=len(x))
        return tuple(x[index - 1] for index in order[1:])

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        return tuple([axis("dims", dim, x) - 1 for dim in self.dims[1:]])

    def reach(self, x: Shape) -> Reach:
        return () if list(self.dims) == list(range(len(x) + 1)) else None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        order = [axis("dims", dim, shape) - 1 for dim in self.dims[1:]]
        return x.placed({old: (new,) for new, old in enumerate(order)})


class Mean(Layer):
    """The mean over one axis or several. `Mean: [2, 3]` is global average pooling.

    Shape: that of the input without the axes, or with a size of 1 for each with `keepdim`.
    """

    family = "reduction"
    url = "https://pytorch.org/docs/stable/generated/torch.mean.html"
    principal = "dim"
    positional = 1

    dim: Annotated[Axes, Doc("The axis or axes; axis 0 is the batch.")]
    keepdim: Annotated[Flag, Doc("Keep each axis, with a size of 1.")] = False

    def infer(self, x: Shape) -> Shape:
        removed = {sample_axis("dim", dim, x) for dim in self.dim}
        if len(removed) < len(self.dim):
            raise catalog.axes.AxisTwice(field="dim", dims=self.dim)
        if self.keepdim:
            return tuple(1 if at in removed else size for at, size in enumerate(x))
        if len(removed) == len(x):
            raise catalog.axes.NoAxisLeft(field="dim")
        return tuple(size for at, size in enumerate(x) if at not in removed)

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        removed = {sample_axis("dim", dim, x) for dim in self.dim}
        return tuple([at for at in range(len(x)) if self.keepdim or at not in removed])

    def reach(self, x: Shape) -> Reach:
        """Known where it is global average pooling that keeps its axes."""
        removed = {sample_axis("dim", dim, x) for dim in self.dim}
        if not self.keepdim or 0 in removed:
            return None
        return tuple((size, size) if at in removed else (1, 1) for at, size in enumerate(x) if at > 0)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        removed = {sample_axis("dim", dim, shape) for dim in self.dim}
        if x.whole == "shares" and removed.issuperset(x.along):
            mean = 1 / numel(tuple(shape[at] for at in x.along))
            return between(mean, mean)
        kept = [at for at in range(len(shape)) if at not in removed]
        return x.averaged.placed({at: (at if self.keepdim else index,) for index, at in enumerate(kept)})


class Select(Layer):
    """One position along an axis, such as the first of a sequence: the class token of a vision transformer.

    Shape: that of the input without the axis.
    """

    family = "selection"
    url = "https://pytorch.org/docs/stable/generated/torch.select.html"
    positional = 2
    dtypes = ANY_NUMBER

    dim: Annotated[Axis, Doc("The axis; axis 0 is the batch.")]
    index: Annotated[Index, Doc("The position along it: 0 is the first, -1 the last.")]

    def infer(self, x: Shape) -> Shape:
        at = sample_axis("dim", self.dim, x)
        if len(x) == 1:
            raise catalog.axes.NoAxisLeft(field="dim")
        if not -x[at] <= self.index < x[at]:
            raise catalog.axes.NoSuchIndex(field="index", index=self.index, size=x[at])
        return (*x[:at], *x[at + 1 :])

    def origins(self, x: Shape) -> tuple[Origin, ...]:
        at = sample_axis("dim", self.dim, x)
        return (*range(at), *range(at + 1, len(x)))

    def reach(self, x: Shape) -> Reach:
        return None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        at = sample_axis("dim", self.dim, shape)
        return x.placed({axis: (axis - (axis > at),) for axis in range(len(shape)) if axis != at})
