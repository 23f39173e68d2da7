"""IDX files (plain or gzip) -> uint8 arrays. The header is checked against the bytes there are before memory is taken.

Source of the format: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import gzip
import os
import zlib
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from archc.diagnostics import catalog

Bytes: TypeAlias = NDArray[np.uint8]

UNSIGNED_BYTE: Final = 0x08
_MOST_BYTES: Final = 4 * 2**30
_DEFLATE_RATIO: Final = 1032
"""No deflate stream grows by more than this. Source: https://zlib.net/zlib_tech.html"""


class _BadIdxError(Exception):
    """The file is not a whole IDX file of unsigned bytes; the text says why."""


def read_idx(path: Path, rank: int) -> Bytes:
    """The array of an IDX file of unsigned bytes with `rank` axes; a file that ends in `.gz` is decompressed.

    Raises:
        DataCorrupt: the file is truncated, damaged, too long, unreadable, or of another kind.
    """
    try:
        with path.open("rb") as raw:
            packed = path.suffix == ".gz"
            # gzip's reader and a plain file have the same `read` and `readinto`.
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
            return _read(stream, rank, os.fstat(raw.fileno()).st_size, packed=packed)
    except _BadIdxError as error:
        raise catalog.training.DataCorrupt(file=str(path), reason=str(error)) from None
    except EOFError:
        raise catalog.training.DataCorrupt(
            file=str(path), reason="it ends early: the compressed data is cut off"
        ) from None
    except zlib.error:
        raise catalog.training.DataCorrupt(file=str(path), reason="its compressed data is damaged") from None
    except OSError as error:  # gzip.BadGzipFile is one
        raise catalog.training.DataCorrupt(file=str(path), reason=error.strerror or str(error).lower()) from None


def _read(stream: BinaryIO, rank: int, stored: int, *, packed: bool) -> Bytes:
    """The array; `stored` is the size of the file in bytes."""
    shape = _shape(stream, rank)
    size = prod(shape)
    header = 4 + 4 * rank
    most = stored * _DEFLATE_RATIO if packed else stored
    if size > _MOST_BYTES:
        raise _BadIdxError(f"its header promises {size:,} bytes, more than the {_MOST_BYTES:,} that are allowed")
    if header + size > most:
        raise _BadIdxError(
            f"its header promises {header + size:,} bytes, and it has {'at most ' if packed else ''}{most:,}"
        )
    array = np.empty(shape, dtype=np.uint8)
    found = _fill(stream, array)
    if found < size:
        raise _BadIdxError(f"its header promises {header + size:,} bytes, and it has {header + found:,}")
    if stream.read(1):
        raise _BadIdxError(f"it goes on after the {header + size:,} bytes that its header promises")
    return array


def _shape(stream: BinaryIO, rank: int) -> tuple[int, ...]:
    magic = stream.read(4)
    if len(magic) < 4:
        raise _BadIdxError("it is too short for an IDX header")
    if magic[:2] != b"\0\0":
        raise _BadIdxError(f"it begins with {magic.hex(' ')}, not as an IDX file does")
    if magic[2] != UNSIGNED_BYTE:
        raise _BadIdxError(f"its elements are of type 0x{magic[2]:02x}, not unsigned bytes (0x08)")
    if magic[3] != rank:
        raise _BadIdxError(f"it has {magic[3]} axes, not {rank}")
    sizes = stream.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise _BadIdxError("it is too short for an IDX header")
    return tuple(int.from_bytes(sizes[at : at + 4], "big") for at in range(0, 4 * rank, 4))


def _fill(stream: BinaryIO, array: Bytes) -> int:
    """Read into the array until it is full or the stream ends; the number of bytes read."""
    view = memoryview(cast(Any, array.reshape(-1)))
    at = 0
    while at < len(view) and (count := cast(Any, stream).readinto(view[at : at + 2**20])):
        at += count
    return at
