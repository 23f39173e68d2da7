"""Files of MATLAB 5 (.mat) -> the arrays of numbers that are asked for. Sizes are checked before memory is taken.

A file is a header and elements, each a type, a number of bytes, and those. That of a variable is a matrix, mostly
within one that is compressed; its parts are elements too: flags, sizes, a name, the numbers.

Source of the format: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Collection, Mapping
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, cast

import numpy as np

from archc.data.damage import DamagedError, faults_of
from archc.data.idx import DEFLATE_RATIO, MOST_BYTES, fill
from archc.data.whole import Array

_HEADER: Final = 128
_MATRIX: Final = 14
_COMPRESSED: Final = 15
_TEXT: Final = 1
_INTS: Final = 5
_FLAGS: Final = 6
_TYPES: Final[Mapping[int, str]] = {
    1: "i1", 2: "u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8",
}  # fmt: skip
"""Types of numbers, as they are stored: MATLAB stores those of a matrix in the smallest type that holds them."""
_CLASSES: Final = range(6, 16)
"""Matrices of numbers. Others hold text, structures, cells."""
_COMPLEX: Final = 0x0800
_MOST_AXES: Final = 8
_MOST_ELEMENTS: Final = 1000


def read_matlab(path: Path, names: Collection[str]) -> dict[str, Array]:
    """The variables of these names, of those that there are: arrays whose axes are reversed, so that they lie in memory
    as in the file, where the first axis changes fastest. Other variables are not read.

    Raises:
        DataCorrupt: the file is damaged, cut off, promises more than it has, or is no MATLAB 5 file.
    """
    with faults_of(path), path.open("rb") as file:
        size = path.stat().st_size
        _check_header(file.read(_HEADER))
        found: dict[str, Array] = {}
        at = _HEADER
        for _ in range(_MOST_ELEMENTS):
            if at >= size:
                return found
            file.seek(at)
            kind, count = _unpack("<II", file)
            at += 8 + count
            if at > size:
                raise DamagedError(f"it ends early: an element has {count:,} bytes, and {size - at + count:,} are left")
            if kind not in (_MATRIX, _COMPRESSED):
                continue
            part = _part(file, kind, count)
            name, shape = _head(part)
            if name in found:
                raise DamagedError(f"it has two variables `{name}`")
            if name in names:
                found[name] = _numbers(part, name, shape)
        raise DamagedError(f"it has more than {_MOST_ELEMENTS:,} elements")


def _check_header(header: bytes) -> None:
    if len(header) < _HEADER or header[126:128] not in (b"IM", b"MI") or header.startswith(b"MATLAB 7.3"):
        raise DamagedError("it does not begin as a MATLAB 5 file does")
    if header[126:128] == b"MI":
        raise DamagedError("its numbers have their first byte first, which is not read")


class _Part(NamedTuple):
    """The bytes of a matrix, how many there are at most, and whether nothing follows them in their stream."""

    stream: BinaryIO
    most: int
    alone: bool


def _part(file: BinaryIO, kind: int, count: int) -> _Part:
    if kind == _MATRIX:
        return _Part(file, count, alone=False)
    inner = cast(BinaryIO, io.BufferedReader(_Inflated(file, count)))
    kind, promised = _unpack("<II", inner)
    if kind != _MATRIX:
        raise DamagedError(f"a compressed element holds one of type {kind}, not a matrix")
    return _Part(inner, min(promised, count * DEFLATE_RATIO), alone=True)


class _Inflated(io.RawIOBase):
    """The bytes that a part of a file holds compressed; no more of them are made than are read."""

    def __init__(self, file: BinaryIO, count: int) -> None:
        self._file = file
        self._left = count
        self._stream = zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """As of any raw stream: 0 is the end."""
        data = b""
        while not data and not self._stream.eof:
            packed = self._stream.unconsumed_tail
            if not packed:
                packed = self._file.read(min(self._left, 2**16))
                self._left -= len(packed)
            data = self._stream.decompress(packed, len(buffer))
            if not packed and not data and not self._stream.eof:
                raise EOFError
        buffer[: len(data)] = data
        return len(data)


def _unpack(form: str, stream: BinaryIO) -> tuple[Any, ...]:
    return struct.unpack(form, _exactly(stream, struct.calcsize(form)))


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise DamagedError("it ends early, within a variable")
    return data


def _tag(stream: BinaryIO) -> tuple[int, int, bytes | None]:
    """The type of the next element and the number of its bytes; those themselves where they stand in the tag."""
    kind, count = _unpack("<II", stream)
    if kind >> 16:  # at most four bytes stand where their number would
        return kind & 0xFFFF, kind >> 16, struct.pack("<I", count)[: kind >> 16]
    return kind, count, None


def _small(stream: BinaryIO, kind: int, most: int) -> bytes:
    """The bytes of an element that has to be of this type, and is short."""
    found, count, data = _tag(stream)
    if found != kind or count > most:
        raise DamagedError(f"a variable has a part of type {found} with {count:,} bytes, where others have to be")
    return data if data is not None else _exactly(stream, count + -count % 8)[:count]


def _head(part: _Part) -> tuple[str, tuple[int, ...]]:
    """The name and the sizes of a matrix; no sizes where it does not hold numbers."""
    flags = _small(part.stream, _FLAGS, 8)
    word = int.from_bytes(flags[:4], "little")
    sizes = _small(part.stream, _INTS, 4 * _MOST_AXES)
    shape = struct.unpack(f"<{len(sizes) // 4}i", sizes[: len(sizes) // 4 * 4])
    name = _small(part.stream, _TEXT, 64).decode("latin-1")
    return name, shape if word & 0xFF in _CLASSES and not word & _COMPLEX else ()


def _numbers(part: _Part, name: str, shape: tuple[int, ...]) -> Array:
    if not shape or min(shape) < 0:
        raise DamagedError(f"`{name}` is no array of real numbers")
    kind, count, data = _tag(part.stream)
    if kind not in _TYPES:
        raise DamagedError(f"the numbers of `{name}` are of type {kind}, which is none of numbers")
    dtype = np.dtype(_TYPES[kind])
    size = prod(shape) * dtype.itemsize
    sizes = " x ".join(map(str, shape))
    if size != count:
        raise DamagedError(f"`{name}` is {sizes}, which takes {size:,} bytes, and it has {count:,}")
    if size > min(part.most, MOST_BYTES):
        raise DamagedError(f"`{name}` promises {size:,} bytes, and there are at most {min(part.most, MOST_BYTES):,}")
    if data is not None:
        return np.frombuffer(data, dtype).reshape(shape[::-1])
    array = np.empty(shape[::-1], dtype)
    if fill(part.stream, array) < size:
        raise DamagedError(f"it ends early, within `{name}`")
    # What is compressed has a checksum at its end, behind the padding.
    if part.alone and len(part.stream.read(9)) > 8:
        raise DamagedError(f"it goes on after the {size:,} bytes of `{name}`")
    return array
