"""A named data set -> its files in a folder, downloaded by torchvision, which checks their digests.

Where torchvision's class does more than that when it downloads, only what it says of its files is taken: those of CIFAR
unpickle them, and that of SVHN needs SciPy.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from archc.recipe.data.named import NamedSet

_MADE: Final[Mapping[str, Iterable[Mapping[str, object]]]] = {
    "EMNIST": ({"train": False},),
    "FashionMNIST": ({"train": False},),
    "KMNIST": ({"train": False},),
    "MNIST": ({"train": False},),
    "QMNIST": ({"train": True}, {"train": False}),
}
"""The classes that are made, to download, with these arguments."""
_ARCHIVES: Final = ("CIFAR10", "CIFAR100", "STL10")
"""Those whose one archive is fetched, and unpacked where torchvision has it."""
_FILES: Final = ("SVHN", "USPS")
"""Those with a file for each split, which stays as it is."""


def fetch(dataset: NamedSet, root: Path) -> None:
    """Download a data set into a folder, in torchvision's layout.

    Raises:
        ImportError: torchvision is not installed.
        OSError, RuntimeError: it cannot be downloaded, or is not what it should be.
    """
    from archc.data.torchvision_import import import_torchvision

    cls = getattr(import_torchvision().datasets, dataset.name)
    root.mkdir(parents=True, exist_ok=True)
    # Standard output is for results alone, and torchvision reports its progress there or on stderr by version.
    with contextlib.redirect_stdout(sys.stderr):
        _fetch(cls, dataset, str(root))


def _fetch(cls: Any, dataset: NamedSet, root: str) -> None:
    from torchvision.datasets.utils import download_and_extract_archive, download_url

    if dataset.name in _ARCHIVES:
        download_and_extract_archive(cls.url, root, filename=cls.filename, md5=cls.tgz_md5)
    elif dataset.name in _FILES:
        for split in ("train", "test"):
            url, name, md5 = cls.split_list[split]
            download_url(url, root, name, md5)
    else:
        options = dataset.options
        for arguments in _MADE[dataset.name]:
            cls(root=root, download=True, **options, **arguments)
