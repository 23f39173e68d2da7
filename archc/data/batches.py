"""uint8 samples -> the float32 batches that a network sees: pixels from 0 to 1, normalised as the spec says."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from archc.recipe.transforms import Normalize, Transform


class Preparation:
    """The transforms of a spec, ready for one device.

    The values are those of torchvision's ToTensor and Normalize, bit for bit.
    """

    def __init__(self, transforms: Sequence[Transform], device: torch.device) -> None:
        self._moments = [
            (_per_channel(transform.mean, device), _per_channel(transform.std, device))
            for transform in transforms
            if isinstance(transform, Normalize)
        ]

    def __call__(self, pixels_nchw: Tensor) -> Tensor:
        """A batch of pixels from 0 to 255, of any number type, as float32 of the same shape."""
        batch = pixels_nchw.to(torch.float32, copy=True).div_(255)
        for mean, std in self._moments:
            batch.sub_(mean).div_(std)
        return batch


def _per_channel(values: tuple[float, ...], device: torch.device) -> Tensor:
    """(C, 1, 1); one number serves all channels."""
    return torch.tensor(values, dtype=torch.float32, device=device).view(-1, 1, 1)
