"""The kinds of data -> the modules that read them. The same names as in `archc/recipe/data`, where their facts are."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, cast

from archc.data.whole import Whole
from archc.recipe.data import DataKind

MODULES: Final[Mapping[str, str]] = {"FashionMNIST": "idx_sets", "InMemory": "memory", "MNIST": "idx_sets"}
"""Each has `read(kind, folder, data_dir)`."""


def read(kind: DataKind, folder: Path, data_dir: str | None) -> Whole:
    """The samples of a kind of data. `folder` is what its paths are relative to; `data_dir` is looked in first.

    Raises:
        Fault: they are not there, or not whole.
    """
    module = import_module(f"archc.data.{MODULES[type(kind).__name__]}")
    return cast(Whole, module.read(kind, folder, data_dir))
