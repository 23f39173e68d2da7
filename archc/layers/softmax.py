"""Activations along one axis."""

from typing import Annotated, Any

from archc.diagnostics import catalog
from archc.layers.base import IMAGE, Layer, Reach, Shape, axis, sample_axis
from archc.terms.record import Doc
from archc.terms.values import Axis

_Dim = Annotated[Axis | None, Doc("The axis that sums to 1; axis 0 is the batch.")]


class AxisSoftmax(Layer):
    """What softmaxes along an axis that may be chosen share. Abstract."""

    family = "softmax"
    principal = "dim"

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


class Softmax(AxisSoftmax):
    """Probabilities along an axis: `y_i = exp(x_i) / sum_j exp(x_j)`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    outputs = "shares"

    dim: _Dim = None


class LogSoftmax(AxisSoftmax):
    """Logarithms of probabilities along an axis: `y_i = x_i - log(sum_j exp(x_j))`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    outputs = "log_shares"

    dim: _Dim = None


class Softmin(AxisSoftmax):
    """Probabilities along an axis, the largest for the least input: `y_i = exp(-x_i) / sum_j exp(-x_j)`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    outputs = "shares"

    dim: _Dim = None


class Softmax2d(Layer):
    """Probabilities of the channels at each pixel.

    Shape: `(C, H, W) -> (C, H, W)`.
    """

    family = "softmax"
    outputs = "shares"
    ranks = IMAGE


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
