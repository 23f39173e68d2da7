"""Targets are numbers, and so are the outputs: errors are counted in double precision, for each output by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt
from typing import Any, Final

import torch
from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import headlines
from archc.recipe.losses import Loss
from archc.recipe.tasks.regression import gives_variances
from archc.recipe.train import Train
from archc.training.units import Units

_SUMS: Final = 4
"""Of |error|, error ** 2, target and target ** 2."""


class Regression:
    """Samples with numbers, and a network with as many outputs, or twice as many: predictions, then their variances.

    Targets count from their mean: no digits are lost.
    """

    def __init__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> None:
        self._halves = gives_variances(train.loss)
        self.outputs = prod(output) // 2 if self._halves else prod(output)
        self.numbers = self.outputs
        self._own_target = facts.own_target
        self.units: Units | None = None
        """The scale in which the targets are learnt, where they have one."""
        self._names = tuple(dict.fromkeys((*headlines("values")[1:], *train.metrics)))
        mean = targets.double().flatten(1).mean(0) if targets is not None and targets.dim() > 1 else None
        self._centre = mean if mean is not None else torch.zeros(self.outputs, dtype=torch.float64)
        if targets is not None and targets.dim() == 1:
            self._centre = targets.double().mean()[None]

    def encode(self, loss: Loss, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        """The targets in the shape of the outputs: a number for each sample, (N,), would else meet all of (N, 1)."""
        learnt_n = targets_n if self.units is None else self.units.learnt(targets_n)
        return learnt_n.view_as(self._means(outputs_n))

    def predicted(self, outputs_n: Tensor) -> Tensor:
        """The outputs, or the half of them that are no variances, in the units of the targets."""
        means_n = self._means(outputs_n)
        return means_n if self.units is None else self.units.own(means_n)

    def in_units(self, outputs_n: Tensor) -> Tensor:
        """All outputs in the units of the targets, or in their square: predictions, and their variances."""
        if self.units is None:
            return outputs_n
        if not self._halves:
            return self.units.own(outputs_n)
        return torch.cat([self.predicted(outputs_n), self.units.variances(outputs_n.chunk(2, 1)[1])], 1)

    def _means(self, outputs_n: Tensor) -> Tensor:
        return outputs_n[:, : outputs_n.shape[1] // 2] if self._halves else outputs_n

    def kept(self, outputs_n: Tensor) -> Tensor:
        """The predictions."""
        return self.predicted(outputs_n)

    def step_sums(self, kept_n: Tensor, targets_n: Tensor) -> Tensor:
        """(4 * outputs,) float64; see `_sums`."""
        return _sums(kept_n, targets_n, self._centre)

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Those of the task's own figures that sums give."""
        return self._figures(sums, samples, headlines("values")[1:], 0.0)

    def counts(self, *, in_full: bool) -> ValueCounts:
        """Sums of errors and targets."""
        return ValueCounts(self, self._centre)

    def figures(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Mean errors, and what the recipe asks for beside them."""
        return self._figures(sums, samples, self._names, 0.0)

    def report(self, sums: Sequence[float]) -> Mapping[str, Any]:
        """Nothing beside the figures."""
        return {}

    def _figures(self, sums: Sequence[float], samples: int, names: Sequence[str], none: float) -> dict[str, float]:
        if not sums or not samples:
            return dict.fromkeys(names, none)
        numbers = torch.tensor(sums, dtype=torch.float64)
        relative = numbers[_SUMS * self.outputs :].sum().item()
        absolute, squared, total, squares = numbers[: _SUMS * self.outputs].view(_SUMS, self.outputs)
        spread = squares - total**2 / samples
        # Where targets do not vary there is nothing to explain: 1 without an error, else 0, as scikit-learn has it.
        flat = torch.where(squared > 0, 0.0, 1.0).double()
        explained = torch.where(spread > 0, 1 - squared / spread.clamp(min=1e-300), flat)
        if self._own_target:
            # Of all pixels at once: those at the edge of a picture hardly vary, and would each count as much.
            explained = 1 - squared.sum() / spread.sum().clamp(min=1e-300)
        mse = squared.mean().item() / samples
        known = {
            "mae": absolute.mean().item() / samples,
            "mape": relative / self.outputs / samples,
            "mse": mse,
            "rmse": sqrt(mse),
            "r2": explained.mean().item(),
        }
        return {name: known[name] for name in names}


class ValueCounts:
    """Sums of errors and targets, for each output, and of relative errors."""

    def __init__(self, task: Regression, centre: Tensor) -> None:
        self._task = task
        self._centre = centre
        self._sums: list[Tensor] = []

    def add(self, outputs_n: Tensor, targets_n: Tensor) -> None:
        """Count a batch, without waiting for the device."""
        predicted_n = self._task.predicted(outputs_n)
        sums = _sums(predicted_n, targets_n, self._centre)
        self._sums.append(torch.cat([sums, _relative(predicted_n, targets_n)]))

    def sums(self) -> list[float]:
        """See `_sums`; then that of `_relative`."""
        found: list[float] = torch.stack(self._sums).sum(0).tolist()
        return found


def _sums(outputs_n: Tensor, targets_n: Tensor, centre: Tensor) -> Tensor:
    """(4 * outputs,) float64: for each output the sums of |error|, error ** 2, target and target ** 2.

    Outputs and targets are (N, ...); targets count from `centre`, (outputs,).
    """
    count = max(len(outputs_n), 1)
    outputs_nd = outputs_n.double().reshape(len(outputs_n), outputs_n.numel() // count or centre.numel())
    targets_nd = targets_n.double().reshape(outputs_nd.shape)
    error, apart = outputs_nd - targets_nd, targets_nd - centre.to(targets_n.device)
    return torch.cat([error.abs().sum(0), error.square().sum(0), apart.sum(0), apart.square().sum(0)])


def _relative(outputs_n: Tensor, targets_n: Tensor) -> Tensor:
    """(1,) float64: the sum of |error| / |target|, where a target of 0 counts as scikit-learn counts it."""
    targets = targets_n.double().flatten()
    least = torch.finfo(torch.float64).eps
    return ((outputs_n.double().flatten() - targets).abs() / targets.abs().clamp(min=least)).sum()[None]
