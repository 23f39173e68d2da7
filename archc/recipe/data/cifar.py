"""CIFAR10 and CIFAR100: small colour photographs, in two archives of the same images."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from archc.recipe.data.base import OwnTarget
from archc.recipe.data.named import Known, Layout, NamedSet, Source, size_of

PIXELS: Final = 3 * 32 * 32
"""The bytes of an image: all of its red, then green, then blue."""

_SIZES: Final = (50_000, 10_000)


def _counted(labels: int, files: Sequence[Path]) -> int | None:
    """How many samples binary files have, with so many labels before each image."""
    sizes = [size for file in files if (size := size_of(file)) is not None]
    return sum(size // (labels + PIXELS) for size in sizes) if len(sizes) == len(files) else None


_counted_10 = partial(_counted, 1)
_counted_100 = partial(_counted, 2)


class CIFAR10(NamedSet):
    """60,000 colour photographs of 32 x 32 pixels of ten kinds of animals and vehicles, from Toronto.

    torchvision downloads the archive for Python, whose files are pickles: archc reads the arrays in them, and runs
    nothing of what pickles can have. The archive for C, `cifar-10-binary.tar.gz`, is as good.
    """

    url = "https://www.cs.toronto.edu/~kriz/cifar.html"
    sample = (3, 32, 32)

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """Its two archives."""
        batches = tuple(f"data_batch_{number}" for number in range(1, 6))
        binary = tuple(f"{name}.bin" for name in batches)
        layouts = (
            Layout("cifar_binary", "cifar-10-batches-bin", binary, ("test_batch.bin",), counted=_counted_10),
            Layout("cifar_pickled", "cifar-10-batches-py", batches, ("test_batch",)),
        )
        animals = ("bird", "cat", "deer", "dog", "frog", "horse")
        return Known(("airplane", "automobile", *animals, "ship", "truck"), _SIZES, layouts)


_CIFAR100: Final = """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle
    bowl boy bridge bus butterfly camel can castle caterpillar cattle
    chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
    dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard
    lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain
    mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree
    plain plate poppy porcupine possum rabbit raccoon ray road rocket
    rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor
    train trout tulip turtle wardrobe whale willow_tree wolf woman worm
"""


class CIFAR100(NamedSet):
    """60,000 colour photographs of 32 x 32 pixels of a hundred kinds of things, from Toronto; see CIFAR10.

    The classes are the fine ones. The twenty coarse ones, which the files have too, are not read.
    """

    url = "https://www.cs.toronto.edu/~kriz/cifar.html"
    sample = (3, 32, 32)

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """Its two archives."""
        layouts = (
            Layout("cifar_binary", "cifar-100-binary", ("train.bin",), ("test.bin",), counted=_counted_100),
            Layout("cifar_pickled", "cifar-100-python", ("train",), ("test",)),
        )
        return Known(tuple(_CIFAR100.split()), _SIZES, layouts)
