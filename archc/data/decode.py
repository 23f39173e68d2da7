"""The files of a named data set -> checked arrays of images and labels, with the digest of what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, cast

import numpy as np

from archc.data.damage import DamagedError, faults_of
from archc.data.whole import Arrays, Whole, digest_of
from archc.recipe.data.named import Files, NamedSet

FORMATS: Final = ("cifar_binary", "cifar_pickled", "emnist", "idx_sets", "libsvm", "stl10", "svhn")
"""The modules that read files, each with `read(files, kind)` of one file with images and labels, or of one with images
and one with labels: (N, *sample) uint8 pixels, and (N,) class numbers in any type of ints, as they are in the files.
What is wrong with a file is its `DataCorrupt`."""


def decode(files: Files, dataset: NamedSet) -> Whole:
    """Read the files and check them against what is known of the data set.

    Raises:
        DataCorrupt: a file is not whole, is of another shape, has no samples, or has a label that is no class.
    """
    train = _samples(files.train, files.layout.format, dataset)
    test = _samples(files.test, files.layout.format, dataset)
    return Whole(train, test, digest_of(*train, *test))


def _samples(files: Sequence[Path], name: str, dataset: NamedSet) -> Arrays:
    """A split: two files are one of images and one of labels; others have both, and follow one another."""
    groups = [files] if len(files) == 2 else [[file] for file in files]
    parts = [_part(group, name, dataset) for group in groups]
    if len(parts) == 1:
        return parts[0]
    return Arrays(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _part(files: Sequence[Path], name: str, dataset: NamedSet) -> Arrays:
    assert name in FORMATS, f"{name} reads no files"
    images, labels = cast(Arrays, import_module(f"archc.data.{name}").read(files, dataset))
    assert images.shape[1:] == dataset.sample, "a reader checks the size of images"
    assert images.dtype == np.uint8, "pixels go from 0 to 255"
    known = dataset.known()
    first, last = known.first_class, known.first_class + len(known.classes) - 1
    with faults_of(files[0]):
        if len(images) == 0:
            raise DamagedError("it holds no images")
    with faults_of(files[-1]):
        if len(images) != len(labels):
            raise DamagedError(f"it has {len(labels):,} labels, and `{files[0].name}` has {len(images):,} images")
        wrong = (labels < first) | (labels > last)
        if wrong.any():
            at = int(wrong.argmax())
            raise DamagedError(f"label {at:,} is {labels[at]}, and {dataset.name} has the classes {first} to {last}")
    return Arrays(images, (labels - first).astype(np.uint8))
