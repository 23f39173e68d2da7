"""Samples as they are stored -> the batches that a network sees: pixels from 0 to 1, normalised as the spec says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from archc.data import kinds
from archc.data.fitted import NOTHING, Fitted, Scale
from archc.data.splits import Split
from archc.data.whole import Array, Arrays
from archc.recipe.data import DataKind
from archc.recipe.train import Data
from archc.recipe.transforms.values import Normalize

_PART: Final = 1024
"""Samples that are measured at once."""
_FLAT: Final = 1e-7


class Preparation:
    """The transforms of a spec, ready for one device. Numbers stay as they are, but for what those change.

    The values are those of torchvision's ToTensor and Normalize, bit for bit.
    """

    def __init__(self, data: Data, device: torch.device, fitted: Fitted = NOTHING) -> None:
        self._own = kinds.preparing(data.kind, fitted, device)
        self._pixels = data.kind.holds == "pixels"
        self._own_target = data.own_target
        self._moments = [
            tuple(_per_channel(values, device) for values in _moments(transform, fitted))
            for transform in data.transform
            if isinstance(transform, Normalize)
        ]

    def __call__(self, stored: Tensor) -> Tensor:
        """A batch, (N, ...), as a network sees it: pixels from 0 to 255, of any number type, as float32."""
        if self._own is not None:
            stored = self._own(stored)
        if not self._pixels and not self._moments:
            # A copy, as a layer may overwrite its input, which is the data itself where it is a part of it.
            return stored.clone()
        batch = stored.to(torch.float32, copy=True)
        if self._pixels:
            batch.div_(255)
        for mean, std in self._moments:
            batch.sub_(mean).div_(std)
        return batch

    def targets(self, batch: Split) -> Tensor:
        """What the outputs of a batch are compared with: its targets, or its samples as the network gets them.

        Those are prepared once more, as a layer may overwrite what it is given.
        """
        return self(batch.inputs) if self._own_target else batch.targets


def _moments(transform: Normalize, fitted: Fitted) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Its mean and standard deviation, or those that were learnt."""
    if transform.mean == "auto" or transform.std == "auto" or transform.std is None:
        assert fitted.pixels is not None, "learnt of the training samples"
        return fitted.pixels.centre, fitted.pixels.spread
    return transform.mean, transform.std


def learnt(data: Data, kind: DataKind, train: Arrays, info: Mapping[str, Any]) -> Fitted:
    """What the preparation of these data learns of the training samples; `kind` says what only the data could tell."""
    found = kinds.fit(kind, train, info)
    if not any(isinstance(transform, Normalize) and transform.is_auto for transform in data.transform):
        return found
    return found._replace(pixels=_measured(train.inputs, 255 if data.kind.holds == "pixels" else 1))


def _measured(inputs: Array, white: int) -> Scale:
    """Mean and standard deviation of each channel of (N, C, ...) samples, as shares of `white`. In float64, by parts.

    A channel whose values are all the same is left as it is, but for its mean.
    """
    sums = np.zeros((2, inputs.shape[1]))
    axes = tuple(axis for axis in range(inputs.ndim) if axis != 1)
    for start in range(0, len(inputs), _PART):
        part = inputs[start : start + _PART].astype(np.float64) / white
        sums += [part.sum(axes), np.square(part).sum(axes)]
    mean, square = sums / (inputs.size / inputs.shape[1])
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    return Scale(tuple(mean.tolist()), tuple(np.where(spread > _FLAT, spread, 1).tolist()))


def _per_channel(values: tuple[float, ...], device: torch.device) -> Tensor:
    """(C, 1, 1); one number serves all channels."""
    return torch.tensor(values, dtype=torch.float32, device=device).view(-1, 1, 1)
