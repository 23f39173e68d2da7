"""Adam and its kin: steps scaled by running means of the gradient and of its square."""

from typing import Annotated

from archc.recipe.optimizers.base import (
    Amsgrad,
    Betas,
    Capturable,
    DecoupledDecay,
    DecoupledFlag,
    Differentiable,
    Eps,
    Foreach,
    Fused,
    Lr,
    Maximize,
    Optimizer,
    WeightDecay,
)
from archc.terms.record import Doc
from archc.terms.values import NonNegative


class Adam(Optimizer):
    """Adam: steps scaled by running means of the gradient and of its square."""

    lr: Lr = 1e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0
    amsgrad: Amsgrad = False
    foreach: Foreach = None
    maximize: Maximize = False
    capturable: Capturable = False
    differentiable: Differentiable = False
    fused: Fused = None
    decoupled_weight_decay: DecoupledFlag = False

    def state(self) -> int:
        return 3 if self.amsgrad else 2


class AdamW(Optimizer):
    """Adam with weight decay that does not go through the gradient."""

    lr: Lr = 1e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: DecoupledDecay = 1e-2
    amsgrad: Amsgrad = False
    maximize: Maximize = False
    foreach: Foreach = None
    capturable: Capturable = False
    differentiable: Differentiable = False
    fused: Fused = None

    def state(self) -> int:
        return 3 if self.amsgrad else 2


class Adamax(Optimizer):
    """Adam with the infinity norm: steps scaled by the largest gradient of late."""

    lr: Lr = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0
    foreach: Foreach = None
    maximize: Maximize = False
    differentiable: Differentiable = False
    capturable: Capturable = False

    def state(self) -> int:
        return 2


class NAdam(Optimizer):
    """Adam with Nesterov momentum."""

    lr: Lr = 2e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0
    momentum_decay: Annotated[NonNegative, Doc("How fast the momentum reaches its value.")] = 4e-3
    decoupled_weight_decay: DecoupledFlag = False
    foreach: Foreach = None
    maximize: Maximize = False
    capturable: Capturable = False
    differentiable: Differentiable = False

    def state(self) -> int:
        return 2


class RAdam(Optimizer):
    """Adam that is plain momentum while the running mean of the squares is still too uncertain."""

    lr: Lr = 1e-3
    betas: Betas = (0.9, 0.999)
    eps: Eps = 1e-8
    weight_decay: WeightDecay = 0
    decoupled_weight_decay: DecoupledFlag = False
    foreach: Foreach = None
    maximize: Maximize = False
    capturable: Capturable = False
    differentiable: Differentiable = False

    def state(self) -> int:
        return 2
