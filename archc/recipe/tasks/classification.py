"""Targets are classes: an output for each of them, of which the largest is the prediction."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task


class Classification(Task):
    """One class for each sample."""

    of = "classes"
    targets = "classes"
    says = "one class for each sample"
    usual = ("CrossEntropyLoss", "MultiMarginLoss")

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """A vector with a value for each class; more, where the loss compares with the class's number.

        Any vector, where only the data can tell the classes.
        """
        classes = len(facts.classes)
        if not classes:
            return len(output) == 1
        exact = type(loss).target != "class"
        return len(output) == 1 and (output[0] == classes if exact else output[0] >= classes)

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """Too few for the classes of the data, or too many."""
        classes = len(facts.classes)
        if not self.fits(output, facts, loss):
            yield catalog.preflight.TooFewOutputs(
                dataset=facts.name,
                classes=classes,
                output=output,
                loss=type(loss).__name__,
                wants=type(loss).wants,
                one="two classes" in type(loss).takes,
            )
        elif output[0] > classes > 0:
            yield catalog.train_lints.MoreOutputsThanClasses(dataset=facts.name, classes=classes, outputs=output[0])
