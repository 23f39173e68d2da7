"""Files of arrays -> samples: mapped where they lie if they can be, else brought into an order that can, once.

What headers promise is checked before memory is taken (`archc/recipe/data/array_headers.py`), and nothing is unpickled.
"""

from __future__ import annotations

import sys
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, cast

import numpy as np
import torch
from torch import Tensor

from archc.data import cache, memory, pixels
from archc.data.fitted import Fitted
from archc.data.kinds import Prepare
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole
from archc.diagnostics import catalog
from archc.layers import Shape
from archc.recipe.data import DataFacts, DataKind
from archc.recipe.data import arrays as recipe
from archc.recipe.data.array_headers import Header, UnusableError
from archc.recipe.data.arrays import Pair, Part

_PART_BYTES: Final = 2**24
_MOST_UNPACKED: Final = 16 * 2**30
"""Bytes of an array that is packed, or in another order: it has to be in memory once."""
_SWAPPED: Final = ">" if sys.byteorder == "little" else "<"
_UNKNOWN_TO_TORCH: Final = {"u2": "i4", "u4": "i8", "u8": "i8"}
"""Types that are taken for larger ones."""


def read(request: Request) -> Whole:
    """The samples as they lie in their files, in any number type, and their targets; see `archc.data.kinds.read`.

    Targets are what `archc.data.memory` makes of the arrays of a Python program.
    """
    kind = request.train.data.kind
    assert isinstance(kind, recipe.Arrays)
    pairs = kind.pairs(request.folder)
    try:
        found = _loaded(pairs)
    except (UnusableError, OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise catalog.samples.ArraysUnusable(field="file", file=request.facts.name, reason=str(error)) from None
    inputs = {split: arrays.inputs for split, arrays in found.items()}
    said: dict[str, object] = {}
    facts = request.facts
    if kind.target == "input":
        # Nothing is predicted but what a network gets, and that is there.
        targets = {split: np.zeros(len(array), np.float32) for split, array in inputs.items()}
    else:
        said, targets = _targets({split: arrays.targets for split, arrays in found.items()}, kind, request)
        facts = request.facts._replace(target=memory.target_of(said))
    splits = {split: Arrays(inputs[split], targets[split]) for split in inputs}
    whole = Whole(splits["train"], splits.get("test"), _digest(splits), splits.get("validation"))
    shape = pairs["train"].inputs.header.shape[1:]
    return whole._replace(facts=_facts(facts, said, shape))


def _facts(facts: DataFacts, said: Mapping[str, object], sample: Shape) -> DataFacts:
    """With the keys of a run's own spec, which is opened where the files may be no more."""
    keys = {name: value for name, value in said.items() if value}
    return facts._replace(found={**facts.found, **keys, "sample": sample, "dtype": facts.dtype})


def _targets(
    given: dict[str, Array], kind: recipe.Arrays, request: Request
) -> tuple[dict[str, object], dict[str, Array]]:
    """What the targets are, in the keys of the kind, and the targets as numbers."""
    try:
        said, targets = memory.targets_of(given, request.train.loss)
    except catalog.training.ArraysDoNotFit as fault:
        raise catalog.samples.ArraysUnusable(field="file", file=request.facts.name, reason=fault.reason) from None
    for key in ("classes", "labels"):
        written, found = getattr(kind, key), cast("tuple[str, ...]", said.get(key) or ())
        if not written:
            continue
        if not found:
            reason = f"`y` holds numbers, and no {key}: those are whole numbers"
            raise catalog.samples.ArraysUnusable(field=key, file=request.facts.name, reason=reason)
        if set(found) <= set(map(str, range(len(written)))):
            said[key] = written
        elif set(found) == set(written):
            # Texts, in an order of one's own.
            order = np.array([written.index(name) for name in found])
            targets = {split: order[array] for split, array in targets.items()}
            said[key] = written
        else:
            raise catalog.samples.ArraysUnusable(
                field=key,
                file=request.facts.name,
                reason=f"`y` has {len(found)} {key}, up to `{found[-1]}`, and `{key}` names {len(written)}",
            )
    if any(array.dtype.kind == "f" and not np.isfinite(array).all() for array in targets.values()):
        raise catalog.samples.ArraysUnusable(
            field="file", file=request.facts.name, reason="`y` has values that are infinite, or no numbers"
        )
    return said, targets


def preparing(kind: DataKind, fitted: Fitted, device: torch.device) -> Prepare | None:
    """Stored numbers of any type -> those of the network's input. Pixels become numbers where all pixels do."""
    assert isinstance(kind, recipe.Arrays)
    if kind.holds == "pixels":
        return None
    wanted = torch.int64 if kind.dtype == "int64" else torch.float32

    def prepare(stored: Tensor) -> Tensor:
        return stored.to(wanted)

    return prepare


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The arrays of a file, or an image where samples are some; see `archc.data.kinds.samples`."""
    assert request.facts.sample is not None
    return pixels.read(file, request.facts.sample, numbers=request.train.data.kind.holds != "pixels")


def _loaded(pairs: Mapping[str, Pair]) -> dict[str, Arrays]:
    """The arrays of each split: their files themselves, or the cache, where those cannot be mapped as they are."""
    parts = [part for pair in pairs.values() for part in pair if part is not None]

    def load() -> Whole:
        found = {split: _pair(pair) for split, pair in pairs.items()}
        return Whole(found["train"], found.get("test"), "", found.get("validation"))

    if all(_is_plain(part.header) for part in parts):
        return load().splits()
    names = [[split, *[part and part.name for part in pair]] for split, pair in pairs.items()]
    files = list(dict.fromkeys(part.path for part in parts))
    return cache.load(["Arrays", names], files, load).splits()


def _pair(pair: Pair) -> Arrays:
    inputs = array_of(pair.inputs)
    return Arrays(inputs, array_of(pair.targets) if pair.targets else inputs[:, :0])


def _is_plain(header: Header) -> bool:
    """Whether torch can take its bytes as they lie in the file: it can where they lie askew, too, but more slowly."""
    straight = header.offset % np.dtype(header.type).alignment == 0 or header.nbytes > cache.MOST_SEALED_WHOLE
    in_order = not header.fortran or len(header.shape) < 2
    known = header.type[1:] not in _UNKNOWN_TO_TORCH
    return not header.packed and in_order and known and straight and header.type[0] != _SWAPPED


def array_of(part: Part) -> Array:
    """An array of a file: mapped, copy on write, if it is not packed; in C order, and of a type that torch has.

    Raises:
        UnusableError: it is larger than any memory that archc takes for one, or ends too early.
        OSError: it cannot be read.
    """
    header = part.header
    dtype = np.dtype(header.type)
    order: Literal["F", "C"] = "F" if header.fortran else "C"
    found: Array
    if header.packed:
        found = _unpacked(part).view(dtype).reshape(header.shape, order=order)
    elif header.nbytes == 0:
        return np.empty(header.shape, dtype)
    else:
        found = np.memmap(part.path, dtype=dtype, mode="c", offset=header.offset, shape=header.shape, order=order)
    if _is_plain(header):
        return found
    if not header.packed and header.nbytes > _MOST_UNPACKED:
        raise UnusableError(f"`{part.name}` has {header.nbytes:,} bytes in an order that cannot be mapped")
    wide = _UNKNOWN_TO_TORCH.get(header.type[1:])
    return np.array(found, dtype=np.dtype(wide) if wide else dtype.newbyteorder("="), order="C")


def _unpacked(part: Part) -> Array:
    """The bytes of the elements of a member of an archive that is packed.

    Raises:
        UnusableError: there are fewer, or more than archc takes memory for.
    """
    header = part.header
    if header.nbytes > _MOST_UNPACKED:
        raise UnusableError(f"`{part.name}` has {header.nbytes:,} bytes that are packed; save it with `np.savez`")
    taken = bytearray()
    with zipfile.ZipFile(part.path) as archive, archive.open(header.member or "") as file:
        file.read(header.offset)
        # In parts: memory is taken for what is there, not for what is promised.
        while len(taken) < header.nbytes and (read := file.read(min(_PART_BYTES, header.nbytes - len(taken)))):
            taken += read
    if len(taken) != header.nbytes:
        raise UnusableError(f"`{part.name}` ends after {len(taken):,} of {header.nbytes:,} bytes")
    return np.frombuffer(taken, np.uint8)


def _digest(splits: Mapping[str, Arrays]) -> str:
    """A SHA-256 of all there is, or of samples of it where it is large, as the cache has it."""
    named = {f"{split}-{index}": array for split, pair in splits.items() for index, array in enumerate(pair)}
    return cache.seal(named, "", {})
