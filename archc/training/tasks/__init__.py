"""What a network learns, in tensors: how targets meet a loss, what is counted, and the figures that follow.

The other half of a task, which needs no torch, has the same name in `archc/recipe/tasks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from torch import Tensor

from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.tasks import task_name
from archc.recipe.train import Train
from archc.training.tasks.base import Task
from archc.training.tasks.classification import Classification
from archc.training.tasks.regression import Regression

TASKS: Final[dict[str, Callable[[Train, DataFacts, Shape, Tensor | None], Task]]] = {
    "classification": Classification,
    "regression": Regression,
}
"""Every task, by the name that `archc/recipe/tasks` has for it."""


def task_of(train: Train, facts: DataFacts, output: Shape, targets: Tensor | None = None) -> Task:
    """The task of a recipe on such data, for a network with this output. `targets`: those of the training samples."""
    return TASKS[task_name(facts)](train, facts, output, targets)
