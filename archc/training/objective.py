"""A loss of a spec -> what training minimises, what evaluation reports, and how outputs become probabilities."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from archc.recipe.losses import CrossEntropyLoss, Loss, NLLLoss


class Objective:
    """The loss of a spec on one device. Outputs are (N, classes) float32, labels are (N,) int64."""

    def __init__(self, loss: Loss, device: torch.device) -> None:
        self._term = loss
        self._weight: Tensor | None = None
        call = loss.call({})
        kwargs = dict(call.kwargs)
        if weight := getattr(loss, "weight", None):
            self._weight = kwargs["weight"] = torch.tensor(weight, dtype=torch.float32, device=device)
        self._module: nn.Module = getattr(nn, call.name)(*call.args, **kwargs)
        self._sum: nn.Module = getattr(nn, call.name)(*call.args, **(kwargs | {"reduction": "sum"}))
        self.is_mean: bool = getattr(loss, "reduction", "mean") == "mean"
        """Whether a batch's loss is already a mean, so that it counts once for each sample."""

    def __call__(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The loss of a batch, as torch's module gives it."""
        return cast(Tensor, self._module(outputs, self._target(outputs, labels)))

    def total(self, outputs: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The sum of the losses of a batch, and what to divide sums by: so that a mean does not depend on batches."""
        loss = cast(Tensor, self._sum(outputs, self._target(outputs, labels)))
        return loss, self._count(outputs, labels)

    def probabilities(self, outputs: Tensor) -> Tensor | None:
        """(N, classes) probabilities; None where the loss gives the outputs no such meaning (MSELoss)."""
        if isinstance(self._term, CrossEntropyLoss):
            return outputs.softmax(1)
        if isinstance(self._term, NLLLoss):
            return outputs.exp()
        return None

    def _target(self, outputs: Tensor, labels: Tensor) -> Tensor:
        if self._term.target == "class":
            return labels
        return F.one_hot(labels, outputs.shape[1]).to(outputs.dtype)

    def _count(self, outputs: Tensor, labels: Tensor) -> Tensor:
        """The denominator of torch's mean reduction; the number of samples for a sum."""
        if not self.is_mean:
            return labels.new_tensor(len(labels), dtype=torch.float32)
        if self._term.target == "one_hot":
            return labels.new_tensor(outputs.numel(), dtype=torch.float32)
        counted = labels != getattr(self._term, "ignore_index", -100)
        return counted.sum().float() if self._weight is None else (self._weight[labels] * counted).sum()
