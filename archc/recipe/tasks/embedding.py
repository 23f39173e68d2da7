"""Targets are classes, and outputs are vectors: near one another where samples are of one class."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task


class Embedding(Task):
    """One class for each sample; the prediction is that of its nearest neighbour among the samples of the split."""

    of = "neighbours"
    targets = "classes"
    says = "one class for each sample"
    usual = ("TripletMarginLoss",)

    @property
    def running(self) -> tuple[str, ...]:
        """The loss alone: the steps of an epoch are no split to look for neighbours in."""
        return ("loss",)

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """A vector."""
        return len(output) == 1

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """Something with more axes."""
        if not self.fits(output, facts, loss):
            yield catalog.distances.OutputNotAVector(loss=type(loss).__name__, output=output)
