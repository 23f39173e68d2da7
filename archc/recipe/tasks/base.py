"""What the checks ask of a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import FIGURES, Of, headlines
from archc.recipe.losses import Loss


class Task:
    """Base of the tasks."""

    of: ClassVar[Of]
    """What its figures are computed of."""

    @property
    def always(self) -> tuple[str, ...]:
        """The figures that are measured without being asked for, the loss first."""
        return headlines(self.of)

    def can_measure(self, figure: str) -> bool:
        """Whether a figure of the table can be computed of its targets."""
        return FIGURES[figure].of in ("loss", self.of)

    def losses(self, loss: Loss) -> Iterator[Fault]:
        """What is wrong with a loss for such targets."""
        yield from ()

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """Whether a loss can compare outputs of this shape with the targets; else their size means nothing."""
        raise AssertionError(f"{type(self).__name__} says of no output whether it fits")

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """What is wrong with outputs of this shape."""
        yield from ()
