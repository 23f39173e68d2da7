"""Samples as they are stored -> the batches that a network sees: pixels from 0 to 1, normalised as the spec says."""

from __future__ import annotations

import torch
from torch import Tensor

from archc.data import kinds
from archc.data.fitted import NOTHING, Fitted
from archc.recipe.train import Data
from archc.recipe.transforms import Normalize


class Preparation:
    """The transforms of a spec, ready for one device. Numbers stay as they are, but for what those change.

    The values are those of torchvision's ToTensor and Normalize, bit for bit.
    """

    def __init__(self, data: Data, device: torch.device, fitted: Fitted = NOTHING) -> None:
        self._own = kinds.preparing(data.kind, fitted, device)
        self._pixels = data.kind.holds == "pixels"
        self._moments = [
            (_per_channel(transform.mean, device), _per_channel(transform.std, device))
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


def _per_channel(values: tuple[float, ...], device: torch.device) -> Tensor:
    """(C, 1, 1); one number serves all channels."""
    return torch.tensor(values, dtype=torch.float32, device=device).view(-1, 1, 1)
