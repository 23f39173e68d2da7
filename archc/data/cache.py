"""Decoded data sets, kept as array files in the user's cache, so that later runs map them into memory.

Whatever is wrong with the cache, the data is decoded again: a cache never fails a run and never changes its data.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np

from archc.data.decode import decode
from archc.data.sources import Files, user_cache
from archc.data.whole import Arrays, Whole, digest_of
from archc.recipe.data.mnist import IdxImages

_FORMAT: Final = 2
"""Of entries and of their names. Versions of archc with the same number share entries."""
_ARRAYS: Final = ("train-images", "train-labels", "test-images", "test-labels")
_INDEX: Final = "index.json"
_SCRATCH: Final = ".new-"

MOST_BYTES: Final = 4 * 2**30
"""The array files of all data sets together; beyond it, those that were not used for longest are removed."""
_ABANDONED_SECONDS: Final = 24 * 60 * 60


def load(files: Files, dataset: IdxImages) -> Whole:
    """The data set of these files: from the cache where it is there and whole, else decoded and put there.

    Raises:
        DataCorrupt: a file cannot be used.
    """
    folder = user_cache() / "arrays" / _key(files, dataset)
    cached = stored(folder)
    if cached is not None:
        _note_use(folder)
        return cached
    decoded = decode(files, dataset)
    _write(folder, decoded)
    _evict(folder)
    return decoded


def _key(files: Files, dataset: IdxImages) -> str:
    """A name for the files as they are now: files that were written or put there since have another."""
    facts: list[Any] = [_FORMAT, dataset.name]
    for file in files:
        status = file.stat()
        # The time of change of the contents alone can be put back: `cp -p`, tar and layers of images do. That of the
        # file's own entry cannot, and a file that took another's place has another number.
        times = [status.st_mtime_ns, status.st_ctime_ns]
        facts.append([str(file.resolve()), status.st_size, *times, status.st_ino])
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def stored(folder: Path) -> Whole | None:
    """The cached arrays, mapped into memory; None where they are not there, or not those that were written."""
    try:
        index = json.loads((folder / _INDEX).read_text("utf-8"))
        # Copy on write: torch warns of memory that it may not write to.
        arrays = [np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False) for name in _ARRAYS]
        if any(array.dtype != np.uint8 for array in arrays) or digest_of(*arrays) != index["digest"]:
            return None
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
    return Whole(Arrays(*arrays[:2]), Arrays(*arrays[2:]), index["digest"])


def _write(folder: Path, decoded: Whole) -> None:
    """Put the arrays in place by one rename. A cache that cannot be written is left out.

    Nothing is flushed to the disk, unlike what `files/durable.py` writes: an entry that a power cut has spoilt fails
    its digest, and is made anew.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=folder.parent))
    except OSError:
        return
    try:
        for name, array in zip(_ARRAYS, (*decoded.train, *(decoded.test or ())), strict=True):
            np.save(scratch / f"{name}.npy", array, allow_pickle=False)
        (scratch / _INDEX).write_text(json.dumps({"format": _FORMAT, "digest": decoded.digest}), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(scratch, folder)
    except OSError:  # no space, or another process was faster
        shutil.rmtree(scratch, ignore_errors=True)


def _note_use(folder: Path) -> None:
    """The index's time of change is the entry's last use."""
    with contextlib.suppress(OSError):
        os.utime(folder / _INDEX)


def _evict(newest: Path) -> None:
    """Remove entries until all fit, and what interrupted writes have left. A process that uses one keeps its files."""
    with contextlib.suppress(OSError):
        for scratch in newest.parent.glob(f"{_SCRATCH}*"):
            if time.time() - scratch.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(scratch, ignore_errors=True)
        entries = [path for path in newest.parent.iterdir() if path != newest and not path.name.startswith(_SCRATCH)]
        total = size(newest)
        for entry in sorted(entries, key=_last_use, reverse=True):
            total += size(entry)
            if total > MOST_BYTES:
                shutil.rmtree(entry, ignore_errors=True)


def _last_use(entry: Path) -> float:
    """Seconds; one without an index was never whole."""
    try:
        return (entry / _INDEX).stat().st_mtime
    except OSError:
        return 0.0


def size(entry: Path) -> int:
    """The bytes of an entry's files; 0 where it is none."""
    return sum(path.stat().st_size for path in entry.iterdir()) if entry.is_dir() else 0
