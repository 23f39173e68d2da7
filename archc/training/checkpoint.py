"""A snapshot <-> a directory `step-NNNNNNNN` of safetensors and JSON, found whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final, NamedTuple

from archc.diagnostics.catalog.runs import FileCorrupt
from archc.training import durable, weights
from archc.training.engine import Snapshot
from archc.training.state import State

KEPT: Final = 2
"""Older checkpoints are removed; one is kept beside the newest, lest a disk damages that."""

_NAME: Final = re.compile(r"step-([0-9]{8,})")
_STATE: Final = "state.json"
_TENSORS: Final = ("weights", "optimizer", "generators", "best", "average")


class Found(NamedTuple):
    """The newest whole checkpoint, and the newer ones that are not, each with the reason."""

    snapshot: Snapshot | None
    path: Path | None
    skipped: tuple[str, ...]


def save(snapshot: Snapshot, folder: Path) -> Path:
    """Write a checkpoint, then remove old ones. Returns its directory.

    Raises:
        OSError: it cannot be written; the older ones stay.
    """
    path = folder / f"step-{snapshot.state.step:08d}"
    files = {f"{name}.safetensors": weights.dump(getattr(snapshot, name)) for name in _TENSORS}
    files[_STATE] = durable.json_bytes({"version": 1, **snapshot.state.to_json()})
    durable.commit_directory(path, files)
    for old in _newest_first(folder)[KEPT:]:
        durable.remove(old)
    durable.remove_scratch(folder)
    return path


def newest(folder: Path) -> Found:
    """The newest checkpoint whose manifest holds."""
    skipped: list[str] = []
    for path in _newest_first(folder):
        try:
            return Found(_read(path), path, tuple(skipped))
        except durable.BadManifest as error:
            skipped.append(f"{path.name}: {error}")
    return Found(None, None, tuple(skipped))


def _newest_first(folder: Path) -> list[Path]:
    found = [(int(match[1]), path) for path in folder.glob("step-*") if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def _read(path: Path) -> Snapshot:
    files = durable.read_directory(path)
    try:
        tensors = {name: weights.parse(files[f"{name}.safetensors"], name) for name in _TENSORS}
        return Snapshot(state=State.from_json(json.loads(files[_STATE])), **tensors)
    except (KeyError, TypeError, ValueError, FileCorrupt) as error:
        # Its digests hold, so that it was written like this: by another version, say.
        raise durable.BadManifest(f"it is not a checkpoint of this version ({error})") from None
