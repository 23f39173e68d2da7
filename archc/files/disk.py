"""The few operations by which a run changes its files. All others are made of these, so that tests can let each fail.

A power cut may undo whatever was not followed by a flush: `fsync` for what a file holds, `fsync_directory` for the
names in a directory. Every function raises OSError where it cannot do what it should.
"""

from __future__ import annotations

import os
from pathlib import Path


def create(path: Path) -> int:
    """Make an empty file, or empty the one that is there; a descriptor to write to it. Follows no symbolic link."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)


def extend(path: Path) -> int:
    """A descriptor to write at the end of a file, which is made where it is not there. Follows no symbolic link."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)


def write(descriptor: int, data: bytes) -> None:
    """Write all of the data."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def truncate(descriptor: int, size: int) -> None:
    """Cut a file to its first bytes."""
    os.ftruncate(descriptor, size)


def fsync(descriptor: int) -> None:
    """Wait until what a file holds is on the disk."""
    os.fsync(descriptor)


def fsync_directory(path: Path) -> None:
    """Wait until the names in a directory are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    """Give a file or directory another name, at once; a file of that name is replaced."""
    os.replace(source, target)


def unlink(path: Path) -> None:
    """Delete a file, or a symbolic link."""
    os.unlink(path)


def make_directory(path: Path) -> None:
    """Make a directory, which is not there, in one that is."""
    os.mkdir(path)


def remove_directory(path: Path) -> None:
    """Delete an empty directory."""
    os.rmdir(path)
