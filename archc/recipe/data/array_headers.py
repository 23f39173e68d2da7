"""The headers of array files (.npy, .npz, .safetensors): what arrays they promise. A few kilobytes are read of each."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, cast

from archc.layers import Shape

_MOST_HEADER: Final = 64 * 2**10
"""Bytes of the header of one array: 32 axes and a type take some hundred."""
_MOST_INDEX: Final = 2**20
"""Bytes of the list of the arrays of a file: some thousand names."""
_MOST_AXES: Final = 32

_DICT: Final = re.compile(
    r"\{\s*'descr':\s*'(?P<type>[^'\\]{1,16})',\s*'fortran_order':\s*(?P<fortran>True|False),"
    r"\s*'shape':\s*\((?P<shape>[0-9,\sL-]*)\),?\s*\}\s*"
)
"""What NumPy writes before the elements: a Python dict, in this order of keys since its first version."""

_TYPE: Final = re.compile(r"[<>|=]?(?P<kind>[biufcSU])(?P<size>[0-9]{1,9})")

_SAFETENSORS: Final[Mapping[str, str]] = {
    "BOOL": "|b1",
    "U8": "|u1",
    "I8": "|i1",
    "U16": "<u2",
    "I16": "<i2",
    "U32": "<u4",
    "I32": "<i4",
    "U64": "<u8",
    "I64": "<i8",
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
}
"""Types of .safetensors as NumPy writes them; bfloat16 and smaller floats are none of its."""


class UnusableError(Exception):
    """A file is no such file, or damaged; the text says why."""


class Header(NamedTuple):
    """An array that a file promises. `type` is as NumPy writes types: `<f4`, `|u1`, `<U5`."""

    type: str
    shape: Shape
    fortran: bool = False
    """Whether its first axis is the fastest."""
    offset: int = 0
    """Where in the file its elements begin; in that of a packed archive, behind how many bytes of the member."""
    member: str | None = None
    """What holds it in an archive."""
    packed: bool = False

    @property
    def kind(self) -> str:
        """The kind of its elements, as NumPy's `dtype.kind`."""
        return self.type.lstrip("<>|=")[0]

    @property
    def nbytes(self) -> int:
        """The bytes of its elements."""
        size = int(self.type.lstrip("<>|=")[1:])
        return prod(self.shape) * size * (4 if self.kind == "U" else 1)


def read(path: Path) -> dict[str, Header]:
    """The arrays of a file by their names, in its order; the one of an .npy is called "".

    What the headers promise fits into the file; that of a packed archive, into what it says of itself.

    Raises:
        UnusableError: it is no such file, damaged, or holds other things than numbers, truths and texts.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        match path.suffix.lower():
            case ".npy":
                return {"": npy(file, size)}
            case ".npz":
                return dict(_members(file, size))
            case ".safetensors":
                return dict(_tensors(file, size))
    raise UnusableError(f"a file of arrays ends in {', '.join(ENDINGS)}")


ENDINGS: Final = (".npz", ".npy", ".safetensors")


def npy(file: IO[bytes], size: int) -> Header:
    """The header of an .npy of `size` bytes, which begins where the file stands; it stands behind it then.

    Raises:
        UnusableError: it is none, or its array does not fill the rest.
    """
    start = file.read(12)
    version = start[6:8]
    if not start.startswith(b"\x93NUMPY") or len(start) < 12 or version not in (b"\1\0", b"\2\0", b"\3\0"):
        raise UnusableError("it is not an .npy array")
    begun = 10 if version == b"\1\0" else 12
    length = int.from_bytes(start[8:begun], "little")
    if length > _MOST_HEADER:
        raise UnusableError(f"it is not an .npy array: its header is said to have {length:,} bytes")
    text = start[begun:] + file.read(length - (12 - begun))
    if len(text) != length:
        raise UnusableError("it ends within its header")
    header = _parsed(text.decode("utf-8", "replace"))._replace(offset=begun + length)
    if header.nbytes != size - header.offset:
        raise UnusableError(f"its header promises {header.nbytes:,} bytes, and it has {size - header.offset:,}")
    return header


def _parsed(text: str) -> Header:
    found = _DICT.fullmatch(text)
    if found is None:
        if "'descr'" in text and ("[(" in text or "'O'" in text or "|O" in text):
            raise UnusableError("it holds Python objects or records, not numbers")
        raise UnusableError("it is not an .npy array: its header is damaged")
    return Header(_checked(found["type"]), _shape(found["shape"]), found["fortran"] == "True")


def _checked(name: str) -> str:
    if name.lstrip("<>|=").startswith(("O", "V")):
        raise UnusableError("it holds Python objects or records, not numbers")
    known = _TYPE.fullmatch(name)
    if known is None or known["kind"] in "cS" or int(known["size"]) == 0:
        raise UnusableError(f"its elements are `{name}`, not numbers")
    if known["kind"] != "U" and (known["kind"], known["size"]) not in _SIZES:
        raise UnusableError(f"its elements are `{name}`, which are no usual numbers")
    return name


_SIZES: Final = frozenset(
    {("b", "1"), ("f", "2"), ("f", "4"), ("f", "8"), *((kind, size) for kind in "iu" for size in "1248")}
)


def _shape(text: str) -> Shape:
    sizes = [part.strip().removesuffix("L") for part in text.split(",")]
    if sizes and not sizes[-1]:
        sizes.pop()
    if any(size.startswith("-") for size in sizes):
        raise UnusableError("its header promises fewer elements than none")
    if len(sizes) > _MOST_AXES or not all(size.isdecimal() and len(size) < 19 for size in sizes):
        raise UnusableError("it is not an .npy array: its header is damaged")
    return tuple([int(size) for size in sizes])


def _members(file: IO[bytes], size: int) -> Iterator[tuple[str, Header]]:
    """The arrays of an .npz."""
    import zipfile  # loaded where it is used

    if _index_bytes(file, size) > _MOST_INDEX:
        raise UnusableError("it is an archive of too many files")
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.filename.endswith(".npy"):
                    continue
                name = member.filename.removesuffix(".npy")
                with archive.open(member) as part:
                    try:
                        header = npy(part, member.file_size)
                    except UnusableError as error:
                        raise UnusableError(f"its array `{name}` cannot be used: {error}") from None
                packed = member.compress_type != zipfile.ZIP_STORED
                offset = header.offset if packed else _behind(file, member.header_offset) + header.offset
                if not packed and offset + header.nbytes > size:
                    raise UnusableError(f"it ends within its array `{name}`")
                yield name, header._replace(member=member.filename, offset=offset, packed=packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise UnusableError(f"it is damaged ({error})") from None


def _behind(file: IO[bytes], header: int) -> int:
    """Where the contents of a member begin: behind its local header, whose names have lengths of their own."""
    file.seek(header)
    fixed = file.read(30)
    return header + 30 + int.from_bytes(fixed[26:28], "little") + int.from_bytes(fixed[28:30], "little")


def _index_bytes(file: IO[bytes], size: int) -> int:
    """The bytes of the list of an archive's files, which zipfile reads at once; 0 where there is no archive."""
    file.seek(max(0, size - 2**16 - 22))
    end = file.read()
    file.seek(0)
    at = end.rfind(b"PK\5\6")
    return int.from_bytes(end[at + 12 : at + 16], "little") if 0 <= at <= len(end) - 22 else 0


def _tensors(file: IO[bytes], size: int) -> Iterator[tuple[str, Header]]:
    """The arrays of a .safetensors. Source of the format: https://huggingface.co/docs/safetensors"""
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= min(_MOST_INDEX, size - 8):
        raise UnusableError("it is not a .safetensors file")
    try:
        index = cast(Any, json.loads(file.read(length)))
        entries = [(name, entry) for name, entry in index.items() if name != "__metadata__"]
        for name, entry in entries:
            begin, end = map(int, entry["data_offsets"])
            shape = tuple([int(axis) for axis in entry["shape"]])
            known = _SAFETENSORS.get(str(entry["dtype"]))
            if known is None:
                raise UnusableError(f"its array `{name}` is {entry['dtype']}, which NumPy has not")
            header = Header(known, shape, offset=8 + length + begin)
            if min(shape, default=0) < 0 or len(shape) > _MOST_AXES or not 0 <= begin <= end:
                raise UnusableError("its header is damaged")
            if header.nbytes != end - begin or header.offset + header.nbytes > size:
                raise UnusableError(f"it does not hold the {header.nbytes:,} bytes of its array `{name}`")
            yield str(name), header
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UnusableError("its header is damaged") from None
