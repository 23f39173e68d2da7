"""What the C library does with memory that torch frees while archc trains."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Parameters of mallopt(3), as glibc's malloc.h numbers them."""

_KEEP: Final = {_MMAP_THRESHOLD: 32 * 2**20, _TRIM_THRESHOLD: 2**31 - 1}
"""Blocks of up to 32 MiB, the most that glibc takes, are kept; larger ones, as of big evaluation batches, are not."""

_DEFAULTS: Final = {_MMAP_THRESHOLD: 128 * 1024, _TRIM_THRESHOLD: 128 * 1024}


@contextmanager
def kept() -> Iterator[None]:
    """Inside, freed memory stays with the process for the next step; at the end it goes back to the system.

    A step frees what it allocates, tensors of megabytes, and the next step asks for the same again. glibc gives such
    blocks back at once, and the system maps and clears them anew page by page: thousands of page faults a step of a
    small convolutional network on a CPU, and up to a fifth of its time (benchmarks/freed_memory.py). The peak of the
    process grows by a few percent.

    Elsewhere than on glibc nothing changes.
    """
    library = _glibc()
    if library is None:
        yield
        return
    for parameter, value in _KEEP.items():
        library.mallopt(parameter, value)
    try:
        yield
    finally:
        for parameter, value in _DEFAULTS.items():
            library.mallopt(parameter, value)
        library.malloc_trim(0)


def _glibc() -> Any:
    """The C library of this process where it is glibc; None elsewhere."""
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - AttributeError where there is none
    except (AttributeError, OSError, TypeError):  # TypeError: Windows has no handle for the process itself
        return None
    library.mallopt.argtypes = [ctypes.c_int, ctypes.c_int]
    library.malloc_trim.argtypes = [ctypes.c_size_t]
    return library
