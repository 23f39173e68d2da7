"""Batches of training samples -> changed at random, each by its own random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from torch import Tensor

from archc.data.augment import colour, geometry, position
from archc.data.augment.draws import uniform
from archc.recipe.augmentations import Augmentation


class _Change(NamedTuple):
    """How an augmentation is done: the images, its term, and (N, draws) numbers from 0 to 1 -> the images."""

    apply: Callable[[Tensor, Any, Tensor], Tensor]
    draws: int


_CHANGES: Final[Mapping[str, _Change]] = {
    "ColorJitter": _Change(colour.jitter, 8),
    "RandomAffine": _Change(geometry.affine, 6),
    "RandomCrop": _Change(position.crop, 2),
    "RandomErasing": _Change(position.erase, 24),
    "RandomHorizontalFlip": _Change(position.flip_horizontal, 1),
    "RandomResizedCrop": _Change(geometry.resized_crop, 22),
    "RandomRotation": _Change(geometry.rotate, 1),
    "RandomVerticalFlip": _Change(position.flip_vertical, 1),
}


class Augmenter:
    """The augmentations of a spec. A sample's random numbers depend on the seed, the epoch and its number alone.

    So neither the order of the samples nor the batches they are cut into change what happens to one, and a training
    that is resumed, or spread over processes, sees the same.
    """

    def __init__(self, terms: Sequence[Augmentation], seed: int) -> None:
        self._terms = tuple(terms)
        self._seed = seed

    def __bool__(self) -> bool:
        return bool(self._terms)

    def __call__(self, images_nchw: Tensor, rows: Tensor, epoch: int) -> Tensor:
        """uint8 images on any device -> changed ones. `rows` are their numbers in the training split, on the CPU."""
        for place, term in enumerate(self._terms):
            change = _CHANGES[type(term).__name__]
            numbers = uniform(rows, change.draws, f"augmentation {place} of epoch {epoch}", self._seed)
            images_nchw = change.apply(images_nchw, term, numbers)
        return images_nchw
