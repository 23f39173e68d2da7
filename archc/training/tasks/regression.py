"""Targets are numbers, and so are the outputs: errors are counted in double precision, for each output by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt
from typing import Any, Final

import torch
from torch import Tensor

from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import headlines
from archc.recipe.losses import Loss
from archc.recipe.train import Train

_SUMS: Final = 4
"""Of |error|, error ** 2, target and target ** 2."""


class Regression:
    """Samples with numbers, and a network with as many outputs. Targets count from their mean: no digits are lost."""

    def __init__(self, train: Train, facts: DataFacts, output: Shape, targets: Tensor | None = None) -> None:
        self.outputs = prod(output)
        self._names = tuple(dict.fromkeys((*headlines("values")[1:], *train.metrics)))
        mean = targets.double().flatten(1).mean(0) if targets is not None and targets.dim() > 1 else None
        self._centre = mean if mean is not None else torch.zeros(self.outputs, dtype=torch.float64)
        if targets is not None and targets.dim() == 1:
            self._centre = targets.double().mean()[None]

    def encode(self, loss: Loss, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        """The targets in the shape of the outputs: a number for each sample, (N,), would else meet all of (N, 1)."""
        return targets_n.view_as(outputs_n)

    def step_sums(self, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
        """(4 * outputs,) float64; see `_sums`."""
        return _sums(outputs_n, targets_n, self._centre)

    def running(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Those of the task's own figures that sums give."""
        return self._figures(sums, samples, headlines("values")[1:], 0.0)

    def counts(self, *, in_full: bool) -> ValueCounts:
        """Sums of errors and targets."""
        return ValueCounts(self.outputs, self._centre)

    def figures(self, sums: Sequence[float], samples: int) -> dict[str, float]:
        """Mean errors, and what the recipe asks for beside them."""
        return self._figures(sums, samples, self._names, 0.0)

    def report(self, sums: Sequence[float]) -> Mapping[str, Any]:
        """Nothing beside the figures."""
        return {}

    def _figures(self, sums: Sequence[float], samples: int, names: Sequence[str], none: float) -> dict[str, float]:
        if not sums or not samples:
            return dict.fromkeys(names, none)
        absolute, squared, total, squares = torch.tensor(sums, dtype=torch.float64).view(_SUMS, self.outputs)
        spread = squares - total**2 / samples
        # Where targets do not vary there is nothing to explain: 1 without an error, else 0, as scikit-learn has it.
        flat = torch.where(squared > 0, 0.0, 1.0).double()
        explained = torch.where(spread > 0, 1 - squared / spread.clamp(min=1e-300), flat)
        mse = squared.mean().item() / samples
        known = {
            "mae": absolute.mean().item() / samples,
            "mse": mse,
            "rmse": sqrt(mse),
            "r2": explained.mean().item(),
        }
        return {name: known[name] for name in names}


class ValueCounts:
    """Sums of errors and targets, for each output."""

    def __init__(self, outputs: int, centre: Tensor) -> None:
        self._outputs = outputs
        self._centre = centre
        self._sums: list[Tensor] = []

    def add(self, outputs_n: Tensor, targets_n: Tensor) -> None:
        """Count a batch, without waiting for the device."""
        self._sums.append(_sums(outputs_n, targets_n, self._centre))

    def sums(self) -> list[float]:
        """See `_sums`."""
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
