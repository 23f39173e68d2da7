"""Activations along one axis."""

from typing import Annotated, Any, ClassVar

from archc.diagnostics import catalog
from archc.layers.base import IMAGE, Layer, Reach, Shape, axis, sample_axis
from archc.layers.ranges import NEGATIVE, UNIT, Range, Whole, shares
from archc.terms.record import Doc
from archc.terms.values import Axis

_Dim = Annotated[Axis | None, Doc("The axis that sums to 1; axis 0 is the batch.")]


class AxisSoftmax(Layer):
    """What softmaxes along an axis that may be chosen share. Abstract."""

    family = "softmax"
    keeps_output = True
    principal = "dim"

    whole: ClassVar[Whole] = "shares"
    """What adds up to 1 along the axis: what it gives, or that of which it gives the logarithms."""

    dim: int | None

    def infer(self, x: Shape) -> Shape:
        if self.dim is not None:
            axis("dim", self.dim, x)
        return x

    def along(self, x: Shape) -> int:
        """The axis that torch normalises, 0 for the batch.

        Source: `_get_softmax_dim` in torch/nn/functional.py, where `dim` is left out.
        """
        if self.dim is not None:
            return axis("dim", self.dim, x)
        return 0 if len(x) in (0, 2) else 1

    def reach(self, x: Shape) -> Reach:
        return () if self.along(x) <= 1 else None

    def resolve(self, x: Shape) -> dict[str, Any]:
        return {"dim": self.along(x)}

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        at = self.along(shape)
        if at == 0:
            return UNIT if self.whole == "shares" else NEGATIVE
        return shares(self.whole, at - 1, shape[at - 1], varies=x.varies)


class Softmax(AxisSoftmax):
    """Probabilities along an axis: `y_i = exp(x_i) / sum_j exp(x_j)`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    dim: _Dim = None


class LogSoftmax(AxisSoftmax):
    """Logarithms of probabilities along an axis: `y_i = x_i - log(sum_j exp(x_j))`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    whole = "log_shares"

    dim: _Dim = None


class Softmin(AxisSoftmax):
    """Probabilities along an axis, the largest for the least input: `y_i = exp(-x_i) / sum_j exp(-x_j)`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    dim: _Dim = None


class Softmax2d(Layer):
    """Probabilities of the channels at each pixel.

    Shape: `(C, H, W) -> (C, H, W)`.
    """

    family = "softmax"
    keeps_output = True
    ranks = IMAGE

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return shares("shares", 0, shape[0], varies=x.varies)


class GLU(Layer):
    """Gated linear unit: the first half of an axis, weighted by the logistic function of the second.

    Shape: `(*, 2 * N, *) -> (*, N, *)`.
    """

    family = "gate"
    principal = "dim"

    dim: Annotated[Axis, Doc("The axis that is halved; axis 0 is the batch.")] = -1

    def infer(self, x: Shape) -> Shape:
        at = sample_axis("dim", self.dim, x)
        if x[at] % 2:
            raise catalog.axes.OddAxis(field="dim", size=x[at])
        return (*x[:at], x[at] // 2, *x[at + 1 :])

    def reach(self, x: Shape) -> Reach:
        return () if sample_axis("dim", self.dim, x) == 0 else None

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare.and_also(0.0)
