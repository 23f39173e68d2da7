"""The kinds of data -> the modules that read them. The same names as in `archc/recipe/data`, where their facts are."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final, cast

from archc.data.pixels import Samples
from archc.data.whole import Whole
from archc.layers import Shape
from archc.recipe.data import DataKind

MODULES: Final[Mapping[str, str]] = {
    "FashionMNIST": "idx_sets",
    "InMemory": "memory",
    "MNIST": "idx_sets",
    "Table": "table",
}
"""Each has `read(kind, folder, data_dir)`, and `samples(kind, folder, file, shape)`."""


def read(kind: DataKind, folder: Path, data_dir: str | None) -> Whole:
    """The samples of a kind of data. `folder` is what its paths are relative to; `data_dir` is looked in first.

    Raises:
        Fault: they are not there, or not whole.
    """
    return cast(Whole, _module(kind).read(kind, folder, data_dir))


def samples(kind: DataKind, folder: Path, file: Path, shape: Shape) -> Samples:
    """The samples of a file to predict, for a network that takes this shape and was trained on this kind of data.

    Raises:
        SampleDoesNotFit: it cannot be read, is no such file, or does not hold samples of this shape.
        MissingExtra: it is an image, and Pillow is not installed.
    """
    return cast(Samples, _module(kind).samples(kind, folder, file, shape))


def _module(kind: DataKind) -> ModuleType:
    return import_module(f"archc.data.{MODULES[type(kind).__name__]}")
