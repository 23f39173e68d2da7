"""What a network learns: which losses and outputs fit the targets of the data, and which figures there are.

The other half of a task, its tensors, has the same name in `archc/training/tasks`.
"""

from __future__ import annotations

from typing import Final

from archc.recipe.data import Classes, DataFacts
from archc.recipe.tasks.base import Task
from archc.recipe.tasks.classification import Classification
from archc.recipe.tasks.regression import Regression

TASKS: Final[dict[str, Task]] = {"classification": Classification(), "regression": Regression()}


def task_name(facts: DataFacts) -> str:
    """The task that the targets of the data ask for."""
    return "classification" if isinstance(facts.target, Classes) else "regression"


def task_of(facts: DataFacts) -> Task:
    """The facts of that task."""
    return TASKS[task_name(facts)]
