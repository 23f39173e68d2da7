"""Batches of training samples -> changed at random, each by its own random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from torch import Tensor

from archc.data.augment import colour, geometry, position
from archc.data.augment.draws import uniform
from archc.data.splits import Split
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

_STAYING: Final = frozenset({"ColorJitter", "RandomErasing"})
"""Those that leave pixels where they are. What is covered is still what it was."""


class Augmenter:
    """The augmentations of a spec. A sample's random numbers depend on the seed, the epoch and its number alone.

    So neither the order of the samples nor the batches they are cut into change what happens to one, and a training
    that is resumed, or spread over processes, sees the same.

    `left_out` is the class of no pixel, where targets are a class for each of them.
    """

    def __init__(self, terms: Sequence[Augmentation], seed: int, *, left_out: int | None = None) -> None:
        self._terms = tuple(terms)
        self._seed = seed
        self._left_out = left_out

    def __bool__(self) -> bool:
        return bool(self._terms)

    def batch(self, batch: Split, rows: Tensor, epoch: int) -> Split:
        """A batch with changed images, and with class numbers of their pixels that have moved alike."""
        if not self._terms:
            return batch
        images = self(batch.inputs, rows, epoch)
        if self._left_out is None:
            return Split(images, batch.targets)
        return Split(images, self._moved(batch.targets, rows, epoch))

    def _moved(self, numbers_nhw: Tensor, rows: Tensor, epoch: int) -> Tensor:
        """Where pixels come from beyond the image they are of no class: counted from that, it is 0, as `fill` is."""
        assert self._left_out is not None
        masks = numbers_nhw.long()[:, None] - self._left_out
        for place, term in enumerate(self._terms):
            if type(term).__name__ in _STAYING:
                continue
            changes = {"interpolation": "nearest", "fill": 0}
            own = term.replace(**{name: value for name, value in changes.items() if hasattr(term, name)})
            masks = self._changed(masks, own, place, rows, epoch)
        return masks[:, 0] + self._left_out

    def __call__(self, images_nchw: Tensor, rows: Tensor, epoch: int) -> Tensor:
        """uint8 images on any device -> changed ones. `rows` are their numbers in the training split, on the CPU."""
        for place, term in enumerate(self._terms):
            images_nchw = self._changed(images_nchw, term, place, rows, epoch)
        return images_nchw

    def _changed(self, images_nchw: Tensor, term: Augmentation, place: int, rows: Tensor, epoch: int) -> Tensor:
        change = _CHANGES[type(term).__name__]
        numbers = uniform(rows, change.draws, f"augmentation {place} of epoch {epoch}", self._seed)
        return change.apply(images_nchw, term, numbers)
