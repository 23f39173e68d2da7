"""An exponential moving average of a model's weights, and a copy of the model that has them."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


class Average:
    """The average of the weights after each step, as torch's AveragedModel keeps it: it begins at the first step's.

    Buffers, as a batch norm's statistics, are those of the model itself: they are running means already.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._source = model
        self._update = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
        self._model = copy.deepcopy(model)
        self._averages: list[Tensor] = [parameter.detach() for parameter in self._model.parameters()]
        self._newest: list[Tensor] = [parameter.detach() for parameter in model.parameters()]

    @torch.no_grad()
    def add(self, step: int) -> None:
        """Take in the weights after a step, counted from 1."""
        if step == 1:
            for average, newest in zip(self._averages, self._newest, strict=True):
                average.copy_(newest)
        else:
            self._update(self._averages, self._newest, step)

    def model(self) -> nn.Module:
        """The model with the averaged weights; the same object each time."""
        for own, source in zip(self._model.buffers(), self._source.buffers(), strict=True):
            own.copy_(source)
        return self._model

    def tensors(self) -> dict[str, Tensor]:
        """The averages by the names of the parameters. References, not copies."""
        return {name: value.detach() for name, value in self._model.named_parameters()}

    @torch.no_grad()
    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what `tensors` gave."""
        for name, value in self._model.named_parameters():
            value.copy_(tensors[name])
