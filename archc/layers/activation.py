"""Smooth activations, and their piecewise approximations: functions of each value."""

from math import copysign, exp, isinf, log, log1p, tanh
from typing import Annotated, Literal

from archc.layers.base import TO_FLOAT, Layer, Shape
from archc.layers.ranges import Range, between
from archc.terms.record import Doc
from archc.terms.values import Flag, Real, choice

_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]


def _logistic(value: float) -> float:
    """`1 / (1 + exp(-value))`, which overflows for no number."""
    return (1 + tanh(value / 2)) / 2


class Sigmoid(Layer):
    """Logistic function: `y = 1 / (1 + exp(-x))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_output = True
    dtypes = TO_FLOAT

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(_logistic)


class Tanh(Layer):
    """Hyperbolic tangent: `y = tanh(x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_output = True
    dtypes = TO_FLOAT

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(tanh)


class GELU(Layer):
    """The input, weighted by the normal distribution: `y = x * Phi(x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    principal = "approximate"

    approximate: Annotated[
        Literal["none", "tanh"], choice("none", "tanh"), Doc("`tanh` for the approximation of the first papers.")
    ] = "none"

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.over(-0.1701)


class SiLU(Layer):
    """The input, weighted by its logistic function: `y = x / (1 + exp(-x))`. Also known as Swish.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.over(-0.2785)


class Mish(Layer):
    """`y = x * tanh(log(1 + exp(x)))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.over(-0.3089)


class Hardswish(Layer):
    """SiLU in three pieces: `y = x * min(max(0, x + 3), 6) / 6`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.over(-0.375)


class Hardsigmoid(Layer):
    """The logistic function in three pieces: `y = min(max(0, x + 3), 6) / 6`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: min(max(0.0, value + 3), 6.0) / 6)


class Softplus(Layer):
    """Smooth rectifier: `y = log(1 + exp(beta * x)) / beta`, and `x` where `beta * x` is above `threshold`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    beta: Annotated[Real, Doc("Sharpness of the bend at zero.")] = 1.0
    threshold: Annotated[Real, Doc("Above it the function is the input itself.")] = 20.0

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        if self.beta <= 0:
            return Range(varies=x.varies)
        # Above the threshold it is the input, which may be below 0 where the threshold is.
        least = min(0.0, self.threshold / self.beta)
        return between(least, max(0.0, x.most) + log(2) / self.beta, varies=x.varies)


class Softsign(Layer):
    """`y = x / (1 + abs(x))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = TO_FLOAT

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: copysign(1.0, value) if isinf(value) else value / (1 + abs(value)))


class Tanhshrink(Layer):
    """`y = x - tanh(x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = TO_FLOAT

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: value - tanh(value))


class LogSigmoid(Layer):
    """Logarithm of the logistic function: `y = -log(1 + exp(-x))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: min(0.0, value) - log1p(exp(-abs(value))))
