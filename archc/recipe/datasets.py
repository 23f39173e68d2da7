"""The data sets that archc knows by name: shapes, classes and sizes, known before any file is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

Background: TypeAlias = Literal["dark", "light"]


class Dataset(NamedTuple):
    """The facts of a data set of images with classes. Sizes are in samples."""

    name: str
    sample: tuple[int, ...]
    classes: tuple[str, ...]
    train: int
    test: int
    bundled_train: int
    bundled_test: int
    licence: str
    source: str
    system_folder: str
    background: Background | None = None
    """That of all its images, where they have one."""

    def size(self, split: str, source: str) -> int | None:
        """Samples of the `train` or `test` split of a source; None for a folder, which may hold anything."""
        if source == "bundled":
            return self.bundled_train if split == "train" else self.bundled_test
        if source == "auto":
            return self.train if split == "train" else self.test
        return None


DATASETS: Final[Mapping[str, Dataset]] = {
    "FashionMNIST": Dataset(
        name="FashionMNIST",
        sample=(1, 28, 28),
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        train=60_000,
        test=10_000,
        bundled_train=6_000,
        bundled_test=1_000,
        licence="MIT",
        source="https://github.com/zalandoresearch/fashion-mnist",
        system_folder="fashion-mnist",
        background="dark",
    ),
    "MNIST": Dataset(
        name="MNIST",
        sample=(1, 28, 28),
        classes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
        train=60_000,
        test=10_000,
        bundled_train=6_000,
        bundled_test=1_000,
        licence="CC BY-SA 3.0",
        source="http://yann.lecun.com/exdb/mnist/",
        system_folder="mnist",
        background="dark",
    ),
}
