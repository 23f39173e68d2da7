"""What a network learns, in tensors: how targets meet a loss, what is counted, and the figures that follow.

The other half of a task, which needs no torch, has the same name in `archc/recipe/tasks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.train import Train
from archc.training.tasks.base import Task
from archc.training.tasks.classification import Classification

TASKS: Final[dict[str, Callable[[Train, DataFacts, Shape], Task]]] = {"classification": Classification}
"""Every task, by the name that `archc/recipe/tasks` has for it."""


def task_of(train: Train, facts: DataFacts, output: Shape) -> Task:
    """The task of a recipe on data with these facts, for a network with this output."""
    return TASKS["classification"](train, facts, output)
