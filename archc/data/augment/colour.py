"""Brightness, contrast, saturation and hue, of whole batches of uint8 images (N, C, H, W).

Source: torchvision.transforms.functional, `adjust_brightness` and the like.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from archc.recipe.augmentations.colour import ColorJitter


def jitter(images: Tensor, term: ColorJitter, numbers: Tensor) -> Tensor:
    """Change each image's colours, one after the other in its own order."""
    limits = (term.brightness, term.contrast, term.saturation, term.hue)
    factors = [low + numbers[:, index] * (high - low) for index, (low, high) in enumerate(limits)]
    order = numbers[:, 4:8].argsort(1)
    changed = images.clone()
    for turn in range(len(_CHANGES)):
        for index, change in enumerate(_CHANGES):
            if limits[index] in (_NO_FACTOR, _NO_TURN):
                continue
            chosen = (order[:, turn] == index).nonzero()[:, 0]
            factor = factors[index][chosen].float().view(-1, 1, 1, 1).to(images.device)
            rows = chosen.to(images.device)
            changed[rows] = change(changed[rows], factor)
    return changed


_NO_FACTOR: Final = (1.0, 1.0)
_NO_TURN: Final = (0.0, 0.0)


def brightness(images: Tensor, factor: Tensor) -> Tensor:
    """Darker below 1, brighter above."""
    return _blend(images, torch.zeros_like(images), factor)


def contrast(images: Tensor, factor: Tensor) -> Tensor:
    """Towards the mean of the grey values below 1."""
    return _blend(images, _grey(images).float().mean((1, 2, 3), keepdim=True), factor)


def saturation(images: Tensor, factor: Tensor) -> Tensor:
    """Towards grey below 1."""
    return _blend(images, _grey(images), factor) if images.shape[1] == 3 else images


def hue(images: Tensor, turn: Tensor) -> Tensor:
    """A turn of the colour wheel, from -0.5 to 0.5."""
    if images.shape[1] != 3:
        return images
    colours = images.float() / 255
    high, low = colours.amax(1), colours.amin(1)
    angle = (_angle(colours, high, low) + turn[:, :, 0]) % 1.0
    # The colour of an angle, of full saturation: three shifted trapezoids; then as pale and as dark as before.
    shifts = torch.tensor([5.0, 3.0, 1.0], device=images.device).view(1, 3, 1, 1)
    position = (shifts + angle[:, None] * 6) % 6
    paleness = torch.minimum(position, 4 - position).clamp(0, 1)
    turned = high[:, None] - (high - low)[:, None] * paleness
    # As torchvision turns numbers from 0 to 1 into bytes.
    return (turned * (255 + 1.0 - 1e-3)).to(images.dtype)


_CHANGES: Final[tuple[Callable[[Tensor, Tensor], Tensor], ...]] = (brightness, contrast, saturation, hue)


def _angle(colours: Tensor, high: Tensor, low: Tensor) -> Tensor:
    """(N, H, W): the hue of each pixel, from 0 to 1; 0 for grey."""
    red, green, blue = colours.unbind(1)
    span = torch.where(high == low, 1.0, high - low)
    of_red, of_green, of_blue = (green - blue) / span, 2 + (blue - red) / span, 4 + (red - green) / span
    angle = torch.where(high == red, of_red, torch.where(high == green, of_green, of_blue))
    return torch.where(high == low, 0.0, angle / 6) % 1.0


def _grey(images: Tensor) -> Tensor:
    if images.shape[1] != 3:
        return images
    red, green, blue = images.unbind(1)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).to(images.dtype)[:, None]


def _blend(images: Tensor, others: Tensor, factor: Tensor) -> Tensor:
    return (factor * images + (1 - factor) * others).clamp(0, 255).to(images.dtype)
