"""Decoded data, kept as array files in the user's cache, so that later runs map them into memory.

An entry is a folder: an array file for the inputs and one for the targets of each split, and an index that says what
they are. Whatever is wrong with the cache, the data is decoded again: it never fails a run and never changes its data.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from archc.data.whole import Array, Arrays, Whole

_FORMAT: Final = 3
"""Of entries and of their names. Versions of archc with the same number share entries."""
_INDEX: Final = "index.json"
_SCRATCH: Final = ".new-"

MOST_BYTES: Final = 4 * 2**30
"""The array files of all entries together; beyond it, those that were not used for longest are removed."""
_ABANDONED_SECONDS: Final = 24 * 60 * 60

MOST_SEALED_WHOLE: Final = 64 * 2**20
"""The bytes of an entry that is read to its end before it is used; of a larger one, samples are."""
BLOCK: Final = 64 * 2**10
BLOCKS: Final = 64
"""How many blocks of a large array are read: the first, the last, and others as far apart as they can be."""

_Named: TypeAlias = Mapping[str, Array]


def user_cache() -> Path:
    """The folder of archc in the user's cache; it may not exist."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    return (Path(base) if os.path.isabs(base) else Path("~/.cache").expanduser()) / "archc"


def load(facts: Sequence[Any], files: Sequence[Path], decode: Callable[[], Whole]) -> Whole:
    """What `decode` gives: from the cache where it is there and whole, else decoded and put there.

    What is in the cache is mapped, copy on write. An entry of up to 64 MiB is verified byte for byte before it is
    used. Of a larger one the sizes of its files and some blocks of each array are, since reading gigabytes would take
    longer than the first epoch: what a power cut leaves is found, a single bit that the disk lost may not be.

    Args:
        facts: all that decides what `decode` gives of these files: names, options. As JSON has it.
        files: those that it reads. Where one of them is another than it was, it is called again.
        decode: arrays of any type but objects, (N, ...), and their `info`.

    Raises:
        Fault: whatever `decode` raises.
    """
    try:
        folder = folder_of_entries() / _key(facts, files)
    except OSError:  # a file is not there: what reads it can say which
        return decode()
    cached = stored(folder)
    if cached is not None:
        _note_use(folder)
        return cached
    decoded = decode()
    # A later run gets what JSON gives back: so does this one.
    decoded = decoded._replace(info=json.loads(json.dumps(dict(decoded.info))))
    _write(folder, decoded)
    _evict(folder)
    return decoded


def folder_of_entries() -> Path:
    """Where the entries are; it may not exist."""
    return user_cache() / "arrays"


def entries() -> dict[Path, int]:
    """Each entry, and what interrupted writes have left, with its bytes.

    Raises:
        OSError: the folder cannot be read.
    """
    folder = folder_of_entries()
    return {entry: size(entry) for entry in sorted(folder.iterdir())} if folder.is_dir() else {}


def clear() -> tuple[int, int]:
    """Remove all entries. A process that uses one keeps its files. Returns how many went, and their bytes.

    Raises:
        OSError: one cannot be removed.
    """
    found = entries()
    for entry in found:
        shutil.rmtree(entry)
    return len(found), sum(found.values())


def _key(facts: Sequence[Any], files: Sequence[Path]) -> str:
    """A name for the files as they are now: files that were written or put there since have another."""
    sha = hashlib.sha256(json.dumps([_FORMAT, *facts]).encode())
    real: dict[Path, str] = {}
    for file in files:
        parent = file.parent
        # A folder of a hundred thousand files is followed through its links once.
        place = real.get(parent) or real.setdefault(parent, os.path.realpath(parent))
        status = file.stat()
        # The time of change of the contents alone can be put back: `cp -p`, tar and layers of images do. That of the
        # file's own entry cannot, and a file that took another's place has another number.
        times = [status.st_mtime_ns, status.st_ctime_ns]
        sha.update(json.dumps([place, file.name, status.st_size, *times, status.st_ino]).encode())
    return sha.hexdigest()[:32]


def stored(folder: Path) -> Whole | None:
    """The cached arrays, mapped into memory; None where they are not there, or not those that were written."""
    try:
        index = json.loads((folder / _INDEX).read_text("utf-8"))
        # Copy on write: torch warns of memory that it may not write to.
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False) for name in index["arrays"]}
        if seal(arrays, index["digest"], index["info"]) != index["seal"]:
            return None
        return _whole(arrays, index["digest"], index["info"])
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None


def _arrays(whole: Whole) -> _Named:
    """The arrays of an entry by the names of their files, each in C order."""
    found: dict[str, Array] = {}
    for name, split in whole.splits().items():
        found[f"{name}-inputs"] = np.ascontiguousarray(split.inputs)
        found[f"{name}-targets"] = np.ascontiguousarray(split.targets)
    return found


def _whole(arrays: _Named, digest: str, info: Mapping[str, Any]) -> Whole:
    """Undoes `_arrays`.

    Raises:
        KeyError: there is no training split.
    """

    def split(name: str) -> Arrays | None:
        return Arrays(arrays[f"{name}-inputs"], arrays[f"{name}-targets"]) if f"{name}-inputs" in arrays else None

    train = Arrays(arrays["train-inputs"], arrays["train-targets"])
    return Whole(train, split("test"), digest, split("validation"), info)


def seal(arrays: _Named, digest: str, info: Mapping[str, Any]) -> str:
    """A SHA-256 of all that an entry holds, or of samples of it where it is large."""
    sha = hashlib.sha256(json.dumps([digest, info], sort_keys=True).encode())
    whole = sum(array.nbytes for array in arrays.values()) <= MOST_SEALED_WHOLE
    for name, array in sorted(arrays.items()):
        sha.update(json.dumps([name, array.dtype.str, array.shape, array.flags.c_contiguous]).encode())
        data = array.reshape(-1).view(np.uint8)
        for block in [data] if whole else blocks(data):
            sha.update(block.data)
    return sha.hexdigest()


def blocks(data: Array) -> Iterator[Array]:
    """Some blocks of an array of bytes, all of it where they cover it."""
    last = max(len(data) - BLOCK, 0)
    for number in range(BLOCKS):
        start = last * number // (BLOCKS - 1)
        yield data[start : start + BLOCK]


def _write(folder: Path, decoded: Whole) -> None:
    """Put the arrays in place by one rename. A cache that cannot be written is left out.

    Nothing is flushed to the disk, unlike what `files/durable.py` writes: an entry that a power cut has spoilt breaks
    its seal, and is made anew.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=folder.parent))
    except OSError:
        return
    arrays, info = _arrays(decoded), dict(decoded.info)
    index = {"format": _FORMAT, "digest": decoded.digest, "info": info, "arrays": list(arrays)}
    try:
        for name, array in arrays.items():
            np.save(scratch / f"{name}.npy", array, allow_pickle=False)
        index["seal"] = seal(arrays, decoded.digest, info)
        (scratch / _INDEX).write_text(json.dumps(index), "utf-8")
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
