"""The four IDX files of a data set: their names, and how many samples their headers promise.

Source of the format: http://yann.lecun.com/exdb/mnist/
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

from archc.recipe.data.named import Layout

_BEGINS: Final = (b"\0\0\x08", b"\0\0\x0c")
"""Unsigned bytes, and ints of 4 bytes."""


def layout(
    folder: str, train: str, test: str, images: str = "images-idx3-ubyte", labels: str = "labels-idx1-ubyte"
) -> Layout:
    """The layout of four IDX files, images and labels of `train-...` and of `test-...`, plain or `.gz`."""
    first, second = ((f"{split}-{images}", f"{split}-{labels}") for split in (train, test))
    return Layout("idx_sets", folder, first, second, spelled=_spelled, counted=_counted)


def _spelled(name: str) -> Sequence[str]:
    """Plain or packed, also as in `train-images.idx3-ubyte`, which some archives have."""
    return [written for spelled in (name, name.replace("-idx", ".idx")) for written in (spelled, f"{spelled}.gz")]


def _counted(files: Sequence[Path]) -> int | None:
    return promised(files[1])


def promised(path: Path) -> int | None:
    """How many samples the header of an IDX file promises; None where there is no such header."""
    try:
        with path.open("rb") as raw:
            header = _unpacked(raw).read(8) if path.suffix == ".gz" else raw.read(8)
    except (OSError, EOFError, ValueError):  # gzip.BadGzipFile is an OSError
        return None
    return int.from_bytes(header[4:], "big") if len(header) == 8 and header.startswith(_BEGINS) else None


def _unpacked(raw: BinaryIO) -> BinaryIO:
    """The first bytes, in bounded time: gzip reads a block, and unpacks no more of it than it is asked for."""
    import gzip  # loaded where it is used

    return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
