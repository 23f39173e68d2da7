"""IDX files (plain or gzip) -> arrays. The header is checked against the bytes there are before memory is taken.

Source of the format: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np

from archc.data.damage import DamagedError, faults_of
from archc.data.whole import Array

UNSIGNED_BYTE: Final = 0x08
INT: Final = 0x0C
_TYPES: Final[Mapping[int, tuple[str, str]]] = {
    UNSIGNED_BYTE: ("u1", "unsigned bytes"),
    INT: (">i4", "ints of 4 bytes"),
}
MOST_BYTES: Final = 4 * 2**30
"""No split of a data set that is read as a whole is larger."""
DEFLATE_RATIO: Final = 1032
"""No deflate stream grows by more than this. Source: https://zlib.net/zlib_tech.html"""


def read_idx(path: Path, rank: int, element: int = UNSIGNED_BYTE) -> Array:
    """The array of an IDX file with `rank` axes and elements of a type; a file that ends in `.gz` is decompressed.

    Raises:
        DataCorrupt: the file is truncated, damaged, too long, unreadable, or of another kind.
    """
    with faults_of(path), path.open("rb") as raw:
        packed = path.suffix == ".gz"
        # gzip's reader and a plain file have the same `read` and `readinto`.
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
        return _read(stream, rank, element, os.fstat(raw.fileno()).st_size, packed=packed)


def _read(stream: BinaryIO, rank: int, element: int, stored: int, *, packed: bool) -> Array:
    """The array; `stored` is the size of the file in bytes."""
    shape = _shape(stream, rank, element)
    dtype = np.dtype(_TYPES[element][0])
    size = prod(shape) * dtype.itemsize
    header = 4 + 4 * rank
    most = stored * DEFLATE_RATIO if packed else stored
    if size > MOST_BYTES:
        raise DamagedError(f"its header promises {size:,} bytes, more than the {MOST_BYTES:,} that are allowed")
    if header + size > most:
        raise DamagedError(
            f"its header promises {header + size:,} bytes, and it has {'at most ' if packed else ''}{most:,}"
        )
    array = np.empty(shape, dtype=dtype)
    found = fill(stream, array)
    if found < size:
        raise DamagedError(f"its header promises {header + size:,} bytes, and it has {header + found:,}")
    if stream.read(1):
        raise DamagedError(f"it goes on after the {header + size:,} bytes that its header promises")
    return array


def _shape(stream: BinaryIO, rank: int, element: int) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4:
        raise DamagedError("it is too short for an IDX header")
    if magic[:2] != b"\0\0":
        raise DamagedError(f"it begins with {magic.hex(' ')}, not as an IDX file does")
    if magic[2] != element:
        wanted = f"{_TYPES[element][1]} (0x{element:02x})"
        raise DamagedError(f"its elements are of type 0x{magic[2]:02x}, not {wanted}")
    if magic[3] != rank:
        raise DamagedError(f"it has {magic[3]} axes, not {rank}")
    sizes = stream.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise DamagedError("it is too short for an IDX header")
    return tuple(int.from_bytes(sizes[at : at + 4], "big") for at in range(0, 4 * rank, 4))


def fill(stream: BinaryIO, array: Array) -> int:
    """Read into an array, in C order, until it is full or the stream ends; the number of bytes read."""
    view = memoryview(cast(Any, array.reshape(-1).view(np.uint8)))
    at = 0
    while at < len(view) and (count := cast(Any, stream).readinto(view[at : at + 2**20])):
        at += count
    return at
