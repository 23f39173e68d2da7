"""The four IDX files of a data set: their names, where they are in a folder, how many samples their headers promise.

Source of the format: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

NAMES: Final = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


class Files(NamedTuple):
    """Where a data set is: IDX files, plain or `.gz`."""

    train_images: Path
    train_labels: Path
    test_images: Path
    test_labels: Path


def folders(folder: Path, name: str) -> Iterator[Path]:
    """Where in a folder the files of a data set of this name may be: torchvision's layout, or the folder itself."""
    yield layout(folder, name)
    yield folder


def layout(folder: Path, name: str) -> Path:
    """Where torchvision puts the files of a data set."""
    return folder / name / "raw"


def in_folder(folder: Path) -> Files | None:
    """The four files of a folder; None where one is missing."""
    found = [path for name in NAMES if (path := file(folder, name)) is not None]
    return Files(*found) if len(found) == len(NAMES) else None


def file(folder: Path, name: str) -> Path | None:
    """A file of a data set, plain or packed, also under the dotted name that some archives have."""
    names = (written for spelled in (name, _dotted(name)) for written in (spelled, f"{spelled}.gz"))
    # os.path.isfile is false, and does not raise, where a folder may not be read.
    return next((path for written in names if os.path.isfile(path := folder / written)), None)


def _dotted(name: str) -> str:
    """`train-images.idx3-ubyte` of `train-images-idx3-ubyte`."""
    return name.replace("-idx", ".idx")


def promised(path: Path) -> int | None:
    """How many samples the header of an IDX file promises; None where there is no such header."""
    try:
        with path.open("rb") as raw:
            header = _unpacked(raw).read(8) if path.suffix == ".gz" else raw.read(8)
    except (OSError, EOFError, ValueError):  # gzip.BadGzipFile is an OSError
        return None
    return int.from_bytes(header[4:], "big") if len(header) == 8 and header.startswith(b"\0\0\x08") else None


def _unpacked(raw: BinaryIO) -> BinaryIO:
    """The first bytes, in bounded time: gzip reads a block, and unpacks no more of it than it is asked for."""
    import gzip  # loaded where it is used

    return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
