"""A folder of image files -> samples: read once, in threads, and kept in the cache at the size of the spec."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from archc.data import cache, photographs, pixels, sizing
from archc.data.fitted import Fitted
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.recipe.data.folders import Listing
from archc.recipe.data.image_folder import ImageFolder
from archc.recipe.transforms.sizes import Resize


def read(request: Request) -> Whole:
    """(N, C, H, W) uint8 images and the numbers of their classes; see `archc.data.kinds.read`."""
    data = request.train.data
    kind = data.kind
    assert isinstance(kind, ImageFolder)
    root, listing = kind.folder(request.folder), kind.listing(request.folder)
    facts = kind.told(request.folder, listing)
    files = {split: _labelled(listing, split, facts.classes) for split in listing.splits}

    def decode() -> Whole:
        names = [name for named in files.values() for name, _ in named]
        images = photographs.read(root, names, data.sizing, request.progress)
        splits, start = {}, 0
        for split, named in files.items():
            labels = np.asarray([label for _, label in named], np.int64)
            splits[split] = Arrays(images[start : start + len(named)], labels)
            start += len(named)
        digest = digest_of(*(array for split in splits.values() for array in split))
        return Whole(splits["train"], splits.get("test"), digest, splits.get("validation"))

    known = ["ImageFolder", *([split, named] for split, named in files.items()), sizing.describe(data.sizing)]
    whole = cache.load(known, [root / name for named in files.values() for name, _ in named], decode)
    return whole._replace(facts=data.aimed(facts._replace(sample=whole.train.inputs.shape[1:])))


def _labelled(listing: Listing, split: str, classes: tuple[str, ...]) -> list[tuple[str, int]]:
    """The names of the files of a split with their classes' numbers."""
    found = listing.splits[split]
    return [(name, number) for number, label in enumerate(classes) for name in found.get(label, ())]


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """An image, prepared as those of the folder; or rows of pixels. See `archc.data.kinds.samples`."""
    shape = request.facts.sample
    assert shape is not None
    if file.suffix.lower() in pixels.READERS:
        return pixels.read(file, shape)
    image = photographs.sample(file, request.train.data.sizing)
    if image.shape == shape:
        return Samples(image[None])
    if len(image) != shape[0]:
        channels = f"it has {len(image)} channels behind `transform`, and the network takes {shape[0]}"
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=channels)
    (height, width), size = image.shape[1:], shape[1:]
    note = f"resized from {height} x {width} to {size[0]} x {size[1]} pixels"
    fitting = (Resize(size=(size[0], size[1])),)
    return Samples(sizing.arrays(image[None], fitting), note)
