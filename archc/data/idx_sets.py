"""MNIST and its relatives: found on disk or downloaded, decoded once, and kept in a cache."""

from __future__ import annotations

from pathlib import Path

from archc.data import cache, pixels, sources
from archc.data.decode import decode
from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Whole
from archc.diagnostics import catalog
from archc.recipe.data.mnist import IdxImages


def read(request: Request) -> Whole:
    """The images and class numbers, both uint8; see `archc.data.kinds.read`."""
    kind = request.train.data.kind
    assert isinstance(kind, IdxImages)
    files = sources.find(kind, request.folder, request.data_dir)
    whole = cached(files, kind)
    if kind.source == "auto":
        _check_sizes(kind, whole, files)
    return whole


def cached(files: sources.Files, kind: IdxImages) -> Whole:
    """The samples of these files, decoded once.

    Raises:
        DataCorrupt: a file cannot be used.
    """
    return cache.load([kind.name], files, lambda: decode(files, kind))


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """Images, or rows of pixels; see `archc.data.kinds.samples`."""
    assert request.facts.sample is not None
    return pixels.read(file, request.facts.sample, request.train.data.kind.background)


def _check_sizes(kind: IdxImages, whole: Whole, files: sources.Files) -> None:
    """`auto` means the data set itself: a part of it, under its name, would be trained on unnoticed."""
    splits = zip((files.train_images, files.test_images), (whole.train, whole.test), kind.sizes, strict=True)
    for file, samples, size in splits:
        found = len(samples.targets) if samples else 0
        if found != size:
            reason = f"it has {found:,} images, and {kind.name} has {size:,} there"
            raise catalog.training.DataCorrupt(
                file=str(file), reason=f"{reason}; a data set of your own needs `source: FOLDER`"
            )
