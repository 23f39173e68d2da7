"""A file of records of one length, and nothing else -> their bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from archc.data.damage import DamagedError, faults_of
from archc.data.idx import MOST_BYTES, fill
from archc.data.whole import Array


def read_records(file: Path, length: int, of: str) -> Array:
    """(N, length) uint8. `of` says what a record is.

    Raises:
        DataCorrupt: the file is empty, does not end with a record, or is too large.
    """
    with faults_of(file), file.open("rb") as stream:
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise DamagedError(f"it has {size:,} bytes, more than the {MOST_BYTES:,} that are allowed")
        if size == 0 or size % length:
            raise DamagedError(f"it has {size:,} bytes, which is no multiple of the {length:,} of {of}")
        array = np.empty((size // length, length), dtype=np.uint8)
        if fill(stream, array) < size:
            raise DamagedError("it became shorter while it was read")
        return array
