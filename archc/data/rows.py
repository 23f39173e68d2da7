"""Files of rows (.csv, .npy, .npz) -> samples of pixels. Sizes are checked from the headers before memory is taken."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from archc.layers import Shape
from archc.recipe.data import array_headers
from archc.recipe.data.array_headers import UnusableError

_MOST_BYTES: Final = 4 * 2**30
_NAMES: Final = ("images", "x", "data")
"""The arrays of an .npz that are taken where it has several."""
_NOT_PIXELS: Final = frozenset({"class", "id", "index", "label", "labels", "target", "y"})
"""What the first line of a CSV file calls columns of labels and of row numbers."""
_LEAST_NUMBERS: Final = 16
"""So many columns that are called 0, 1, 2, ... are names; fewer may be the pixels of a small sample."""
_LONGEST_LINE: Final = 2**20


def read_npy(path: Path, shape: Shape) -> tuple[NDArray[Any], str | None]:
    """(N, *shape) from an array of N samples or of one, each of `shape`, with its channels last, or a row of all its
    elements; and a note where the axes were moved.

    Raises:
        UnusableError: it is no such array of numbers, or damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return samples_of(_array(file, path.stat().st_size), shape)


def read_npz(path: Path, shape: Shape) -> tuple[NDArray[Any], str | None]:
    """As `read_npy`, from the only array of the archive, or the one called `images`, `x` or `data`.

    Raises:
        UnusableError: there is no such array.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            member = archive.getinfo(_chosen(archive.namelist()))
            with archive.open(member) as file:
                return samples_of(_array(file, member.file_size), shape)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnusableError(f"it is damaged ({error})") from None


def read_safetensors(path: Path, shape: Shape) -> tuple[NDArray[Any], str | None]:
    """As `read_npz`.

    Raises:
        UnusableError: there is no such array.
        OSError: it cannot be read.
    """
    known = array_headers.read(path)
    header = known[_chosen([f"{name}.npy" for name in known]).removesuffix(".npy")]
    if header.nbytes > _MOST_BYTES:
        raise UnusableError(f"it has {header.nbytes:,} bytes, and at most {_MOST_BYTES:,} are read")
    with path.open("rb") as file:
        file.seek(header.offset)
        data = file.read(header.nbytes)
    return samples_of(np.frombuffer(data, dtype=header.type).reshape(header.shape), shape)


def read_csv(path: Path, shape: Shape) -> tuple[NDArray[Any], str | None]:
    """(N, *shape) float32 from one sample a line, and a note where columns were left out.

    Commas, semicolons or tabs stand between the values. A first line of names is no sample, and columns that it names
    as one names labels and numbers of rows are none of the sample's values.

    Raises:
        UnusableError: a line has another number of values, or a value is not a number.
        OSError: it cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _Lines(file, prod(shape))
            samples = list(lines)
    except UnicodeDecodeError:
        raise UnusableError("it is not UTF-8 text") from None
    except csv.Error as error:
        raise UnusableError(f"it is not CSV ({error})") from None
    if not samples:
        raise UnusableError("it has no rows")
    return np.stack(samples).reshape(-1, *shape), lines.note


class _Lines:
    """The samples of a CSV file, each of `width` values."""

    def __init__(self, file: io.TextIOBase, width: int) -> None:
        self._reader = csv.reader(file, delimiter=_delimiter(file))
        self._width = width
        self._dropped: dict[int, str] = {}

    @property
    def note(self) -> str | None:
        """Which columns were left out, where some were."""
        if not self._dropped:
            return None
        names = ", ".join(f"`{name}`" for name in self._dropped.values())
        return f"left out of its columns: {names}"

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for cells in self._reader:
            if not cells:
                continue
            if self._reader.line_num == 1 and _is_header(cells):
                # pandas writes the numbers of rows into a column without a name.
                names = _NOT_PIXELS | {""}
                self._dropped = {place: cell for place, cell in enumerate(cells) if _plain(cell) in names}
                continue
            kept = [cell for place, cell in enumerate(cells) if place not in self._dropped]
            yield self._row(kept, self._reader.line_num)

    def _row(self, cells: list[str], line: int) -> NDArray[np.float32]:
        if len(cells) != self._width:
            reason = f"line {line} has {len(cells):,} values, and a sample has {self._width:,}"
            labels = "; a column of labels is left out where a first line of names calls it `label`"
            raise UnusableError(reason + (labels if len(cells) == self._width + 1 else ""))
        wrong = next((cell for cell in cells if not _is_number(cell)), None)
        if wrong is not None:
            raise UnusableError(f"line {line} has `{wrong.strip()[:20]}`, which is not a number")
        return np.array([float(cell) for cell in cells], dtype=np.float32)


def _delimiter(file: io.TextIOBase) -> str:
    """What stands between the values of the first line that says it. The file is back at its beginning."""
    first = file.readline(_LONGEST_LINE)
    file.seek(0)
    return max(",;\t", key=first.count)


def _is_header(cells: list[str]) -> bool:
    """Whether a first line is one of names: one of a column that is no pixel, no number at all, or 0, 1, 2, ..."""
    names = [cell.strip() for cell in (cells[1:] if not cells[0].strip() else cells)]
    return (
        any(_plain(name) in _NOT_PIXELS for name in names)
        or not any(map(_is_number, names))
        or (len(names) >= _LEAST_NUMBERS and names == [str(number) for number in range(len(names))])
    )


def _plain(name: str) -> str:
    return name.strip().lower()


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


def _array(file: IO[bytes], size: int) -> NDArray[Any]:
    """The array of an .npy file of `size` bytes, whose header is checked against them."""
    header = array_headers.npy(file, size)
    if header.kind not in "buif":
        raise UnusableError(f"its elements are {np.dtype(header.type)}, not numbers")
    if header.nbytes > _MOST_BYTES:
        raise UnusableError(f"it has {header.nbytes:,} bytes, and at most {_MOST_BYTES:,} are read")
    data = file.read(header.nbytes)
    if len(data) != header.nbytes:
        raise UnusableError(f"it ends after {len(data):,} of {header.nbytes:,} bytes")
    return np.frombuffer(data, dtype=header.type).reshape(header.shape, order="F" if header.fortran else "C")


def samples_of(array: NDArray[Any], shape: Shape) -> tuple[NDArray[Any], str | None]:
    """The samples of an array as (N, *shape), and a note where their axes were moved.

    Raises:
        UnusableError: they have another shape.
    """
    elements = prod(shape)
    # A grey image is often kept without its one channel.
    forms = (shape, (elements,), shape[1:]) if shape[0] == 1 else (shape, (elements,))
    if array.shape in forms:
        return array.reshape(1, *shape), None
    if array.shape and array.shape[1:] in forms:
        return _some(array).reshape(-1, *shape), None
    last = (*shape[1:], shape[0])
    if len(shape) == 3 and (array.shape == last or array.shape[1:] == last):
        moved = np.moveaxis(_some(array).reshape(-1, *last), -1, 1)
        return moved, "its channels were last, and were moved to the front"
    raise UnusableError(f"it is {list(array.shape)}, and samples are {list(shape)}, or rows of {elements:,}")


def _some(array: NDArray[Any]) -> NDArray[Any]:
    if len(array) == 0:
        raise UnusableError("it has no samples")
    return array
