"""Targets are a class for each position, as each pixel of an image: an output for each class there."""

from __future__ import annotations

from collections.abc import Iterator

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts, Positions
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task


class Segmentation(Task):
    """One class for each position of each sample."""

    of = "positions"
    targets = "positions"
    says = "a class for each position of a sample"
    usual = ("CrossEntropyLoss", "NLLLoss")

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """The classes, then the axes of the positions; any number of classes, where only the data can tell them."""
        wanted = _wanted(facts)
        if facts.sample is None and len(wanted) == 1:  # the size of images is not known before they are read
            return len(output) == 3
        return output == wanted if facts.classes else output[1:] == wanted[1:]

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """Another shape."""
        if not self.fits(output, facts, loss):
            yield catalog.tasks.OutputsNotThePositions(dataset=facts.name, wanted=_wanted(facts), output=output)


def _wanted(facts: DataFacts) -> Shape:
    assert isinstance(facts.target, Positions)
    return (len(facts.target.names), *facts.target.shape)
