"""How fast photographs become samples, and samples batches: ratios, side by side in one run.

    python benchmarks/data.py [--files 2000] [--folder FOLDER]

Makes JPEGs of 500 x 375 pixels, and measures the first read of them at 64 x 64 against a bare Pillow loop in as many
threads, a second epoch against one on the same arrays in memory, and against torchvision's ImageFolder with a
DataLoader of two workers. Ratios of processor time hold where others share the machine; those of the clock need it
alone.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from archc.data import kinds, photographs
from archc.data.batches import Preparation
from archc.data.request import Request
from archc.data.splits import Split, divide
from archc.data.torchvision_import import import_torchvision
from archc.machine.cores import threads
from archc.machine.randomness import epoch_order
from archc.recipe.data.image_folder import ImageFolder
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.train import Data, Train
from archc.recipe.transforms import TRANSFORMS

SIZE = (64, 64)
BATCH = 64
WORKERS = 2


def make(folder: Path, files: int) -> None:
    """Smooth pictures with some noise, as photographs are, in four classes."""
    y, x = np.mgrid[0:375, 0:500]

    def one(number: int) -> None:
        random = np.random.default_rng(number)
        waves = [np.sin(x / random.uniform(9, 90) + y / random.uniform(9, 90)) for _ in range(3)]
        pixels = 128 + 90 * np.stack(waves, 2) + random.normal(0, 12, (375, 500, 3))
        place = folder / str(number % 4)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(place / f"{number:06}.jpg", quality=90)

    with ThreadPoolExecutor(threads()) as pool:
        list(pool.map(one, range(files)))


def bare(folder: Path, names: list[str]) -> np.ndarray[Any, Any]:
    """What a careful person writes: Pillow with `draft`, in as many threads."""
    found = np.empty((len(names), 3, *SIZE), np.uint8)

    def one(number: int) -> None:
        with Image.open(folder / names[number]) as image:
            image.draft("RGB", SIZE)
            found[number] = np.asarray(image.convert("RGB").resize(SIZE, Image.Resampling.BILINEAR)).transpose(2, 0, 1)

    with ThreadPoolExecutor(threads()) as pool:
        list(pool.map(one, range(len(names)), chunksize=16))
    return found


def recipe(folder: Path) -> Request:
    """An ImageFolder at 64 x 64."""
    data = Data(name="ImageFolder", kind=ImageFolder(root=str(folder)), transform=(TRANSFORMS["Resize"](size=SIZE),))
    train = Train(data=data, loss=LOSSES["CrossEntropyLoss"](), optimizer=OPTIMIZERS["Adam"](), epochs=1)
    return Request.of(train, Path())


def epoch(split: Split, prepare: Preparation, number: int) -> None:
    """An epoch's batches, as a training makes them; nothing is trained."""
    for rows in torch.split(epoch_order(len(split), 0, number, shuffle=True), BATCH):
        prepare(split.take(rows).inputs)


def loader_epoch(folder: Path) -> float:
    """The seconds of the second epoch of torchvision's ImageFolder in a DataLoader."""
    import_torchvision()
    from torch.utils.data import DataLoader
    from torchvision import datasets, transforms  # type: ignore[import-untyped]

    changes = transforms.Compose([transforms.Resize(SIZE), transforms.ToTensor()])
    loader = DataLoader(
        datasets.ImageFolder(folder, changes), BATCH, shuffle=True, num_workers=WORKERS, persistent_workers=True
    )
    for _ in loader:
        pass
    began = perf_counter()
    for _ in loader:
        pass
    return perf_counter() - began


class Took(NamedTuple):
    """Seconds of the clock, and of the processors in all threads."""

    clock: float
    processor: float


def took(work: Callable[[], object]) -> Took:
    """How long it takes."""
    clock, processor = perf_counter(), process_time()
    work()
    return Took(perf_counter() - clock, process_time() - processor)


def side_by_side(one: Callable[[int], object], other: Callable[[int], object], times: int) -> tuple[Took, Took]:
    """The medians of some measurements of each, in turns."""
    pairs = [(took(partial(one, number)), took(partial(other, number))) for number in range(1, times + 1)]
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    return middle(first), middle(second)


def middle(found: list[Took]) -> Took:
    """The median of each."""
    return Took(median(item.clock for item in found), median(item.processor for item in found))


def measured(folder: Path, files: int) -> dict[str, Any]:
    """All ratios. The goals: first read 0.9, second epoch 0.97, against a DataLoader 5."""
    request = recipe(folder)
    kind = request.train.data.kind
    assert isinstance(kind, ImageFolder)
    listing = kind.listing(Path())
    names = [name for found in listing.splits["train"].values() for name in found]
    sizing = request.train.data.sizing
    bare_loop, first_read = side_by_side(
        lambda number: bare(folder, names), lambda number: photographs.read(folder, names, sizing), 5
    )
    whole = kinds.read(request)
    again = took(lambda: kinds.read(request))
    mapped = divide(kinds.read(request), request.facts, None, 0).train
    memory = Split(torch.from_numpy(np.array(whole.train.inputs)), torch.from_numpy(np.array(whole.train.targets)))
    prepare = Preparation(request.train.data, torch.device("cpu"))
    epoch(mapped, prepare, 0)
    in_memory, from_cache = side_by_side(
        lambda number: epoch(memory, prepare, number), lambda number: epoch(mapped, prepare, number), 20
    )
    loaded = loader_epoch(folder)
    return {
        "files": files,
        "threads": threads(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "first read, seconds": round(first_read.clock, 3),
        "a bare Pillow loop, seconds": round(bare_loop.clock, 3),
        "first read, of the speed of a bare loop": _ratio(bare_loop, first_read),
        "a later run maps the cache, seconds": round(again.clock, 3),
        "second epoch, of the speed of arrays in memory": _ratio(in_memory, from_cache),
        "second epoch, times the speed of a DataLoader": round(loaded / from_cache.clock, 1),
    }


def _ratio(one: Took, other: Took) -> dict[str, float]:
    return {"clock": round(one.clock / other.clock, 3), "processor": round(one.processor / other.processor, 3)}


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = f"{scratch}/cache"
        folder = options.folder or Path(scratch) / "photos"
        if not folder.exists():
            make(folder, options.files)
        print(json.dumps(measured(folder, options.files), indent=1))


if __name__ == "__main__":
    main()
