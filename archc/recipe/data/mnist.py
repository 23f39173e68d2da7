"""MNIST and its relatives: grey images of 28 x 28 pixels in IDX files."""

import string
from typing import Annotated, Final, Literal, TypeAlias

from archc.recipe.data import idx_files
from archc.recipe.data.base import OwnTarget
from archc.recipe.data.named import Known, NamedSet, Source
from archc.terms.record import Doc
from archc.terms.values import Text, choice

_BundledSource: TypeAlias = Annotated[
    Text,
    Doc("`auto`: the data folder, system folders, then download; `bundled`: the package's sample; else a folder."),
]

_DIGITS: Final = tuple(string.digits)
_SIZES: Final = (60_000, 10_000)
_BUNDLED: Final = (6_000, 1_000)


class _Grey(NamedSet):
    """Base: light strokes on a dark ground. Abstract."""

    sample = (1, 28, 28)
    background = "dark"


class FashionMNIST(_Grey):
    """70,000 grey pictures of 28 x 28 pixels of ten kinds of clothes, from Zalando."""

    url = "https://github.com/zalandoresearch/fashion-mnist"
    licence = "MIT"
    bundled = _BUNDLED
    system_folder = "fashion-mnist"
    debian_package = "dataset-fashion-mnist"

    source: _BundledSource = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """Its classes are those of its authors."""
        clothes = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat")
        others = ("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
        return Known(clothes + others, _SIZES, (idx_files.layout("FashionMNIST/raw", "train", "t10k"),))


class MNIST(_Grey):
    """70,000 grey pictures of 28 x 28 pixels of handwritten digits, from NIST's collections."""

    url = "http://yann.lecun.com/exdb/mnist/"
    licence = "CC BY-SA 3.0"
    bundled = _BUNDLED
    system_folder = "mnist"

    source: _BundledSource = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """A class for each digit."""
        return Known(_DIGITS, _SIZES, (idx_files.layout("MNIST/raw", "train", "t10k"),))


class KMNIST(_Grey):
    """70,000 grey pictures of 28 x 28 pixels of ten cursive Japanese characters (Kuzushiji), from old books."""

    url = "https://github.com/rois-codh/kmnist"
    licence = "CC BY-SA 4.0"

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """A class for each row of the syllabary."""
        classes = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
        return Known(classes, _SIZES, (idx_files.layout("KMNIST/raw", "train", "t10k"),))


class QMNIST(_Grey):
    """120,000 grey pictures of 28 x 28 pixels of handwritten digits: MNIST with all of its 60,000 test images."""

    url = "https://github.com/facebookresearch/qmnist"
    licence = "BSD 3-Clause"

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """The files say more of each image than its class, as who wrote it; that is not read."""
        layout = idx_files.layout("QMNIST/raw", "qmnist-train", "qmnist-test", labels="labels-idx2-int")
        return Known(_DIGITS, (60_000, 60_000), (layout,))


_LETTERS: Final = tuple(string.ascii_uppercase + string.ascii_lowercase)
_MERGED: Final = frozenset("cijklmopsuvwxyz")
"""Small letters that look as their capitals do."""
_BALANCED: Final = tuple(name for name in _DIGITS + _LETTERS if name not in _MERGED)
_EMNIST: Final = {
    "byclass": (_DIGITS + _LETTERS, (697_932, 116_323)),
    "bymerge": (_BALANCED, (697_932, 116_323)),
    "balanced": (_BALANCED, (112_800, 18_800)),
    "letters": (tuple(string.ascii_lowercase), (124_800, 20_800)),
    "digits": (_DIGITS, (240_000, 40_000)),
    "mnist": (_DIGITS, _SIZES),
}


class EMNIST(_Grey):
    """Grey pictures of 28 x 28 pixels of handwritten digits and letters, from NIST's collections.

    - `byclass`: 814,255 of 62 classes: digits, capitals, small letters
    - `bymerge`: the same, where small letters that look as their capitals do are of their class: 47 classes
    - `balanced`: 131,600 of those 47 classes, of each as many
    - `letters`: 145,600 of 26 classes, capital or small. torchvision has a class `N/A` before them, which has no images
    - `digits`: 280,000 of 10 classes
    - `mnist`: 70,000 of 10 classes

    The files have rows and columns exchanged, and torchvision leaves them so. Here images are upright.
    """

    url = "https://www.nist.gov/itl/products-and-services/emnist-dataset"

    split: Annotated[
        Literal["byclass", "bymerge", "balanced", "letters", "digits", "mnist"],
        choice(*_EMNIST),
        Doc("Which of its six versions."),
    ]
    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """That of its split."""
        classes, sizes = _EMNIST[self.split]
        layout = idx_files.layout("EMNIST/raw", f"emnist-{self.split}-train", f"emnist-{self.split}-test")
        return Known(classes, sizes, (layout._replace(format="emnist"),), first_class=int(self.split == "letters"))
