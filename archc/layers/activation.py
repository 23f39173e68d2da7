"""Smooth activations, and their piecewise approximations: functions of each value."""

from typing import Annotated, Literal

from archc.layers.base import TO_FLOAT, Layer
from archc.terms.record import Doc
from archc.terms.values import Flag, Real, choice

_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]


class Sigmoid(Layer):
    """Logistic function: `y = 1 / (1 + exp(-x))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    outputs = "chances"
    dtypes = TO_FLOAT


class Tanh(Layer):
    """Hyperbolic tangent: `y = tanh(x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = TO_FLOAT


class GELU(Layer):
    """The input, weighted by the normal distribution: `y = x * Phi(x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    principal = "approximate"

    approximate: Annotated[
        Literal["none", "tanh"], choice("none", "tanh"), Doc("`tanh` for the approximation of the first papers.")
    ] = "none"


class SiLU(Layer):
    """The input, weighted by its logistic function: `y = x / (1 + exp(-x))`. Also known as Swish.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False


class Mish(Layer):
    """`y = x * tanh(log(1 + exp(x)))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False


class Hardswish(Layer):
    """SiLU in three pieces: `y = x * min(max(0, x + 3), 6) / 6`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    inplace: _Inplace = False


class Hardsigmoid(Layer):
    """The logistic function in three pieces: `y = min(max(0, x + 3), 6) / 6`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    outputs = "chances"

    inplace: _Inplace = False


class Softplus(Layer):
    """Smooth rectifier: `y = log(1 + exp(beta * x)) / beta`, and `x` where `beta * x` is above `threshold`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"

    beta: Annotated[Real, Doc("Sharpness of the bend at zero.")] = 1.0
    threshold: Annotated[Real, Doc("Above it the function is the input itself.")] = 20.0


class Softsign(Layer):
    """`y = x / (1 + abs(x))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = TO_FLOAT


class Tanhshrink(Layer):
    """`y = x - tanh(x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = TO_FLOAT


class LogSigmoid(Layer):
    """Logarithm of the logistic function: `y = -log(1 + exp(-x))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    outputs = "log_chances"
