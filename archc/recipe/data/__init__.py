"""The kinds of data that a spec can name, and what is known of them before they are read. No torch, no NumPy."""

from typing import Final

from archc.recipe.data.base import Classes, DataFacts, DataKind, Labels, Numbers, Positions, Target, Wants
from archc.terms.term import Table

__all__ = ["DATA", "Classes", "DataFacts", "DataKind", "Labels", "Numbers", "Positions", "Target", "Wants"]

DATA: Final[Table[DataKind]] = Table(
    "archc.recipe.data",
    {
        "Arrays": "arrays",
        "CIFAR10": "cifar",
        "CIFAR100": "cifar",
        "EMNIST": "mnist",
        "FashionMNIST": "mnist",
        "ImageFolder": "image_folder",
        "ImageMasks": "image_masks",
        "InMemory": "memory",
        "KMNIST": "mnist",
        "MNIST": "mnist",
        "QMNIST": "mnist",
        "Series": "series",
        "STL10": "stl10",
        "SVHN": "svhn",
        "Table": "table",
        "Text": "text",
        "USPS": "usps",
    },
)
"""Every kind with its module. `archc/data/kinds.py` has the same names, with what reads them."""
