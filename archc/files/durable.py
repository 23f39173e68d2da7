"""Files that survive a power cut: what a run does to its directory, in an order that leaves it whole at any moment.

A file is either not there, or whole: it is written beside its place, flushed to the disk, renamed, and the rename is
flushed. A directory is committed in the same way, with a manifest of its files written last.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from archc.files import disk

MANIFEST: Final = "manifest.json"
SCRATCH: Final = ".new-"
"""What the names of unfinished files and directories begin with."""
_MANIFEST_BYTES: Final = 2**20


class BadManifest(Exception):  # noqa: N818 - it is what is found, in two words
    """A committed directory is not as it was written; the text says how."""


def write_file(path: Path, data: bytes) -> None:
    """Put a whole file in place, over what was there.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    scratch = _scratch(path)
    with _tidied(scratch):
        # Flushed before the rename: a file system may put the new name on the disk before what it stands for, and
        # after a power cut there would be an empty file where a whole one was.
        _write(scratch, data)
        disk.rename(scratch, path)
    # And the name itself, or the old file may be back.
    disk.fsync_directory(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Put a whole file of somebody's own in place, as `write_file` does, with the permissions that it had.

    Beside its place stands meanwhile a name that no other process takes: two commands may write one file at once.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    if path.is_dir():
        raise IsADirectoryError(21, os.strerror(21), str(path))
    scratch = path.with_name(f"{SCRATCH}{os.getpid()}-{path.name[:64]}")
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    try:
        _write(scratch, data, mode)
        disk.rename(scratch, path)
    except BaseException:  # Ctrl-C too: nobody would know what the file is
        with contextlib.suppress(OSError):
            _clear(scratch)
        raise
    disk.fsync_directory(path.parent)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Put a JSON file in place, as `write_file` does. `data` has no infinite numbers."""
    write_file(path, json_bytes(data))


def json_bytes(data: Mapping[str, Any]) -> bytes:
    """JSON for people: indented, with rows of numbers on one line each, UTF-8, a line end at its end."""
    text = json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False)
    return (
        _ROW.sub(lambda row: re.sub(r"\s+", " ", row[0]).replace("[ ", "[").replace(" ]", "]"), text) + "\n"
    ).encode()


_ROW: Final = re.compile(r"\[\n\s*[-+.0-9eE]+(?:,\n\s*[-+.0-9eE]+)*\n\s*\]")
"""A list of numbers as json indents it. No text has line ends, so that none is taken for one."""


def append(path: Path, text: str) -> None:
    """Add text to a file that `write_file` has made, and wait for the disk.

    Raises:
        OSError: it cannot be added. None of it is there, unless the disk refuses that too.
    """
    descriptor = disk.extend(path)
    try:
        size = os.fstat(descriptor).st_size
        try:
            disk.write(descriptor, text.encode())
            disk.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                disk.truncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def make_directories(path: Path) -> None:
    """Make a directory, and those that it is in, where they are not there.

    Raises:
        OSError: it cannot be made, or is a file.
    """
    if path.is_dir():
        return
    make_directories(path.parent)
    with contextlib.suppress(FileExistsError):  # another process was faster
        disk.make_directory(path)
    if not path.is_dir():
        raise NotADirectoryError(20, os.strerror(20), str(path))
    disk.fsync_directory(path.parent)


def make_directory(path: Path) -> None:
    """Make a new directory in one that is there.

    Raises:
        FileExistsError: it is there already.
        OSError: it cannot be made.
    """
    disk.make_directory(path)
    disk.fsync_directory(path.parent)


def commit_directory(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Put a directory with these files and their manifest in place, over an older one of that name.

    The files are taken one after the other, so that only one needs to be in memory.

    Raises:
        OSError: it cannot be written.
    """
    scratch = _scratch(path)
    _clear(scratch)
    with _tidied(scratch):
        disk.make_directory(scratch)
        facts = {}
        for name, data in files:
            _write(scratch / name, data)
            facts[name] = _facts(data)
        # Last, so that a directory without it was not finished; its digests tell what was lost of the others.
        _write(scratch / MANIFEST, json_bytes({"version": 1, "files": facts}))
        disk.fsync_directory(scratch)
        # A directory cannot be renamed over another: for a moment neither is there, and an older checkpoint is.
        remove(path)
        disk.rename(scratch, path)
    disk.fsync_directory(path.parent)


def read_directory(path: Path) -> dict[str, bytes]:
    """The files of a committed directory, checked against its manifest. Follows no symbolic link.

    Raises:
        BadManifest: the manifest or a file is missing or cannot be read, a size or digest differs, or there is more.
    """
    try:
        if path.is_symlink():
            raise BadManifest("it is a symbolic link")
        facts = _manifest(_read(path / MANIFEST, most=_MANIFEST_BYTES))
        if more := sorted(set(os.listdir(path)) - {*facts, MANIFEST}):
            raise BadManifest(f"{more[0]} is not in {MANIFEST}")
        return {name: _checked(path / name, *fact) for name, fact in facts.items()}
    except OSError as error:
        raise BadManifest(f"{Path(error.filename or '').name}: {error.strerror}") from None


def remove(path: Path) -> None:
    """Delete a directory and all in it, if it is there. It loses its name first, and so is there whole or not at all.

    Raises:
        OSError: it cannot lose its name. What cannot be deleted afterwards is left to `remove_scratch`.
    """
    if not path.exists() and not path.is_symlink():
        return
    scratch = path.with_name(f"{SCRATCH}old-{path.name}")
    _clear(scratch)
    disk.rename(path, scratch)
    disk.fsync_directory(path.parent)
    with contextlib.suppress(OSError):
        _clear(scratch)


def remove_scratch(folder: Path) -> None:
    """Delete what interrupted writes have left in a folder, as far as it can be deleted."""
    for path in folder.glob(f"{SCRATCH}*"):
        with contextlib.suppress(OSError):
            _clear(path)


def _scratch(path: Path) -> Path:
    return path.with_name(f"{SCRATCH}{path.name}")


@contextmanager
def _tidied(scratch: Path) -> Iterator[None]:
    """What was written so far is deleted where the disk refuses the rest: a full disk needs the space."""
    try:
        yield
    except OSError:
        with contextlib.suppress(OSError):
            _clear(scratch)
        raise


def _clear(path: Path) -> None:
    """Delete a file, or a directory and all in it, or nothing."""
    if path.is_dir() and not path.is_symlink():
        for inner in sorted(path.iterdir()):
            _clear(inner)
        disk.remove_directory(path)
    elif path.exists() or path.is_symlink():
        disk.unlink(path)


def _write(path: Path, data: bytes, mode: int | None = None) -> None:
    """`mode` is that of a file of somebody's own; without, it is what the system gives a run's files."""
    descriptor = disk.create(path)
    try:
        if mode is not None:
            os.fchmod(descriptor, mode)
        disk.write(descriptor, data)
        disk.fsync(descriptor)
    finally:
        os.close(descriptor)


def _facts(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _manifest(data: bytes) -> dict[str, tuple[int, str]]:
    """The size and digest of each file, from the bytes of a manifest."""
    try:
        content = json.loads(data)
        facts = {name: (fact["size"], fact["sha256"]) for name, fact in content["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BadManifest(f"{MANIFEST} is damaged") from None
    if content.get("version") != 1 or not all(_is_plain(name) for name in facts):
        raise BadManifest(f"{MANIFEST} is damaged")
    return facts


def _is_plain(name: str) -> bool:
    """Whether it names a file of the directory itself, and not its manifest."""
    return name not in ("", ".", "..", MANIFEST) and not {"/", "\0"} & set(name)


def _checked(path: Path, size: object, sha256: object) -> bytes:
    data = _read(path, most=size if isinstance(size, int) else -1)
    if len(data) != size:
        raise BadManifest(f"{path.name} is damaged: its size is not the one in {MANIFEST}")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadManifest(f"{path.name} is damaged: its digest is not the one in {MANIFEST}")
    return data


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file, unless there are more."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no regular file"
        raise BadManifest(f"{path.name} is {kind}")
    if found.st_size > most:
        raise BadManifest(f"{path.name} is damaged: its size is not the one in {MANIFEST}")
    return path.read_bytes()
