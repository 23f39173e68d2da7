"""STL10: photographs of ten kinds of things."""

from collections.abc import Sequence
from pathlib import Path

from archc.recipe.data.base import OwnTarget
from archc.recipe.data.named import Known, Layout, NamedSet, Source, size_of


def _counted(files: Sequence[Path]) -> int | None:
    """A byte of the second file is a label."""
    return size_of(files[1])


class STL10(NamedSet):
    """13,000 colour photographs of 96 x 96 pixels of ten kinds of animals and vehicles, chosen from ImageNet.

    The further 100,000 without classes, `unlabeled_X.bin`, are not read.
    """

    url = "https://cs.stanford.edu/~acoates/stl10/"
    sample = (3, 96, 96)

    source: Source = "auto"
    target: OwnTarget = None

    def known(self) -> Known:
        """Class numbers begin with 1 in its files."""
        splits = (("train_X.bin", "train_y.bin"), ("test_X.bin", "test_y.bin"))
        classes = ("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck")
        return Known(classes, (5_000, 8_000), (Layout("stl10", "stl10_binary", *splits, counted=_counted),), 1)
