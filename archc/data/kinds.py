"""The kinds of data -> the modules that read them. The same names as in `archc/recipe/data`, where their facts are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final, TypeAlias, cast

import torch
from torch import Tensor

from archc.data.fitted import NOTHING, Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Arrays, Whole
from archc.recipe.data import DataKind

MODULES: Final[Mapping[str, str]] = {
    "CIFAR10": "named_sets",
    "CIFAR100": "named_sets",
    "EMNIST": "named_sets",
    "FashionMNIST": "named_sets",
    "InMemory": "memory",
    "KMNIST": "named_sets",
    "MNIST": "named_sets",
    "QMNIST": "named_sets",
    "STL10": "named_sets",
    "SVHN": "named_sets",
    "Table": "table",
    "USPS": "named_sets",
}
"""Each has `read(request)`, and `samples(request, fitted, file)`.

Where samples are prepared by what is learnt of the training samples, it has `fit(kind, train)` and
`preparing(kind, fitted, device)` too.
"""

Prepare: TypeAlias = Callable[[Tensor], Tensor]
"""(N, ...) samples as they are stored, on the device -> as the network gets them, but for `transform`."""


def read(request: Request) -> Whole:
    """The samples of a kind of data, as they are stored.

    Raises:
        Fault: they are not there, or not whole.
    """
    return cast(Whole, _module(request.train.data.kind).read(request))


def fit(kind: DataKind, train: Arrays) -> Fitted:
    """What is learnt of these training samples; for most kinds, nothing."""
    found = getattr(_module(kind), "fit", None)
    return cast(Fitted, found(kind, train)) if found else NOTHING


def preparing(kind: DataKind, fitted: Fitted, device: torch.device) -> Prepare | None:
    """How stored samples become those of the network; None where they are that already."""
    found = getattr(_module(kind), "preparing", None)
    return cast("Prepare | None", found(kind, fitted, device)) if found else None


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The samples of a file to predict, as they are stored.

    Raises:
        SampleDoesNotFit: it cannot be read, is no such file, or does not hold samples for the network.
        MissingExtra: it is an image, and Pillow is not installed.
    """
    return cast(Samples, _module(request.train.data.kind).samples(request, fitted, file))


def _module(kind: DataKind) -> ModuleType:
    return import_module(f"archc.data.{MODULES[type(kind).__name__]}")
