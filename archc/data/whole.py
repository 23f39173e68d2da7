"""Data as it was read, before it is divided."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from numpy.typing import NDArray

from archc.recipe.data import DataFacts

Array: TypeAlias = NDArray[Any]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Arrays(NamedTuple):
    """One split: (N, ...) inputs and (N, ...) targets, which are class numbers or numbers."""

    inputs: Array
    targets: Array


class Whole(NamedTuple):
    """All samples. `test` is None where the data has no test split; `digest` is the SHA-256 of all there is.

    `validation` is a split of the data's own, instead of one that is cut from the training samples. `info` is what else
    was found on the way, as JSON has it: lists and texts, no tuples.
    """

    train: Arrays
    test: Arrays | None
    digest: str
    validation: Arrays | None = None
    info: Mapping[str, Any] = _NOTHING
    facts: DataFacts | None = None
    """What is known of the data now; None where nothing was left to be found out. The cache does not keep it."""

    def splits(self) -> dict[str, Arrays]:
        """Those that there are, by their names."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}


def digest_of(*arrays: Array) -> str:
    """The SHA-256 of arrays, with their shapes, in hexadecimal."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(repr(array.shape).encode())
        sha.update(array.data if array.flags.c_contiguous else array.tobytes())
    return sha.hexdigest()
