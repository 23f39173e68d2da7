"""Two IDX files, of images and of class numbers -> the samples of a split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archc.data.damage import DamagedError, faults_of
from archc.data.idx import INT, UNSIGNED_BYTE, read_idx
from archc.data.whole import Arrays
from archc.recipe.data.named import NamedSet


def read(files: Sequence[Path], kind: NamedSet) -> Arrays:
    """(N, 1, H, W) images and (N,) class numbers as they are in the files; see `archc.data.decode`.

    Raises:
        DataCorrupt: a file is damaged, or its images are of another size.
    """
    images_file, labels_file = files
    images = read_idx(images_file, 3)
    _, *size = kind.sample
    with faults_of(images_file):
        if list(images.shape[1:]) != size:
            found, wanted = (" x ".join(map(str, shape)) for shape in (images.shape[1:], size))
            raise DamagedError(f"its images are {found}, those of {kind.name} are {wanted}")
    if "idx2" not in labels_file.name:
        return Arrays(images[:, None], read_idx(labels_file, 1, UNSIGNED_BYTE))
    # QMNIST has eight numbers for each image, of which the class is the first.
    numbers = read_idx(labels_file, 2, INT)
    with faults_of(labels_file):
        if numbers.shape[1] < 1:
            raise DamagedError("it has no numbers for its images")
    return Arrays(images[:, None], numbers[:, 0].astype("i4"))
