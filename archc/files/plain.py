"""Reading files that somebody else may have put there: regular ones, no more of them than is wanted, never waiting."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotPlainError(Exception):
    """Something is no regular file, no directory, or larger than it may be; the text says what."""


def read_plain(path: Path, most: int) -> bytes:
    """The bytes of a regular file. Follows no symbolic link, and waits for nobody, as it would for a pipe's writer.

    Raises:
        NotPlainError: it is something else, or has more than `most` bytes.
        OSError: it is not there, or cannot be read.
    """
    check_plain(path)
    # Checked again on what was opened: between the two, another could have taken its name.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotPlainError(f"{path.name} is {_kind(found.st_mode)}")
        if found.st_size > most:
            raise NotPlainError(f"{path.name} has {found.st_size:,} bytes, and may have {most:,}")
        return file.read(found.st_size)


def check_plain(path: Path, *, directory: bool = False) -> None:
    """See that a name stands for a regular file, or a directory, of its own.

    Raises:
        NotPlainError: it is something else, as a symbolic link.
        OSError: it is not there.
    """
    mode = path.lstat().st_mode
    if not (stat.S_ISDIR(mode) if directory else stat.S_ISREG(mode)):
        raise NotPlainError(f"{path.name} is {_kind(mode)}")


def _kind(mode: int) -> str:
    kinds = {stat.S_ISLNK: "a symbolic link", stat.S_ISDIR: "a directory", stat.S_ISREG: "a file"}
    return next((text for test, text in kinds.items() if test(mode)), "a device or a pipe")
