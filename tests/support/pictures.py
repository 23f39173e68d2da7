"""Small folders of images: colored noise, whose colour says the class; and the bundled digits as files."""

from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("cat", "dog")


def picture(kind: int, size: tuple[int, int], seed: int) -> Image.Image:
    """Noise of this height and width, with more of one of the three colors."""
    pixels = np.random.default_rng(seed).integers(0, 100, (*size, 3)).astype(np.uint8)
    pixels[..., kind % 3] += 120
    return Image.fromarray(pixels)


def folder(root: Path, counts: dict[str, int], size: tuple[int, int] | None = (20, 16), ending: str = "png") -> Path:
    """`root/PART/cat/0.png`, ...: so many images of each class in each part; "" is the folder itself.

    Without a size, each has one of its own.
    """
    for part, count in counts.items():
        for number, name in enumerate(CLASSES):
            place = root / part / name
            place.mkdir(parents=True, exist_ok=True)
            for index in range(count):
                own = size or (20 + 7 * index % 31, 18 + 5 * index % 23)
                picture(number, own, index + 100 * number + 1000 * len(part)).save(place / f"{index}.{ending}")
    return root


def digits(root: Path, train: int, test: int) -> Path:
    """The first of the bundled digits as PNG files: `root/train/7/00042.png`, `root/test/...`."""
    from archc.data import kinds
    from archc.recipe.data.mnist import MNIST
    from tests.support.asking import asked

    whole = kinds.read(asked(MNIST(source="bundled"), loss="CrossEntropyLoss"))
    assert whole.test is not None
    for part, split, count in (("train", whole.train, train), ("test", whole.test, test)):
        for index in range(count):
            place = root / part / str(split.targets[index])
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(split.inputs[index, 0]).save(place / f"{index:05}.png")
    return root
