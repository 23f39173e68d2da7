"""The data sets of torchvision: found on disk or downloaded, decoded once, and kept in a cache."""

from __future__ import annotations

from pathlib import Path

from archc.data import cache, pixels, sources
from archc.data.decode import decode
from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Whole
from archc.diagnostics import catalog
from archc.recipe.data.named import Files, NamedSet


def read(request: Request) -> Whole:
    """The images and class numbers, both uint8; see `archc.data.kinds.read`."""
    kind = request.train.data.kind
    assert isinstance(kind, NamedSet)
    files = sources.find(kind, request.folder, request.data_dir)
    whole = cached(files, kind)
    if kind.source == "auto":
        _check_sizes(kind, whole, files)
    return whole


def cached(files: Files, kind: NamedSet) -> Whole:
    """The samples of these files, decoded once.

    Raises:
        DataCorrupt: a file cannot be used.
    """
    return cache.load([kind.name, files.layout.format, kind.options], files.all, lambda: decode(files, kind))


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """Images, or rows of pixels; see `archc.data.kinds.samples`."""
    assert request.facts.sample is not None
    return pixels.read(file, request.facts.sample, request.train.data.kind.background)


def _check_sizes(kind: NamedSet, whole: Whole, files: Files) -> None:
    """`auto` means the data set itself: a part of it, under its name, would be trained on unnoticed."""
    splits = zip((files.train, files.test), (whole.train, whole.test), kind.known().sizes, strict=True)
    for paths, samples, size in splits:
        found = len(samples.targets) if samples else 0
        if found != size:
            where = "it has" if len(paths) < 3 else f"it and {len(paths) - 1} others have"
            reason = f"{where} {found:,} images, and {kind.name} has {size:,} there"
            raise catalog.training.DataCorrupt(
                file=str(paths[0]), reason=f"{reason}; a data set of your own needs `source: FOLDER`"
            )
