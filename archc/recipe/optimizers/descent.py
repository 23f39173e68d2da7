"""Gradient descent: plain, with momentum, averaged, by sign, and orthogonal."""

from typing import Annotated, Literal

from archc.diagnostics import catalog
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
from archc.terms.values import Flag, NonNegative, choice, integer, listed, number


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum where asked for: `w -= lr * gradient`."""

    lr: Lr = 1e-3
    momentum: Momentum = 0
    dampening: Annotated[NonNegative, Doc("Share of the gradient that momentum leaves out.")] = 0
    weight_decay: WeightDecay = 0
    nesterov: Annotated[Flag, Doc("Nesterov momentum.")] = False
    maximize: Maximize = False
    foreach: Foreach = None
    differentiable: Differentiable = False
    fused: Fused = None

    def state(self) -> int:
        return int(self.momentum > 0)

    def check(self) -> None:
        super().check()
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise catalog.values.Contradiction(
                field="nesterov",
                first="nesterov",
                second="momentum",
                reason="Nesterov momentum needs a momentum above 0 and a dampening of 0",
            )


class ASGD(Optimizer):
    """Stochastic gradient descent that also keeps the average of the weights.

    torch keeps the average in its state alone: the trained weights are the newest ones. `ema` evaluates and saves an
    average.
    """

    lr: Lr = 1e-2
    lambd: Annotated[NonNegative, Doc("How fast the learning rate falls.")] = 1e-4
    alpha: Annotated[NonNegative, Doc("Power with which the learning rate falls.")] = 0.75
    t0: Annotated[NonNegative, Doc("The step at which averaging begins.")] = 1e6
    weight_decay: WeightDecay = 0
    foreach: Foreach = None
    maximize: Maximize = False
    differentiable: Differentiable = False
    capturable: Capturable = False

    def state(self) -> int:
        return 1


class Rprop(Optimizer):
    """Steps of the gradient's sign, longer while the sign stays and shorter where it changes.

    It is made for the gradient of all samples: in small batches the sign is mostly noise.
    """

    lr: Lr = 1e-2
    etas: Annotated[
        tuple[float, float],
        listed("a list of two numbers above 0", number("", above=0), length=2),
        Doc("Factors where the sign changes (below 1) and where it stays (above 1)."),
    ] = (0.5, 1.2)
    step_sizes: Annotated[
        tuple[float, float],
        listed("a list of two numbers above 0", number("", above=0), length=2),
        Doc("The shortest and the longest step."),
    ] = (1e-6, 50)
    capturable: Capturable = False
    foreach: Foreach = None
    maximize: Maximize = False
    differentiable: Differentiable = False

    def state(self) -> int:
        return 2

    def check(self) -> None:
        super().check()
        if not self.etas[0] < 1 < self.etas[1]:
            raise catalog.values.Contradiction(
                field="etas", first="etas[0]", second="etas[1]", reason="the first lies below 1, the second above 1"
            )


class Muon(Optimizer):
    """Momentum whose update of each matrix is made orthogonal by a few Newton-Schulz iterations.

    It takes matrices alone: a network with biases, norms or convolutions needs another optimizer.
    """

    lr: Lr = 1e-3
    weight_decay: DecoupledDecay = 0.1
    momentum: Momentum = 0.95
    nesterov: Annotated[Flag, Doc("Nesterov momentum.")] = True
    ns_coefficients: Annotated[
        tuple[float, float, float],
        listed("a list of three numbers", number(""), length=3),
        Doc("Coefficients of the Newton-Schulz polynomial."),
    ] = (3.4445, -4.775, 2.0315)
    eps: Eps = 1e-7
    ns_steps: Annotated[int, integer("an int from 1 to 99", 1, 100), Doc("Newton-Schulz iterations.")] = 5
    adjust_lr_fn: Annotated[
        Literal["original", "match_rms_adamw"] | None,
        nullable(choice("original", "match_rms_adamw")),
        Doc("How `lr` follows from a matrix's shape; null is `original`."),
    ] = None

    def state(self) -> int:
        return 1
