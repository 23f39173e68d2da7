"""Steps scaled by squared gradients: their sum, their running mean, or a factored one."""

from typing import Annotated, Final

from archc.recipe.optimizers.base import (
    Capturable,
    DecoupledDecay,
    Differentiable,
    Eps,
    Foreach,
    Fused,
    Lr,
    Maximize,
    Momentum,
    Optimizer,
    WeightDecay,
)
from archc.terms.record import Doc, nullable
from archc.terms.values import Decay, Flag, NonNegative, Real, listed_each, number

_EPS: Final = number("a number of at least 0", least=0)
_EPS_OR_NULL: Final = nullable(_EPS)


class Adadelta(Optimizer):
    """Adadelta: steps scaled by running means of squared gradients and of squared steps."""

    lr: Lr = 1.0
    rho: Annotated[Decay, Doc("Decay rate of the running means.")] = 0.9
    eps: Eps = 1e-6
    weight_decay: WeightDecay = 0
    foreach: Foreach = None
    capturable: Capturable = False
    maximize: Maximize = False
    differentiable: Differentiable = False

    def state(self) -> int:
        return 2


class Adagrad(Optimizer):
    """Adagrad: steps scaled by the sum of all squared gradients so far."""

    lr: Lr = 1e-2
    lr_decay: Annotated[NonNegative, Doc("How fast the learning rate falls with the steps.")] = 0
    weight_decay: WeightDecay = 0
    initial_accumulator_value: Annotated[NonNegative, Doc("Where the sum of squares begins.")] = 0
    eps: Eps = 1e-10
    foreach: Foreach = None
    maximize: Maximize = False
    differentiable: Differentiable = False
    fused: Fused = None

    def state(self) -> int:
        return 1


class Adafactor(Optimizer):
    """Steps scaled by the square root of a mean of squares that is kept as one row and one column of each matrix."""

    lr: Lr = 1e-2
    beta2_decay: Annotated[
        Real, number("a number of at most 0", most=0), Doc("Power of the step with which the mean forgets.")
    ] = -0.8
    eps: Annotated[
        tuple[float | None, float],
        listed_each("a list of two numbers of at least 0, the first of which may be null", _EPS_OR_NULL, _EPS),
        Doc("Added to the squares, where null is the type's own epsilon, and the least scale of a weight."),
    ] = (None, 1e-3)
    d: Annotated[Real, number("a number of at least 1", least=1), Doc("Updates larger than this are cut.")] = 1.0
    weight_decay: DecoupledDecay = 0.0
    foreach: Foreach = None
    maximize: Maximize = False

    def state(self) -> int:
        """At most one: a vector, as a bias, keeps all its squares, and a matrix a row and a column of them."""
        return 1


class RMSprop(Optimizer):
    """RMSprop: steps scaled by a running mean of the squared gradient."""

    lr: Lr = 1e-2
    alpha: Annotated[NonNegative, Doc("Decay rate of the running mean of the squares.")] = 0.99
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0
    momentum: Momentum = 0
    centered: Annotated[Flag, Doc("Subtract the squared mean, which estimates the variance.")] = False
    capturable: Capturable = False
    foreach: Foreach = None
    maximize: Maximize = False
    differentiable: Differentiable = False

    def state(self) -> int:
        return 1 + (self.momentum > 0) + self.centered
