"""What a run depended on beside its spec: versions, device, threads, command line, data. For environment.json."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Final

import torch

from archc import __version__
from archc.recipe.train import Train
from archc.training import device as devices
from archc.training.data.splits import Splits

_PACKAGES: Final = ("numpy", "safetensors", "torch", "torchvision")


def describe(train: Train, splits: Splits, device: torch.device, command: Sequence[str] | None) -> dict[str, Any]:
    """The facts of this process and this machine. `command` is the command line that began the run, if one did."""
    return {
        "version": 1,
        "versions": {"archc": __version__, "python": platform.python_version(), **_versions()},
        "platform": platform.platform(),
        "device": str(device),
        "device_name": devices.describe(device),
        "threads": torch.get_num_threads(),
        "command": list(command) if command is not None else None,
        "seed": train.seed,
        "data": {
            "name": train.data.name,
            "source": train.data.source,
            "sha256": splits.digest,
            "train": len(splits.train),
            "validation": len(splits.validation) if splits.validation else 0,
            "test": len(splits.test),
        },
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _versions() -> dict[str, str | None]:
    """Versions from the packages' metadata, as importing torchvision would take seconds."""
    found: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return found
