"""A snapshot <-> a directory `step-NNNNNNNN` of safetensors and JSON, found whole or not at all."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archc.diagnostics import catalog
from archc.files import durable
from archc.runs import weights
from archc.training.engine import Snapshot, Tensors
from archc.training.state import Control, State

_NAME: Final = re.compile(r"step-([0-9]{8,})")
_STATE: Final = "state.json"
_DAMAGED: Final = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)
"""What reading data raises that are of another shape: a number too large, a nesting too deep, a list for a mapping."""


class Found(NamedTuple):
    """The newest whole checkpoint, and the newer ones that are not, each with the reason."""

    snapshot: Snapshot | None
    path: Path | None
    skipped: tuple[catalog.run_warnings.CheckpointSkipped, ...]


def save(snapshot: Snapshot, folder: Path, keep: int) -> Path:
    """Write a checkpoint, then remove all but the `keep` newest. Returns its directory.

    Raises:
        OSError: it cannot be written; the older ones stay.
    """
    path = folder / _name(snapshot.state.step)
    durable.commit_directory(path, _files(snapshot))
    # The checkpoint is safe: that an old one stays for now is no reason to complain.
    with contextlib.suppress(OSError):
        for old in _newest_first(folder)[keep:]:
            durable.remove(old)
        durable.remove_scratch(folder)
    return path


def newest(folder: Path) -> Found:
    """The newest checkpoint whose manifest holds."""
    skipped: list[catalog.run_warnings.CheckpointSkipped] = []
    for path in _newest_first(folder):
        try:
            return Found(_read(path), path, tuple(skipped))
        except durable.BadManifest as error:
            skipped.append(catalog.run_warnings.CheckpointSkipped(directory=path.name, reason=str(error)))
    return Found(None, None, tuple(skipped))


def _files(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    for name, tensors in snapshot.tensors._asdict().items():
        yield f"{name}.safetensors", weights.dump(tensors)
    yield _STATE, durable.json_bytes({**snapshot.state.to_json(), "control": snapshot.control.to_json()})


def _newest_first(folder: Path) -> list[Path]:
    found = [(int(match[1]), path) for path in folder.glob("step-*") if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def _read(path: Path) -> Snapshot:
    files = durable.read_directory(path)
    try:
        tensors = Tensors(*(weights.parse(files[f"{name}.safetensors"], name) for name in Tensors._fields))
        data = json.loads(files[_STATE])
        snapshot = Snapshot(State.from_json(data), Control.from_json(data["control"]), tensors)
    except (*_DAMAGED, catalog.runs.FileCorrupt) as error:
        # Its digests hold, so that it was written like this: by another version, say.
        raise durable.BadManifest(f"it is not a checkpoint of this version ({error})") from None
    step = snapshot.state.step
    if path.name != _name(step):
        raise durable.BadManifest(f"it is the checkpoint of step {step}, under another name")
    return snapshot


def _name(step: int) -> str:
    return f"step-{step:08d}"
