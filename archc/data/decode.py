"""The four IDX files of a data set -> checked arrays of images and labels, with the digest of what they hold."""

from __future__ import annotations

from pathlib import Path

from archc.data.idx import read_idx
from archc.data.sources import Files
from archc.data.whole import Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.recipe.data.mnist import IdxImages


def decode(files: Files, dataset: IdxImages) -> Whole:
    """Read the files and check them against what is known of the data set.

    Raises:
        DataCorrupt: a file is not whole, is of another shape, has no samples, or has a label that is no class.
    """
    train = _samples(files.train_images, files.train_labels, dataset)
    test = _samples(files.test_images, files.test_labels, dataset)
    return Whole(train, test, digest_of(*train, *test))


def _samples(images_file: Path, labels_file: Path, dataset: IdxImages) -> Arrays:
    images, labels = read_idx(images_file, 3), read_idx(labels_file, 1)
    channels, *size = dataset.sample
    assert channels == 1, "an IDX file of images has one channel"
    if list(images.shape[1:]) != size:
        found, wanted = (" x ".join(map(str, shape)) for shape in (images.shape[1:], size))
        raise catalog.training.DataCorrupt(
            file=str(images_file), reason=f"its images are {found}, those of {dataset.name} are {wanted}"
        )
    if len(images) == 0:
        raise catalog.training.DataCorrupt(file=str(images_file), reason="it holds no images")
    if len(images) != len(labels):
        reason = f"it has {len(labels):,} labels, and `{images_file.name}` has {len(images):,} images"
        raise catalog.training.DataCorrupt(file=str(labels_file), reason=reason)
    if labels.max() >= len(dataset.classes):
        at = int((labels >= len(dataset.classes)).argmax())
        reason = f"label {at:,} is {labels[at]}, and {dataset.name} has the classes 0 to {len(dataset.classes) - 1}"
        raise catalog.training.DataCorrupt(file=str(labels_file), reason=reason)
    return Arrays(images[:, None], labels)
