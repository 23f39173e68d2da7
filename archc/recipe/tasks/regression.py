"""Targets are numbers: an output for each of them, which is the prediction; maybe another that says how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts, Numbers
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task

SHARES: Final = ("BCELoss", "BCEWithLogitsLoss")
"""Losses of numbers from 0 to 1, as pixels are."""


def gives_variances(loss: Loss) -> bool:
    """Whether the second half of the outputs are variances, the first being the predictions."""
    return type(loss).__name__ == "GaussianNLLLoss"


class Regression(Task):
    """An array of numbers for each sample."""

    of = "values"
    targets = "numbers"
    says = "numbers"
    usual = ("MSELoss", "L1Loss", "HuberLoss")

    def losses(self, loss: Loss, facts: DataFacts) -> Iterator[Fault]:
        """One that compares with a class."""
        of_shares = facts.own_target and type(loss).__name__ in SHARES
        if "numbers" not in type(loss).takes and not of_shares:
            yield catalog.targets.LossNeedsClasses(loss=type(loss).__name__)

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """The shape of the targets; `[1]` and a single number are one thing."""
        wanted = _wanted(facts, loss)
        return output == wanted or (prod(output) == prod(wanted) == 1)

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """Another shape than that of the targets: torch would broadcast them, and compare each with all."""
        assert isinstance(facts.target, Numbers)
        if self.fits(output, facts, loss):
            return
        if gives_variances(loss):
            wanted = _wanted(facts, loss)
            yield catalog.tasks.OutputsNotMeanAndVariance(
                loss=type(loss).__name__, target=facts.target.shape, wanted=wanted, output=output
            )
        else:
            yield catalog.targets.OutputNotTheTarget(dataset=facts.name, target=facts.target.shape, output=output)


def _wanted(facts: DataFacts, loss: Loss) -> Shape:
    assert isinstance(facts.target, Numbers)
    shape = facts.target.shape
    if not gives_variances(loss):
        return shape
    first, *rest = shape or (1,)
    return (2 * first, *rest)
