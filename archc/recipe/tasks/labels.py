"""Targets are any number of labels: an output for each of them, which says by itself whether a sample has it."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task


class Labelling(Task):
    """Several labels for each sample, or one, or none."""

    of = "labels"
    targets = "labels"
    says = "any number of labels for each sample"
    usual = ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss")

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """A vector with a value for each label; any, where only the data can tell the labels."""
        return output == (len(facts.classes),) if facts.classes else len(output) == 1

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """More or fewer than there are labels."""
        if not self.fits(output, facts, loss):
            yield catalog.tasks.OutputsNotTheLabels(dataset=facts.name, labels=len(facts.classes), output=output)
