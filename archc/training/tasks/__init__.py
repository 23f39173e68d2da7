"""What a network learns, in tensors: how targets meet a loss, what is counted, and the figures that follow.

The other half of a task, which needs no torch, has the same name in `archc/recipe/tasks`.
"""

from __future__ import annotations

from typing import Final, Protocol

from torch import Tensor

from archc.analysis.probabilities import Reading
from archc.data.fitted import Scale
from archc.layers import Shape
from archc.recipe.data import DataFacts
from archc.recipe.tasks import task_name
from archc.recipe.train import Train
from archc.training.tasks.base import Task
from archc.training.tasks.classification import Classification
from archc.training.tasks.embedding import Embedding
from archc.training.tasks.labels import Labelling
from archc.training.tasks.regression import Regression
from archc.training.tasks.segmentation import Segmentation
from archc.training.tasks.two_classes import TwoClasses
from archc.training.units import Units


class _Makes(Protocol):
    def __call__(
        self,
        train: Train,
        facts: DataFacts,
        output: Shape,
        targets: Tensor | None = None,
        reading: Reading | None = None,
    ) -> Task: ...


TASKS: Final[dict[str, _Makes]] = {
    "classification": Classification,
    "embedding": Embedding,
    "labels": Labelling,
    "regression": Regression,
    "segmentation": Segmentation,
    "two_classes": TwoClasses,
}
"""Every task, by the name that `archc/recipe/tasks` has for it."""


def task_of(
    train: Train,
    facts: DataFacts,
    output: Shape,
    targets: Tensor | None = None,
    reading: Reading | None = None,
    scale: Scale | None = None,
) -> Task:
    """The task of a recipe on such data, for a network with this output.

    `targets` are those of the training samples; `reading` says how outputs are read as probabilities, where they are;
    `scale` is that in which numbers are learnt.
    """
    task = TASKS[task_name(facts, train.loss, output)](train, facts, output, targets, reading)
    if scale is not None and isinstance(task, Regression):
        task.units = Units(scale)
    return task
