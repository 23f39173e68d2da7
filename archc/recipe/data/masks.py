"""A folder of images and masks -> their pairs, by the names of the files; and the classes that a spec names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from archc.recipe.data import folders
from archc.recipe.data.folders import Names

IMAGES: Final = "images"
MASKS: Final = "masks"

Colour: TypeAlias = tuple[int, int, int]
"""Red, green and blue, from 0 to 255."""


class Pair(NamedTuple):
    """An image and its mask, by their paths from the folder."""

    image: str
    mask: str


class Pairs(NamedTuple):
    """What a folder of images and masks holds, by the names in it."""

    splits: Mapping[str, tuple[Pair, ...]]
    lonely: tuple[str, ...]
    """Images without a mask, and masks without an image."""
    twice: tuple[str, ...]
    """Files whose name, but for its ending, is that of another."""
    others: int
    other: str | None
    is_whole: bool


def listed(root: Path, most: int | None = None) -> Pairs:
    """The pairs in a folder, of `most` names; without, of all.

    Raises:
        OSError: a folder cannot be listed.
    """
    names = Names(str(root), most)
    splits: dict[str, tuple[Pair, ...]] = {}
    lonely: list[str] = []
    twice: list[str] = []
    is_whole = True
    try:
        for split, folder in folders.split_folders(names, names.folders("")).items():
            images, masks = (_by_stem(names, f"{folder}/{part}".lstrip("/"), twice) for part in (IMAGES, MASKS))
            splits[split] = tuple(Pair(images[stem], masks[stem]) for stem in images if stem in masks)
            lonely += [path for stem, path in images.items() if stem not in masks]
            lonely += [path for stem, path in masks.items() if stem not in images]
    except folders.TooManyError:
        is_whole = False
    return Pairs(splits, tuple(lonely), tuple(twice), names.others, names.other, is_whole)


def _by_stem(names: Names, folder: str, twice: list[str]) -> dict[str, str]:
    """The images of a folder by their paths in it, without the ending."""
    found: dict[str, str] = {}
    for path in names.images(folder):
        stem = path[len(folder) + 1 :].rpartition(".")[0]
        if stem in found:
            twice.append(path)
        else:
            found[stem] = path
    return found


def classes_of(value: Any) -> dict[str, Colour] | tuple[str, ...]:
    """Names of classes in the order of their numbers, or with the color that each has in the masks.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, list | tuple) and value and all(isinstance(name, str) for name in value):
        return tuple(value)
    if not isinstance(value, Mapping) or not value:
        raise ValueError("neither names nor colors")
    return {str(name): _colour(colour) for name, colour in value.items()}


def _colour(value: Any) -> Colour:
    parts = list(value) if isinstance(value, list | tuple) else [value]
    grey = [int(part) for part in parts if isinstance(part, int) and not isinstance(part, bool) and 0 <= part <= 255]
    if len(grey) != len(parts) or len(grey) not in (1, 3):
        raise ValueError("no color")
    return (grey[0], grey[0], grey[0]) if len(grey) == 1 else (grey[0], grey[1], grey[2])
