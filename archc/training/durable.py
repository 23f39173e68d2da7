"""Files that survive a power cut: every operation that a run makes on its directory, and the order of them.

A file is either not there, or whole: it is written beside its place, flushed to the disk, renamed, and the rename is
flushed. A directory is committed in the same way, with a manifest of its files written last.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

MANIFEST: Final = "manifest.json"
_SCRATCH: Final = ".new-"


class BadManifest(Exception):  # noqa: N818 - it is what is found, in two words
    """A committed directory is not as it was written; the text says how."""


def write_file(path: Path, data: bytes) -> None:
    """Put a whole file in place, over what was there.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    scratch = path.with_name(f"{_SCRATCH}{path.name}")
    _write(scratch, data)
    os.replace(scratch, path)
    fsync_directory(path.parent)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Put a JSON file in place, as `write_file` does. `data` has no infinite numbers."""
    write_file(path, json_bytes(data))


def json_bytes(data: Mapping[str, Any]) -> bytes:
    """JSON for people: indented, UTF-8, a line end at its end."""
    """The text of a JSON file."""
    return (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False) + "\n").encode()


def append_line(path: Path, line: str) -> None:
    """Add a line to a file, and wait for the disk."""
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def commit_directory(path: Path, files: Mapping[str, bytes]) -> None:
    """Put a directory with these files and their manifest in place, over an older one of that name.

    Raises:
        OSError: it cannot be written.
    """
    scratch = path.with_name(f"{_SCRATCH}{path.name}")
    remove(scratch)
    scratch.mkdir()
    for name, data in files.items():
        _write(scratch / name, data)
    _write(scratch / MANIFEST, json_bytes({"version": 1, "files": _facts(files)}))
    fsync_directory(scratch)
    remove(path)
    os.rename(scratch, path)
    fsync_directory(path.parent)


def read_directory(path: Path) -> dict[str, bytes]:
    """The files of a committed directory, checked against its manifest.

    Raises:
        BadManifest: the manifest or a file is missing or cannot be read, or a size or digest differs.
    """
    try:
        facts = json.loads((path / MANIFEST).read_bytes())["files"]
        files = {str(name): (path / name).read_bytes() for name in facts}
    except OSError as error:
        raise BadManifest(f"{Path(error.filename or '').name}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise BadManifest(f"{MANIFEST} is damaged") from None
    for name, found in _facts(files).items():
        if found != facts[name]:
            part = "digest" if found["size"] == facts[name].get("size") else "size"
            raise BadManifest(f"{name} is damaged: its {part} is not the one in {MANIFEST}")
    return files


def remove(path: Path) -> None:
    """Delete a directory and all in it, if it is there. One whose manifest is gone first is no longer committed."""
    (path / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(path, ignore_errors=True)


def remove_scratch(folder: Path) -> None:
    """Delete what interrupted writes have left in a folder."""
    for path in folder.glob(f"{_SCRATCH}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def fsync_directory(path: Path) -> None:
    """Wait until the names in a directory are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _facts(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    return {name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
