"""Activations: one function, applied to each value or along one axis."""

from typing import Annotated, Any, ClassVar

from archc.layers.base import ANY_NUMBER, TO_FLOAT, Layer, Reach, Shape, axis
from archc.record import Doc
from archc.values import Axis, Flag, Real

_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]
_Dim = Annotated[Axis | None, Doc("The axis that sums to 1; axis 0 is the batch.")]


class ReLU(Layer):
    """Rectifier: `y = max(0, x)`.

    Shape: `(*) -> (*)`.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html"
    dtypes = ANY_NUMBER

    inplace: _Inplace = False


class LeakyReLU(Layer):
    """Rectifier with a slope below zero: `y = max(0, x) + negative_slope * min(0, x)`.

    Shape: `(*) -> (*)`.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html"
    principal: ClassVar[str | None] = "negative_slope"
    positional: ClassVar[int] = 1

    negative_slope: Annotated[Real, Doc("Slope for negative inputs.")] = 0.01
    inplace: _Inplace = False


class Sigmoid(Layer):
    """Logistic function: `y = 1 / (1 + exp(-x))`.

    Shape: `(*) -> (*)`.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html"
    dtypes = TO_FLOAT


class Tanh(Layer):
    """Hyperbolic tangent: `y = tanh(x)`.

    Shape: `(*) -> (*)`.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html"
    dtypes = TO_FLOAT


class Softmax(Layer):
    """Probabilities along an axis: `y_i = exp(x_i) / sum_j exp(x_j)`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html"
    principal: ClassVar[str | None] = "dim"

    dim: _Dim = None

    def infer(self, x: Shape) -> Shape:
        if self.dim is not None:
            axis("dim", self.dim, x)
        return x

    def reach(self, x: Shape) -> Reach:
        return () if _softmax_axis(self.dim, x) <= 1 else None

    def resolve(self, x: Shape) -> dict[str, Any]:
        return {"dim": _softmax_axis(self.dim, x)}


class LogSoftmax(Layer):
    """Logarithms of probabilities along an axis: `y_i = x_i - log(sum_j exp(x_j))`.

    Shape: `(*) -> (*)`. Without `dim` torch takes axis 1 for samples of 1 or 3 axes, and the batch for those of 2.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html"
    principal: ClassVar[str | None] = "dim"

    dim: _Dim = None

    def infer(self, x: Shape) -> Shape:
        if self.dim is not None:
            axis("dim", self.dim, x)
        return x

    def reach(self, x: Shape) -> Reach:
        return () if _softmax_axis(self.dim, x) <= 1 else None

    def resolve(self, x: Shape) -> dict[str, Any]:
        return {"dim": _softmax_axis(self.dim, x)}


def _softmax_axis(dim: int | None, x: Shape) -> int:
    """The axis that torch normalises, 0 for the batch. Source: `_get_softmax_dim` in torch/nn/functional.py."""
    if dim is not None:
        return axis("dim", dim, x)
    return 0 if len(x) in (0, 2) else 1
