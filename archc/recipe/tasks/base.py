"""What the checks ask of a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.figures import FIGURES, Of, headlines
from archc.recipe.losses import Loss
from archc.recipe.losses.base import Takes


class Task:
    """Base of the tasks."""

    of: ClassVar[Of]
    """What its figures are computed of."""
    targets: ClassVar[Takes]
    """What a loss has to take."""
    says: ClassVar[str]
    """What its targets are, in words."""
    usual: ClassVar[tuple[str, ...]]
    """The losses to take where there is no reason for others."""

    @property
    def always(self) -> tuple[str, ...]:
        """The figures that are measured without being asked for, the loss first."""
        return headlines(self.of)

    @property
    def running(self) -> tuple[str, ...]:
        """Those among them that are known of the steps of an epoch, too."""
        return self.always

    def can_measure(self, figure: str, facts: DataFacts) -> bool:
        """Whether a figure of the table can be computed of its targets."""
        found = FIGURES[figure]
        return self.of in found.of and (found.needs != "two classes" or len(facts.classes) in (0, 2))

    def losses(self, loss: Loss, facts: DataFacts) -> Iterator[Fault]:
        """What is wrong with a loss for such targets."""
        if self.targets not in type(loss).takes:
            yield catalog.targets.LossOfOtherTargets(loss=type(loss).__name__, targets=self.says, known=self.usual)

    def fits(self, output: Shape, facts: DataFacts, loss: Loss) -> bool:
        """Whether a loss can compare outputs of this shape with the targets; else their size means nothing."""
        raise AssertionError(f"{type(self).__name__} says of no output whether it fits")

    def outputs(self, output: Shape, facts: DataFacts, loss: Loss) -> Iterator[Fault]:
        """What is wrong with outputs of this shape."""
        yield from ()
