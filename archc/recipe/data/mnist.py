"""MNIST and its relatives: images of one channel in IDX files, known by name."""

from pathlib import Path
from typing import Annotated, ClassVar, Self, TypeAlias

from archc.layers import Shape
from archc.recipe.data import idx_files
from archc.recipe.data.base import Classes, DataFacts, DataKind, Wants
from archc.terms.record import Doc
from archc.terms.values import Text

_Source: TypeAlias = Annotated[
    Text,
    Doc("`auto`: the data folder, system folders, then download; `bundled`: the package's sample; else a folder."),
]


class IdxImages(DataKind):
    """Base of the data sets that are four IDX files of images and class numbers. Sizes are in samples. Abstract."""

    holds = "pixels"
    sample: ClassVar[Shape] = (1, 28, 28)
    classes: ClassVar[tuple[str, ...]] = ()
    sizes: ClassVar[tuple[int, int]] = (60_000, 10_000)
    """Of the training and the test split."""
    bundled: ClassVar[tuple[int, int]] = (6_000, 1_000)
    """Of the sample in the package."""
    licence: ClassVar[str] = ""
    system_folder: ClassVar[str] = ""
    """Its folder among those of data sets that the system has."""
    debian_package: ClassVar[str | None] = None

    source: str

    @property
    def name(self) -> str:
        """That of torchvision."""
        return type(self).__name__

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """Sizes of a folder of one's own are those that its files promise, where they are there."""
        train, test = {"auto": self.sizes, "bundled": self.bundled}.get(self.source) or self._promised(folder)
        return DataFacts(self.name, self.sample, "float32", Classes(self.classes), train, test, has_test=True)

    def _promised(self, folder: Path) -> tuple[int | None, int | None]:
        places = idx_files.folders(folder / Path(self.source).expanduser(), self.name)
        files = next((files for place in places if (files := idx_files.in_folder(place))), None)
        if files is None:
            return None, None
        return idx_files.promised(files.train_labels), idx_files.promised(files.test_labels)

    def rooted(self, folder: Path) -> Self:
        """The same with its folder from the root."""
        if self.source in ("auto", "bundled"):
            return self
        return self.replace(source=str(folder / Path(self.source).expanduser()))


class FashionMNIST(IdxImages):
    """70,000 grey pictures of 28 x 28 pixels of ten kinds of clothes, from Zalando."""

    url = "https://github.com/zalandoresearch/fashion-mnist"
    classes = (
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
    )
    licence = "MIT"
    system_folder = "fashion-mnist"
    debian_package = "dataset-fashion-mnist"
    background = "dark"

    source: _Source = "auto"


class MNIST(IdxImages):
    """70,000 grey pictures of 28 x 28 pixels of handwritten digits, from NIST's collections."""

    url = "http://yann.lecun.com/exdb/mnist/"
    classes = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")
    licence = "CC BY-SA 3.0"
    system_folder = "mnist"
    background = "dark"

    source: _Source = "auto"
