"""What a run depended on beside its spec: versions, device, threads, command line, data. For environment.json."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Final

import torch

from archc.data.splits import Splits
from archc.machine import device as devices
from archc.recipe.train import Train
from archc.version import __version__

_PLAIN_STEPS: Final = "launched one by one"
"""What an older run's environment.json does not say."""

_PACKAGES: Final = ("numpy", "safetensors", "torch", "torchvision")


def describe(
    train: Train,
    splits: Splits,
    device: torch.device,
    command: Sequence[str] | None,
    processes: int = 1,
    *,
    cuda_graph: bool = False,
) -> dict[str, Any]:
    """The facts of this process and this machine. `command` is the command line that began the run, if one did.

    `cuda_graph`: its steps are recorded, and read the learning rate as float32.
    """
    return {
        "version": 1,
        "versions": {"archc": __version__, "python": platform.python_version(), **_versions()},
        "platform": platform.platform(),
        "device": str(device),
        "device_name": devices.describe(device),
        "threads": torch.get_num_threads(),
        "processes": processes,
        "steps": "recorded" if cuda_graph else _PLAIN_STEPS,
        "command": list(command) if command is not None else None,
        "seed": train.seed,
        "data": {
            "name": train.data.name,
            **vars(train.data.kind),
            "sha256": splits.digest,
            "train": len(splits.train),
            "validation": len(splits.validation) if splits.validation else 0,
            "test": len(splits.test) if splits.test else 0,
        },
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _versions() -> dict[str, str | None]:
    """Versions from metadata, as importing torchvision would take seconds; that of torch says what it is built for."""
    found: dict[str, str | None] = {}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = None
    return {**found, "torch": str(torch.__version__)}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """What of these facts is another now, and decides about the last bits of a result."""
    before, now = ({"steps": _PLAIN_STEPS, **facts} for facts in (before, now))
    found = ((name, _fact(before, *path), _fact(now, *path)) for name, path in _EXACT.items())
    return tuple(f"{name}: `{new}` now, `{old}` when the run began" for name, old, new in found if old != new)


_EXACT: Final = {
    "archc": ("versions", "archc"),
    "PyTorch": ("versions", "torch"),
    "the kind of device": ("device",),
    "the device": ("device_name",),
    "threads": ("threads",),
    "processes": ("processes",),
    "steps": ("steps",),
}


def _fact(facts: object, *path: str) -> object:
    """A fact of a file that may have been changed; None where it does not say."""
    for name in path:
        facts = facts.get(name) if isinstance(facts, Mapping) else None
    return facts
