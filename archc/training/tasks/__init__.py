"""What a network learns, in tensors: how targets meet a loss, what is counted, and the figures that follow.

The other half of a task, which needs no torch, has the same name in `archc/recipe/tasks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from archc.recipe.train import Train
from archc.training.tasks.base import Task
from archc.training.tasks.classification import Classification

_TASKS: Final[dict[str, Callable[[Train, int], Task]]] = {"classes": Classification}


def task_of(train: Train, outputs: int) -> Task:
    """The task of a recipe, for a network with so many outputs."""
    return _TASKS["classes"](train, outputs)
