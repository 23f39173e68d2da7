"""Files of rows (.csv, .npy, .npz) -> samples of pixels. Sizes are checked from the headers before memory is taken."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from archc.layers import Shape

_MOST_BYTES: Final = 4 * 2**30
_LONGEST_HEADER: Final = 10_000
_NAMES: Final = ("images", "x", "data")
"""The arrays of an .npz that are taken where it has several."""


class UnusableError(Exception):
    """A file does not hold samples that the network takes; the text says why."""


def read_npy(path: Path, shape: Shape) -> NDArray[Any]:
    """(N, *shape) from an array of N samples or of one, each of `shape` or a row of all its elements.

    Raises:
        UnusableError: it is no such array of numbers, or damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return _samples(_array(file, path.stat().st_size), shape)


def read_npz(path: Path, shape: Shape) -> NDArray[Any]:
    """As `read_npy`, from the only array of the archive, or the one called `images`, `x` or `data`.

    Raises:
        UnusableError: there is no such array.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo(_chosen(archive.namelist()))
            with archive.open(member) as file:
                return _samples(_array(cast(BinaryIO, file), member.file_size), shape)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnusableError(f"it is damaged ({error})") from None


def read_csv(path: Path, shape: Shape) -> NDArray[Any]:
    """(N, *shape) float32 from one sample a line, without a first line of names and a first column `label`.

    Raises:
        UnusableError: a line has another number of values, or a value is not a number.
        OSError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            samples = list(_rows(file, prod(shape)))
    except UnicodeDecodeError:
        raise UnusableError("it is not UTF-8 text") from None
    except csv.Error as error:
        raise UnusableError(f"it is not CSV ({error})") from None
    if not samples:
        raise UnusableError("it has no rows")
    return np.stack(samples).reshape(-1, *shape)


def _rows(file: io.TextIOBase, width: int) -> Iterator[NDArray[np.float32]]:
    reader = csv.reader(file)
    first = 0
    for cells in reader:
        if not cells:
            continue
        labelled = cells[0].strip().lower() == "label"
        if reader.line_num == 1 and (labelled or not any(map(_is_number, cells))):
            first = int(labelled)
            continue
        yield _row(cells[first:], width, reader.line_num)


def _row(cells: list[str], width: int, line: int) -> NDArray[np.float32]:
    if len(cells) != width:
        raise UnusableError(f"line {line} has {len(cells):,} values, and a sample has {width:,}")
    wrong = next((cell for cell in cells if not _is_number(cell)), None)
    if wrong is not None:
        raise UnusableError(f"line {line} has `{wrong.strip()[:20]}`, which is not a number")
    return np.array([float(cell) for cell in cells], dtype=np.float32)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _chosen(names: list[str]) -> str:
    arrays = [name for name in names if name.endswith(".npy")]
    if len(arrays) == 1:
        return arrays[0]
    known = [f"{name}.npy" for name in _NAMES if f"{name}.npy" in arrays]
    if not known:
        found = ", ".join(f"`{name.removesuffix('.npy')}`" for name in arrays[:5]) or "none"
        raise UnusableError(f"it has {len(arrays)} arrays ({found}), and none is called `images`, `x` or `data`")
    return known[0]


def _array(file: BinaryIO, size: int) -> NDArray[Any]:
    """The array of an .npy file of `size` bytes, whose header is checked against them."""
    shape, fortran, dtype, header = _header(file)
    if dtype.kind not in "uif":
        raise UnusableError(f"its elements are {dtype}, not numbers")
    needed = prod(shape) * dtype.itemsize
    if needed != size - header or needed > _MOST_BYTES:
        raise UnusableError(f"its header promises {needed:,} bytes, and it has {size - header:,}")
    data = file.read(needed)
    if len(data) != needed:
        raise UnusableError(f"it ends after {len(data):,} of {needed:,} bytes")
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if fortran else "C")


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether the first axis is the fastest, type, and where the elements begin."""
    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(file, max_header_size=_LONGEST_HEADER)
    except (ValueError, EOFError, SyntaxError) as error:
        raise UnusableError(f"it is not an .npy array ({str(error).splitlines()[0]})") from None
    if dtype.hasobject:
        raise UnusableError("it holds Python objects, not numbers")
    return shape, fortran, dtype, file.tell()


def _samples(array: NDArray[Any], shape: Shape) -> NDArray[Any]:
    elements = prod(shape)
    # A grey image is often kept without its one channel.
    forms = (shape, (elements,), shape[1:]) if shape[0] == 1 else (shape, (elements,))
    if array.shape in forms:
        return array.reshape(1, *shape)
    if not array.shape or array.shape[1:] not in forms:
        raise UnusableError(f"it is {list(array.shape)}, and samples are {list(shape)}, or rows of {elements:,}")
    if len(array) == 0:
        raise UnusableError("it has no samples")
    return array.reshape(-1, *shape)
