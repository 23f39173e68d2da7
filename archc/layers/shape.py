"""Layers that only change the shape."""

from typing import Annotated, Any, ClassVar

from archc.diagnostics.catalog import shapes as faults
from archc.layers.base import ANY_NUMBER, Layer, Reach, Shape, axis, numel
from archc.record import Doc
from archc.values import Axis


class Flatten(Layer):
    """Merge the axes `start_dim` to `end_dim` into one; by default all axes of a sample.

    Shape: `(C, H, W) -> (C * H * W)`. Axis 0 is the batch, which is not merged.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html"
    dtypes = ANY_NUMBER

    start_dim: Annotated[Axis, Doc("First axis to merge; axis 0 is the batch.")] = 1
    end_dim: Annotated[Axis, Doc("Last axis to merge.")] = -1

    def infer(self, x: Shape) -> Shape:
        start, end = axis("start_dim", self.start_dim, x), axis("end_dim", self.end_dim, x)
        if start > end:
            raise faults.AxesOutOfOrder(field="start_dim", start=start, end=end)
        if start == end:
            return x
        if start == 0:
            raise faults.FlattenMergesBatch(field="start_dim")
        return (*x[: start - 1], numel(x[start - 1 : end]), *x[end:])

    def reach(self, x: Shape) -> Reach:
        return () if self.infer(x) == x else None

    def resolve(self, x: Shape) -> dict[str, Any]:
        return {"start_dim": axis("start_dim", self.start_dim, x), "end_dim": axis("end_dim", self.end_dim, x)}
