"""A penalty on weights: what it adds to their gradients, after those of the loss are whole and before they are clipped.

Its gradient is written down, not derived by autograd: the numbers are those of a loss to which `l1 * w.abs().sum() +
l2 * w.square().sum()` is added, and it is added once, however many parts or processes a batch has.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from archc.recipe.control import Penalty
from archc.training.optimizer import exempt


def penalty_of(penalty: Penalty | None, model: nn.Module) -> Callable[[], None] | None:
    """What adds a penalty to the gradients of a model's parameters; None where there is none.

    It waits for nothing, and each process of several, or part of a weight, has its own.
    """
    if penalty is None:
        return None
    left_out = exempt(model, penalty.exclude)
    weights = [own for name, own in model.named_parameters() if name not in left_out and own.requires_grad]

    @torch.no_grad()
    def add() -> None:
        for weight in weights:
            _add(weight, penalty.l1, penalty.l2)

    return add


def _add(weight: Tensor, l1: float, l2: float) -> None:
    gradient = weight.grad if weight.grad is not None else torch.zeros_like(weight)
    if l1:
        gradient.add_(weight.sign(), alpha=l1)
    if l2:
        gradient.add_(weight, alpha=2 * l2)
    weight.grad = gradient
