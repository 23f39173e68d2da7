"""Rectifiers and their relatives: piecewise functions of each value."""

from math import copysign, exp, inf
from typing import Annotated, Final

from archc.diagnostics import catalog
from archc.layers.base import ANY_NUMBER, Layer, Readings, Shape, first_channels
from archc.layers.ranges import Range, between, hull, times
from archc.terms.record import Doc
from archc.terms.values import Flag, NonNegative, NotZero, Real, Size

_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]

_ALPHA: Final = 1.6732632423543772
_SCALE: Final = 1.0507009873554805
"""The constants of SELU. Source: https://arxiv.org/abs/1706.02515, equation 14."""


def _exp(value: float) -> float:
    """The exponential; infinite where a float does not hold it."""
    return exp(value) if value < 700 else inf


def _bent(x: Range, slope: float) -> Range:
    """What a slope below 0 makes of values."""
    return x.through(lambda value: max(0.0, value) + times(slope, min(0.0, value)), 0.0)


class ReLU(Layer):
    """Rectifier: `y = max(0, x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_output = True
    dtypes = ANY_NUMBER

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: max(0.0, value))


class ReLU6(Layer):
    """Rectifier with a ceiling: `y = min(max(0, x), 6)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = ANY_NUMBER

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: min(max(0.0, value), 6.0))


class LeakyReLU(Layer):
    """Rectifier with a slope below zero: `y = max(0, x) + negative_slope * min(0, x)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_own_output = True
    principal = "negative_slope"
    positional = 1

    negative_slope: Annotated[Real, Doc("Slope for negative inputs.")] = 0.01
    inplace: _Inplace = False

    def bends_back(self) -> bool:
        return self.negative_slope < 0

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return _bent(x, self.negative_slope)


class PReLU(Layer):
    """Rectifier with a learned slope below zero: `y = max(0, x) + weight * min(0, x)`.

    Shape: `(C, *) -> (C, *)`.
    """

    family = "activation"
    principal = "num_parameters"
    positional = 1

    num_parameters: Annotated[Size, Doc("1 for one slope, or the channels of the input for one each.")] = 1
    init: Annotated[Real, Doc("What the slopes begin with.")] = 0.25

    def check_input(self, x: Shape) -> None:
        if self.num_parameters not in (1, x[0]):
            raise catalog.shapes.NeitherOneNorAll(field="num_parameters", written=self.num_parameters, channels=x[0])

    def reads(self, x: Shape) -> Readings:
        return first_channels(x) if self.num_parameters > 1 else ()

    def params(self, x: Shape) -> int:
        return self.num_parameters

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.bare if x.least >= 0 else Range(varies=x.varies)


class RReLU(Layer):
    """Rectifier with a random slope below zero while training, and the mean of both limits in evaluation.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_own_output = True

    lower: Annotated[Real, Doc("Least slope.")] = 1 / 8
    upper: Annotated[Real, Doc("Largest slope.")] = 1 / 3
    inplace: _Inplace = False

    def check(self) -> None:
        if self.lower > self.upper:
            reason = "the least slope is above the largest"
            raise catalog.values.Contradiction(field="upper", first="lower", second="upper", reason=reason)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        if not training:
            return _bent(x, (self.lower + self.upper) / 2)
        return hull(_bent(x, self.lower), _bent(x, self.upper))


class ELU(Layer):
    """Rectifier with an exponential below zero: `y = max(0, x) + min(0, alpha * (exp(x) - 1))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_own_output = True
    principal = "alpha"
    positional = 1

    alpha: Annotated[Real, Doc("Minus the limit for negative inputs.")] = 1.0
    inplace: _Inplace = False

    def bends_back(self) -> bool:
        return self.alpha < 0

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: max(0.0, value) + times(self.alpha, _exp(min(0.0, value)) - 1), 0.0)


class CELU(Layer):
    """Rectifier that is smooth at zero: `y = max(0, x) + min(0, alpha * (exp(x / alpha) - 1))`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_own_output = True
    principal = "alpha"
    positional = 1

    alpha: Annotated[NotZero, Doc("Minus the limit for negative inputs.")] = 1.0
    inplace: _Inplace = False

    def bends_back(self) -> bool:
        return self.alpha < 0

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        def celu(value: float) -> float:
            return max(0.0, value) + min(0.0, times(self.alpha, _exp(value / self.alpha) - 1))

        return x.through(celu, 0.0)


class SELU(Layer):
    """Self-normalising rectifier: `y = scale * (max(0, x) + min(0, alpha * (exp(x) - 1)))`, both constants fixed.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    keeps_own_output = True

    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: _SCALE * (max(0.0, value) + _ALPHA * (_exp(min(0.0, value)) - 1)))


class Hardtanh(Layer):
    """The input, clipped to a range: `y = min(max(min_val, x), max_val)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    dtypes = ANY_NUMBER

    min_val: Annotated[Real, Doc("Least output.")] = -1.0
    max_val: Annotated[Real, Doc("Largest output.")] = 1.0
    inplace: _Inplace = False

    def check(self) -> None:
        if self.min_val >= self.max_val:
            reason = "the least output is not below the largest"
            raise catalog.values.Contradiction(field="max_val", first="min_val", second="max_val", reason=reason)

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: min(max(self.min_val, value), self.max_val))


class Hardshrink(Layer):
    """The input where its size is above `lambd`, else 0.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    principal = "lambd"
    positional = 1

    lambd: Annotated[Real, Doc("Inputs up to this size become 0.")] = 0.5

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: value if abs(value) > self.lambd else 0.0)


class Softshrink(Layer):
    """The input, moved towards 0 by `lambd`: `y = sign(x) * max(0, abs(x) - lambd)`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    principal = "lambd"
    positional = 1

    lambd: Annotated[NonNegative, Doc("How far it is moved.")] = 0.5

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return x.through(lambda value: copysign(max(0.0, abs(value) - self.lambd), value))


class Threshold(Layer):
    """The input where it is above `threshold`, else `value`.

    Shape: `(*) -> (*)`.
    """

    family = "activation"
    positional = 2
    dtypes = ANY_NUMBER

    threshold: Annotated[Real, Doc("Inputs above it pass.")]
    value: Annotated[Real, Doc("What the others become.")]
    inplace: _Inplace = False

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        above = between(max(x.least, self.threshold), max(x.most, self.threshold), varies=x.varies)
        if x.least > self.threshold:
            return above
        return above.and_also(self.value) if x.most > self.threshold else between(self.value, self.value)
