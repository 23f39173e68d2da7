"""Targets are one of two classes, and there is a single output: on which side of a threshold it is says which."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.losses import Loss
from archc.recipe.train import Train
from archc.training.objective import probabilities
from archc.training.tasks.classification import Classification


class TwoClasses(Classification):
    """Samples of two classes, and a network with (N, 1) outputs, or (N,)."""

    def __init__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> None:
        super().__init__(train, facts, (2,), targets, reading)
        self.numbers = 1
        self._cut, self._sign = cut(train, reading)

    def encode(self, loss: Loss, outputs_n: Tensor, labels_n: Tensor) -> Tensor:
        """1 for the second class, and 0 or -1 for the first, in the shape of the outputs."""
        ones = labels_n.to(outputs_n.dtype).view_as(outputs_n)
        return ones if loss.target == "one_hot" else ones * 2 - 1

    def predicted(self, outputs_n: Tensor) -> Tensor:
        """(N,) 1 where the output is beyond the threshold, else 0."""
        return (self.scores(outputs_n) > self._sign * self._cut).long()

    def scores(self, outputs_n: Tensor) -> Tensor:
        """(N,) the outputs; of distances their negatives, as a small one says the second class."""
        return outputs_n.flatten() * self._sign

    def shares(self, outputs_n: Tensor) -> Tensor:
        """(N, 2) the probability of each class."""
        assert self.reading is not None, "figures of probabilities are refused where there are none"
        return both(outputs_n, self.reading)


def both(outputs_n: Tensor, how: Reading) -> Tensor:
    """(N, 2) probabilities of both classes, of (N, 1) or (N,) outputs that say the second."""
    second = probabilities(outputs_n.reshape(-1, 1), how)
    return torch.cat([1 - second, second], 1)


def cut(train: Train, how: Reading | None) -> tuple[float, int]:
    """The output from which on a sample is of the second class or has a label; and -1 where smaller outputs say so."""
    if type(train.loss).gives == "distance":
        return float(getattr(train.loss, "margin", 1.0)) / 2, -1
    threshold = train.threshold if train.threshold is not None else 0.5
    match how:
        case "sigmoid":
            return math.log(threshold / (1 - threshold)), 1
        case "exp":
            return math.log(threshold), 1
    return threshold, 1
