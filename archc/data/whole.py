"""Data as it was read, before it is divided."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


class Arrays(NamedTuple):
    """One split: (N, ...) inputs and (N, ...) targets, which are class numbers or numbers."""

    inputs: Array
    targets: Array


class Whole(NamedTuple):
    """All samples. `test` is None where the data has no test split; `digest` is the SHA-256 of all there is.

    `validation` is a split of the data's own, instead of one that is cut from the training samples.
    """

    train: Arrays
    test: Arrays | None
    digest: str
    validation: Arrays | None = None


def digest_of(*arrays: Array) -> str:
    """The SHA-256 of arrays, with their shapes, in hexadecimal."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(repr(array.shape).encode())
        sha.update(array.data if array.flags.c_contiguous else array.tobytes())
    return sha.hexdigest()
