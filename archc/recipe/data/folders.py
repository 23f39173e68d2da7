"""A folder of image files -> its splits, their classes, and the names of the files. Nothing is opened."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

MOST_NAMES: Final = 200_000
"""Names that a check lists: as many take a part of a second. Reading lists all."""

SUFFIXES: Final = frozenset(
    {
        *("bmp", "dib", "gif", "jfif", "jpe", "jpeg", "jpg", "pbm", "pgm", "png", "pnm", "ppm"),
        *("tif", "tiff", "webp"),
    }
)
"""Endings of the names of images, in any case. What a file holds decides how it is read."""

SPLITS: Final = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""Names of sub-folders that are splits, in any case."""

_LEFT_BY_SYSTEMS: Final = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "icon\r"})

Classes: TypeAlias = Mapping[str, tuple[str, ...]]
"""The images of each class, by their paths from the folder, sorted."""


class Listing(NamedTuple):
    """What a folder of images holds, by the names in it."""

    splits: Mapping[str, Classes]
    """Of `train`, `validation` and `test` those that there are; `train` where the folder has no splits."""
    others: int
    """Files that are no images, by their names, or are in no class."""
    other: str | None
    """The first of them."""
    is_whole: bool
    """Whether all names were listed."""

    def size(self, split: str) -> int | None:
        """How many images a split has; None where not all names were listed."""
        return sum(map(len, self.splits[split].values())) if self.is_whole and split in self.splits else None


class TooManyError(Exception):
    """There are more names than are listed."""


class Names:
    """Lists folders, no more names than it may. Each folder is listed once, so that links lead nowhere for ever."""

    def __init__(self, root: str, most: int | None) -> None:
        self.root = root
        self._left = most
        self.others = 0
        self.other: str | None = None

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What a folder holds, sorted, but for what systems leave there.

        Raises:
            OSError: it cannot be listed.
            TooManyError: no more names are listed.
        """
        with os.scandir(os.path.join(self.root, folder)) as found:
            entries = []
            for entry in found:
                if self._left is not None:
                    if self._left == 0:
                        raise TooManyError
                    self._left -= 1
                if not entry.name.startswith(".") and entry.name.casefold() not in _LEFT_BY_SYSTEMS:
                    entries.append(entry)
        return sorted(entries, key=_name)

    def folders(self, folder: str) -> dict[str, str]:
        """The sub-folders by their names; what else is there counts as others."""
        found = {}
        for entry in self.entries(folder):
            if entry.is_dir():
                found[entry.name] = _join(folder, entry.name)
            else:
                self.note(_join(folder, entry.name))
        return found

    def images(self, folder: str) -> Iterator[str]:
        """The images in a folder and in all below it."""
        yield from self._below(folder, set())

    def _below(self, folder: str, listed: set[tuple[int, int]]) -> Iterator[str]:
        status = os.stat(os.path.join(self.root, folder))
        if (status.st_dev, status.st_ino) in listed:
            return
        listed.add((status.st_dev, status.st_ino))
        for entry in self.entries(folder):
            path = _join(folder, entry.name)
            if entry.is_dir():
                yield from self._below(path, listed)
            elif is_image(entry.name):
                yield path
            else:
                self.note(path)

    def note(self, path: str) -> None:
        self.others += 1
        self.other = self.other or path


def listed(root: Path, most: int | None = None) -> Listing:
    """What a folder holds, `most` names of it; without, all.

    Raises:
        OSError: a folder cannot be listed.
    """
    names = Names(str(root), most)
    splits: dict[str, dict[str, tuple[str, ...]]] = {"train": {}}
    is_whole = True
    try:
        top = names.folders("")
        places = split_folders(names, top)
        splits = {split: {} for split in places}
        for split, folder in places.items():
            classes = splits[split]
            found = top if folder == "" else names.folders(folder)
            # Classes are known, however many images the first of them has.
            classes.update(dict.fromkeys(found, ()))
            for name, place in found.items():
                classes[name] = tuple(names.images(place))
    except TooManyError:
        is_whole = False
    return Listing(splits, names.others, names.other, is_whole)


def is_image(name: str) -> bool:
    """Whether a file is an image by its name."""
    return name.rpartition(".")[2].lower() in SUFFIXES


def split_folders(names: Names, top: Mapping[str, str]) -> dict[str, str]:
    """The folder of each split: sub-folders of these names, where that of `train` has sub-folders of its own.

    A class may be called so: it has images. Without such sub-folders all is `train`.
    """
    found: dict[str, str] = {}
    for name, folder in top.items():
        split = SPLITS.get(name.casefold())
        if split is not None:
            found.setdefault(split, folder)
    if "train" in found and any(entry.is_dir() for entry in names.entries(found["train"])):
        return found
    return {"train": ""}


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
