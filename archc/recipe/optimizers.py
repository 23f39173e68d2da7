"""Optimizers of torch.optim: their arguments, and how much state they keep."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from archc.diagnostics.catalog import names as faults
from archc.record import Doc
from archc.term import Term
from archc.values import Decay, Flag, NonNegative, listed, number

_Lr = Annotated[NonNegative, Doc("Learning rate.")]
_WeightDecay = Annotated[NonNegative, Doc("L2 penalty.")]
_DecoupledDecay = Annotated[NonNegative, Doc("Share of a weight that each step takes away, times `lr`.")]
_Eps = Annotated[NonNegative, Doc("Added to the denominator.")]
_Momentum = Annotated[NonNegative, Doc("Share of the last step that goes into this one.")]
_Betas = Annotated[
    tuple[float, float],
    listed("a list of two numbers from 0 to below 1", number("", least=0, below=1), length=2),
    Doc("Decay rates of the running means of the gradient and of its square."),
]
_Amsgrad = Annotated[Flag, Doc("Use the largest running mean of the squares so far.")]
_Maximize = Annotated[Flag, Doc("Maximise the loss instead of minimising it.")]
_Foreach = Annotated[Flag | None, Doc("Update all parameters in one call; null lets archc choose.")]
_Fused = Annotated[Flag | None, Doc("Use torch's fused kernel; null lets archc choose.")]
_Capturable = Annotated[Flag, Doc("Safe to capture in a CUDA graph; CUDA only.")]
_Differentiable = Annotated[Flag, Doc("Not possible while training; must be false.")]


class Optimizer(Term):
    """Base of the optimizers."""

    principal: ClassVar[str | None] = "lr"

    def state(self) -> int:
        """How many values it keeps for each parameter of the network."""
        return 0

    def check(self) -> None:
        if getattr(self, "foreach", None) and getattr(self, "fused", None):
            raise faults.Contradiction(
                field="fused", first="foreach", second="fused", reason="torch takes one of the two"
            )
        if getattr(self, "differentiable", False):
            raise faults.Contradiction(
                field="differentiable",
                first="differentiable",
                second="train",
                reason="torch cannot step its own leaf parameters differentiably",
            )


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum where asked for: `w -= lr * gradient`."""

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.optim.SGD.html"

    lr: _Lr = 1e-3
    momentum: _Momentum = 0
    dampening: Annotated[NonNegative, Doc("Share of the gradient that momentum leaves out.")] = 0
    weight_decay: _WeightDecay = 0
    nesterov: Annotated[Flag, Doc("Nesterov momentum.")] = False
    maximize: _Maximize = False
    foreach: _Foreach = None
    differentiable: _Differentiable = False
    fused: _Fused = None

    def state(self) -> int:
        return int(self.momentum > 0)

    def check(self) -> None:
        super().check()
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise faults.Contradiction(
                field="nesterov",
                first="nesterov",
                second="momentum",
                reason="Nesterov momentum needs a momentum above 0 and a dampening of 0",
            )


class Adam(Optimizer):
    """Adam: steps scaled by running means of the gradient and of its square."""

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.optim.Adam.html"

    lr: _Lr = 1e-3
    betas: _Betas = (0.9, 0.999)
    eps: _Eps = 1e-8
    weight_decay: _WeightDecay = 0
    amsgrad: _Amsgrad = False
    foreach: _Foreach = None
    maximize: _Maximize = False
    capturable: _Capturable = False
    differentiable: _Differentiable = False
    fused: _Fused = None
    decoupled_weight_decay: Annotated[Flag, Doc("Decay the weights as AdamW does.")] = False

    def state(self) -> int:
        return 3 if self.amsgrad else 2


class AdamW(Optimizer):
    """Adam with weight decay that does not go through the gradient."""

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html"

    lr: _Lr = 1e-3
    betas: _Betas = (0.9, 0.999)
    eps: _Eps = 1e-8
    weight_decay: _DecoupledDecay = 1e-2
    amsgrad: _Amsgrad = False
    maximize: _Maximize = False
    foreach: _Foreach = None
    capturable: _Capturable = False
    differentiable: _Differentiable = False
    fused: _Fused = None

    def state(self) -> int:
        return 3 if self.amsgrad else 2


class RMSprop(Optimizer):
    """RMSprop: steps scaled by a running mean of the squared gradient."""

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.optim.RMSprop.html"

    lr: _Lr = 1e-2
    alpha: Annotated[NonNegative, Doc("Decay rate of the running mean of the squares.")] = 0.99
    eps: _Eps = 1e-8
    weight_decay: _WeightDecay = 0
    momentum: _Momentum = 0
    centered: Annotated[Flag, Doc("Subtract the squared mean, which estimates the variance.")] = False
    capturable: _Capturable = False
    foreach: _Foreach = None
    maximize: _Maximize = False
    differentiable: _Differentiable = False

    def state(self) -> int:
        return 1 + (self.momentum > 0) + self.centered


class Adagrad(Optimizer):
    """Adagrad: steps scaled by the sum of all squared gradients so far."""

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.optim.Adagrad.html"

    lr: _Lr = 1e-2
    lr_decay: Annotated[NonNegative, Doc("How fast the learning rate falls with the steps.")] = 0
    weight_decay: _WeightDecay = 0
    initial_accumulator_value: Annotated[NonNegative, Doc("Where the sum of squares begins.")] = 0
    eps: _Eps = 1e-10
    foreach: _Foreach = None
    maximize: _Maximize = False
    differentiable: _Differentiable = False
    fused: _Fused = None

    def state(self) -> int:
        return 1


class Adadelta(Optimizer):
    """Adadelta: steps scaled by running means of squared gradients and of squared steps."""

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.optim.Adadelta.html"

    lr: _Lr = 1.0
    rho: Annotated[Decay, Doc("Decay rate of the running means.")] = 0.9
    eps: _Eps = 1e-6
    weight_decay: _WeightDecay = 0
    foreach: _Foreach = None
    capturable: _Capturable = False
    maximize: _Maximize = False
    differentiable: _Differentiable = False

    def state(self) -> int:
        return 2


OPTIMIZERS: Final[Mapping[str, type[Optimizer]]] = {
    "Adadelta": Adadelta,
    "Adagrad": Adagrad,
    "Adam": Adam,
    "AdamW": AdamW,
    "RMSprop": RMSprop,
    "SGD": SGD,
}
