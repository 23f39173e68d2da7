"""What a network learns: which losses and outputs fit the targets of the data, and which figures there are.

The other half of a task, its tensors, has the same name in `archc/training/tasks`.
"""

from __future__ import annotations

from typing import Final

from archc.layers import Shape
from archc.recipe.data import DataFacts, Labels, Numbers, Positions
from archc.recipe.losses import Loss
from archc.recipe.tasks.base import Task
from archc.recipe.tasks.classification import Classification
from archc.recipe.tasks.embedding import Embedding
from archc.recipe.tasks.labels import Labelling
from archc.recipe.tasks.regression import Regression
from archc.recipe.tasks.segmentation import Segmentation
from archc.recipe.tasks.two_classes import TwoClasses, takes_one_output

TASKS: Final[dict[str, Task]] = {
    "classification": Classification(),
    "embedding": Embedding(),
    "labels": Labelling(),
    "regression": Regression(),
    "segmentation": Segmentation(),
    "two_classes": TwoClasses(),
}


def task_name(facts: DataFacts, loss: Loss, output: Shape | None = None) -> str:
    """The task that the targets of the data and the loss ask for; with an output, that of a network which gives it."""
    match facts.target:
        case Labels():
            return "labels"
        case Positions():
            return "segmentation"
        case Numbers():
            return "regression"
    if type(loss).compares == "samples":
        return "embedding"
    return "two_classes" if takes_one_output(loss, facts, output) else "classification"


def task_of(facts: DataFacts, loss: Loss, output: Shape | None = None) -> Task:
    """The facts of that task."""
    return TASKS[task_name(facts, loss, output)]
