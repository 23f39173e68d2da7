"""What is asked of the module that reads a kind of data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

from archc.recipe.data import DataFacts
from archc.recipe.train import Train

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many files of how many are read, some times a second."""


def unwatched(done: int, files: int) -> None:
    """Tells nobody."""


class Request(NamedTuple):
    """Which data, and for what: the recipe says what they are prepared for, and `facts` is what is known of them.

    Paths are relative to `folder`; `data_dir` is the folder of data sets that is looked in first.
    """

    train: Train
    folder: Path
    data_dir: str | None
    facts: DataFacts
    progress: Progress = unwatched

    @classmethod
    def of(cls, train: Train, folder: Path, data_dir: str | None = None) -> Request:
        """The request of a recipe.

        Raises:
            Fault: the data is not what the recipe says.
        """
        facts = train.facts(folder)
        return cls(train.settled(facts), folder, data_dir, facts)
