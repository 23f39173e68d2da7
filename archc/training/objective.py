"""A loss of a spec -> what training minimises and what evaluation reports; outputs -> probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

import torch
from torch import Tensor, nn

from archc.analysis.probabilities import Reading
from archc.layers.ranges import UNIT
from archc.recipe.losses import Loss
from archc.training.comparison import anchors, gaussian, triplets

_CALLED: Final[Mapping[type[nn.Module], Callable[[nn.Module, Tensor, Tensor], Tensor]]] = {
    nn.GaussianNLLLoss: gaussian,
    nn.TripletMarginLoss: triplets,
}
"""Losses that take more than outputs and targets."""

_CLASS_WEIGHTS: Final = ("weight", "pos_weight")


class Objective:
    """The loss of a spec on one device. Outputs are (N, ...) float32; targets are (N,) int64 labels, or numbers.

    `encode` is the task's: targets as a loss compares them with outputs, of which each sample has `outputs`.
    `weight: balanced` needs the labels of the training samples; without them it counts as no weight.
    """

    def __init__(
        self,
        loss: Loss,
        device: torch.device,
        encode: Callable[[Loss, Tensor, Tensor], Tensor],
        *,
        outputs: int = 0,
        labels: Tensor | None = None,
    ) -> None:
        self._term = loss
        self._encode = encode
        call = loss.call({})
        kwargs: dict[str, Any] = dict(call.kwargs)
        for name in _CLASS_WEIGHTS:
            if kwargs.get(name) == "balanced":
                kwargs[name] = balanced(labels, outputs).tolist() if labels is not None else None
            if kwargs.get(name) is not None:
                kwargs[name] = torch.tensor(kwargs[name], dtype=torch.float32, device=device)
        self.weight: Tensor | None = kwargs.get("weight")
        self._outputs = outputs
        self._module: nn.Module = getattr(nn, call.name)(*call.args, **kwargs)
        self._sum: nn.Module = getattr(nn, call.name)(*call.args, **(kwargs | {"reduction": "sum"}))
        self._reduction: str = getattr(loss, "reduction", "mean")
        self.is_mean: bool = self._reduction != "sum"
        """Whether a batch's loss is already a mean, so that it counts once for each sample."""

    def __call__(self, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        """The loss of a batch, as torch's module gives it."""
        if self._term.compares == "samples":
            total = self.total(outputs_n, targets_n)
            return total / self.share(targets_n).clamp(min=1) if self.is_mean else total
        return self._computed(self._module, outputs_n, targets_n)

    def total(self, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        """The sum of the losses of a batch. Sums over `count` make a mean that does not depend on batches."""
        return self._computed(self._sum, outputs_n, targets_n)

    def _computed(self, module: nn.Module, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        encoded = self._encode(self._term, outputs_n, targets_n)
        if called := _CALLED.get(type(module)):
            return called(module, outputs_n, encoded)
        if self._term.admits() != UNIT:
            return cast(Tensor, module(outputs_n, encoded))
        # torch stops at outputs beyond 0 and 1, by however little (a mean may be, by its rounding), and at what is no
        # number, on CUDA with the whole process.
        unknown = outputs_n.isnan()
        loss = cast(Tensor, module(torch.where(unknown, 0.5, outputs_n.clamp(0.0, 1.0)), encoded))
        return torch.where(unknown.any(), torch.nan, loss)

    def count(self, targets_n: Tensor) -> Tensor:
        """What torch divides the sum for these targets by: the denominator of its mean, or 1 where it takes the sum."""
        return self.share(targets_n) if self.is_mean else targets_n.new_ones((), dtype=torch.float32)

    def share(self, targets_n: Tensor) -> Tensor:
        """What to divide the sum for these targets by, for a mean: for a loss that is a sum, their number.

        Filled where it is: a number that is copied to a device would be waited for, and cannot be recorded.
        """
        if self._term.compares == "samples":
            return anchors(targets_n).sum().float()
        mean = "samples" if self._reduction in ("sum", "batchmean") else self._term.mean
        if mean == "samples":
            return targets_n.new_full((), len(targets_n), dtype=torch.float32)
        if mean == "outputs":
            return targets_n.new_full((), len(targets_n) * self._outputs, dtype=torch.float32)
        labels = targets_n.long()
        counted = labels != getattr(self._term, "ignore_index", -100)
        if self.weight is None:
            return counted.sum().float()
        # What is ignored may be no class, and have no weight.
        weights = self.weight.index_select(0, labels.clamp(0, len(self.weight) - 1).flatten())
        return (weights * counted.flatten()).sum()


def probabilities(outputs_nc: Tensor, how: Reading) -> Tensor:
    """(N, classes) probabilities of outputs, as `analysis.probabilities` says that they are to be read."""
    match how:
        case "softmax":
            return outputs_nc.softmax(1)
        case "sigmoid":
            return outputs_nc.sigmoid()
        case "exp":
            return outputs_nc.exp()
        case "as they are":
            return outputs_nc


def balanced(labels_n: Tensor, outputs: int) -> Tensor:
    """(outputs,) float32 weights that give all classes the same say: samples / (classes * samples of the class).

    Classes without samples count as absent, with weight 1. Labels that are no class, as a loss may leave out, do not
    count. Each position that has one counts as a sample.

    Source: scikit-learn, `class_weight="balanced"`, after King and Zeng, Logistic Regression in Rare Events Data, 2001.
    """
    labels = labels_n.cpu().flatten().long()
    labels = labels[(labels >= 0) & (labels < outputs)]
    counts = torch.bincount(labels, minlength=outputs)
    present = int((counts > 0).sum())
    return torch.where(counts > 0, len(labels) / (present * counts.clamp(min=1)), 1.0).float()
