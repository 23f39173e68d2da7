"""The kinds of data -> the modules that read them. The same names as in `archc/recipe/data`, where their facts are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias, cast

import torch
from torch import Tensor

from archc.data import photographs, pixels, sizing
from archc.data.fitted import NOTHING, Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Arrays, Whole
from archc.recipe.data import DataKind

MODULES: Final[Mapping[str, str]] = {
    "Arrays": "arrays",
    "CIFAR10": "named_sets",
    "CIFAR100": "named_sets",
    "EMNIST": "named_sets",
    "FashionMNIST": "named_sets",
    "ImageFolder": "image_folder",
    "ImageMasks": "image_masks",
    "InMemory": "memory",
    "KMNIST": "named_sets",
    "MNIST": "named_sets",
    "QMNIST": "named_sets",
    "Series": "series",
    "STL10": "named_sets",
    "SVHN": "named_sets",
    "Table": "table",
    "Text": "text",
    "USPS": "named_sets",
}
"""Each has `read(request)`, and `samples(request, fitted, file)`.

Where samples are prepared by what is learnt of the training samples, it has `fit(kind, train, info)` and
`preparing(kind, fitted, device)` too, and `tied(kind, fitted, info)` where that depends on how they are stored.
"""

Prepare: TypeAlias = Callable[[Tensor], Tensor]
"""(N, ...) samples as they are stored, on the device -> as the network gets them, but for `transform`."""


def read(request: Request) -> Whole:
    """The samples of a kind of data, as they are stored.

    Raises:
        Fault: they are not there, or not whole.
    """
    data = request.train.data
    whole = cast(Whole, _module(data.kind).read(request))
    return sizing.whole(whole, data.sizing) if data.kind.holds == "pixels" and not data.kind.each_a_file else whole


def fit(kind: DataKind, train: Arrays, info: Mapping[str, Any] | None = None) -> Fitted:
    """What is learnt of these training samples; for most kinds, nothing. `info` is that of the whole."""
    found = getattr(_module(kind), "fit", None)
    return cast(Fitted, found(kind, train, info or {})) if found else NOTHING


def tied(kind: DataKind, fitted: Fitted, info: Mapping[str, Any]) -> Fitted:
    """What was learnt, with what ties it to these samples as they are stored: that is not kept with a run."""
    found = getattr(_module(kind), "tied", None)
    return cast(Fitted, found(kind, fitted, info)) if found else fitted


def preparing(kind: DataKind, fitted: Fitted, device: torch.device) -> Prepare | None:
    """How stored samples become those of the network; None where they are that already."""
    found = getattr(_module(kind), "preparing", None)
    return cast("Prepare | None", found(kind, fitted, device)) if found else None


def naive(kind: DataKind) -> Prepare | None:
    """A forecast of stored samples that needs no network, with which figures are compared; None for most kinds."""
    found = getattr(_module(kind), "naive", None)
    return cast("Prepare | None", found(kind)) if found else None


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The samples of a file to predict, as they are stored.

    Raises:
        SampleDoesNotFit: it cannot be read, is no such file, or does not hold samples for the network.
        MissingExtra: it is an image, and Pillow is not installed.
    """
    data = request.train.data
    read = _module(data.kind).samples
    if not data.sizing or data.kind.each_a_file or data.kind.holds != "pixels":
        return cast(Samples, read(request, fitted, file))
    own = data.kind.facts(request.folder, request.train.wants)
    assert own.sample is not None
    if file.suffix.lower() not in pixels.READERS:
        image = photographs.sample(file, data.sizing, own.sample[0])
        if image.shape == request.facts.sample:
            return Samples(image[None])
    # Another size than the data have: first that, then what was done to them.
    found = cast(Samples, read(request._replace(facts=own), fitted, file))
    return Samples(sizing.arrays(found.pixels, data.sizing), found.note)


def _module(kind: DataKind) -> ModuleType:
    return import_module(f"archc.data.{MODULES[type(kind).__name__]}")
