"""Targets are numbers: an output for each of them, which is the prediction."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts, Numbers
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task


class Regression(Task):
    """An array of numbers for each sample."""

    of = "values"

    def losses(self, loss: Loss) -> Iterator[Fault]:
        """One that compares with a class."""
        if not type(loss).takes_numbers:
            yield catalog.targets.LossNeedsClasses(loss=type(loss).__name__)

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """The shape of the targets; `[1]` and a single number are one thing."""
        assert isinstance(facts.target, Numbers)
        wanted = facts.target.shape
        return output == wanted or (prod(output) == prod(wanted) == 1)

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """Another shape than that of the targets: torch would broadcast them, and compare each with all."""
        assert isinstance(facts.target, Numbers)
        if not self.fits(output, facts, loss):
            yield catalog.targets.OutputNotTheTarget(dataset=facts.name, target=facts.target.shape, output=output)
