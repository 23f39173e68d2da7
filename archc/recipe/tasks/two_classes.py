"""Targets are one of two classes, and there is a single output: on which side of a threshold it is says which."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import Classes, DataFacts
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task


def takes_one_output(loss: Loss, facts: DataFacts, output: Shape | None) -> bool:
    """Whether a loss tells the classes of the data apart by a single output. `output` is None where it is not known.

    Where only the data can tell the classes, there may be two.
    """
    takes = type(loss).takes
    if not isinstance(facts.target, Classes) or "two classes" not in takes:
        return False
    return "classes" not in takes or (len(facts.classes) in (0, 2) and output in ((), (1,)))


class TwoClasses(Task):
    """One of two classes for each sample."""

    of = "classes"
    targets = "two classes"
    says = "one of two classes for each sample"
    usual = ("BCEWithLogitsLoss",)

    def losses(self, loss: Loss, facts: DataFacts) -> Iterator[Fault]:
        """One for two classes alone, where there are others."""
        if len(facts.classes) not in (0, 2):
            yield catalog.distances.MoreThanTwoClasses(
                loss=type(loss).__name__, dataset=facts.name, classes=len(facts.classes)
            )

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """A single number."""
        return output in ((), (1,))

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """More than one."""
        if not self.fits(output, facts, loss):
            yield catalog.distances.OutputNotOne(loss=type(loss).__name__, output=output, wants=type(loss).wants)
