"""One writer for each run: an advisory lock, which the system releases however the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from archc.diagnostics import catalog

NAME: Final = ".lock"


@contextmanager
def hold(directory: Path) -> Iterator[None]:
    """Be the only writer of a run's directory, which exists.

    Raises:
        RunInUse: another process is.
        OSError: the lock file cannot be written, or is a symbolic link, which could lead anywhere.
    """
    descriptor = os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise catalog.runs.RunInUse(directory=str(directory), holder=_holder(descriptor)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _holder(descriptor: int) -> str:
    number = os.pread(descriptor, 20, 0).decode("ascii", errors="replace")
    return f"process {number}" if number.isdigit() else "another process"
