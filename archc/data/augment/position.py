"""Flips, crops and erasing, of whole batches of uint8 images (N, C, H, W)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from archc.data.augment.draws import ATTEMPTS, between, uniform
from archc.recipe.augmentations.position import RandomCrop, RandomErasing, RandomHorizontalFlip, RandomVerticalFlip


def flip_horizontal(images: Tensor, term: RandomHorizontalFlip, numbers: Tensor) -> Tensor:
    """Mirror some of the images, left to right."""
    return _where(numbers[:, 0] < term.p, images.flip(3), images)


def flip_vertical(images: Tensor, term: RandomVerticalFlip, numbers: Tensor) -> Tensor:
    """Mirror some of the images, top to bottom."""
    return _where(numbers[:, 0] < term.p, images.flip(2), images)


def crop(images: Tensor, term: RandomCrop, numbers: Tensor) -> Tensor:
    """Cut a piece out of each image, with what is around it."""
    height, width = term.output(tuple(images.shape[2:]))
    left, top, right, bottom = term.sides()
    rows = _start(numbers[:, 0], images.shape[2] + top + bottom - height) - top
    columns = _start(numbers[:, 1], images.shape[3] + left + right - width) - left
    rows = rows[:, None] + torch.arange(height)
    columns = columns[:, None] + torch.arange(width)
    rows, outside_rows = _inside(rows, images.shape[2], term.padding_mode)
    columns, outside_columns = _inside(columns, images.shape[3], term.padding_mode)
    cut = gather(images, rows, columns)
    if term.padding_mode != "constant" or term.padding is None:
        return cut
    outside = (outside_rows[:, None, :, None] | outside_columns[:, None, None, :]).to(images.device)
    return torch.where(outside, fill_of(term.fill, images), cut)


def erase(images: Tensor, term: RandomErasing, numbers: Tensor) -> Tensor:
    """Cover a rectangle of some of the images."""
    height, width = images.shape[2:]
    shares, shapes = numbers[:, 4 : 4 + ATTEMPTS], numbers[:, 4 + ATTEMPTS : 4 + 2 * ATTEMPTS]
    area = height * width * between(shares, *term.scale)
    ratio = between(shapes, math.log(term.ratio[0]), math.log(term.ratio[1])).exp()
    tall, wide = (area * ratio).sqrt().round().long(), (area / ratio).sqrt().round().long()
    fits = (tall < height) & (wide < width)
    first = fits.int().argmax(1, keepdim=True)
    tall, wide = tall.gather(1, first)[:, 0], wide.gather(1, first)[:, 0]
    tops, lefts = _start(numbers[:, 1], height - tall), _start(numbers[:, 2], width - wide)
    rows, columns = torch.arange(height), torch.arange(width)
    inside_rows = (rows >= tops[:, None]) & (rows < (tops + tall)[:, None])
    inside_columns = (columns >= lefts[:, None]) & (columns < (lefts + wide)[:, None])
    happens = (numbers[:, 0] < term.p) & fits.any(1)
    covered = happens[:, None, None] & inside_rows[:, :, None] & inside_columns[:, None, :]
    value = _noise(images, numbers) if term.value == "random" else fill_of(term.value, images)
    return torch.where(covered[:, None].to(images.device), value, images)


def gather(images: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """The pixels at rows (N, H) and columns (N, W) of each image, as (N, C, H, W)."""
    device = images.device
    numbers = torch.arange(len(images), device=device)[:, None, None]
    picked = images.permute(0, 2, 3, 1)[numbers, rows.to(device)[:, :, None], columns.to(device)[:, None, :]]
    return picked.permute(0, 3, 1, 2).contiguous()


def fill_of(fill: float | tuple[float, ...], images: Tensor) -> Tensor:
    """A colour as (1, C or 1, 1, 1) of the images' type."""
    values = fill if isinstance(fill, tuple) else (fill,)
    return torch.tensor(values, device=images.device).round().to(images.dtype).view(1, -1, 1, 1)


def _noise(images: Tensor, numbers: Tensor) -> Tensor:
    """Noise for each pixel, from 0 to 255, that follows from a sample's own random number."""
    keys = (numbers[:, 3] * 2.0**53).long()
    pixels = uniform(keys, images[0].numel(), "noise", 0)
    return (pixels * 256).to(images.dtype).view(images.shape).to(images.device)


def _where(chosen: Tensor, images: Tensor, others: Tensor) -> Tensor:
    return torch.where(chosen.to(images.device)[:, None, None, None], images, others)


def _start(number: Tensor, most: Tensor | int) -> Tensor:
    """An int from 0 to `most` for each number from 0 to 1."""
    return (number * (most + 1)).long()


def _inside(places: Tensor, size: int, mode: str) -> tuple[Tensor, Tensor]:
    """The places within 0 and `size` that stand for those outside, and which those are."""
    outside = (places < 0) | (places >= size)
    if mode == "symmetric":
        places = places % (2 * size)
        return torch.where(places < size, places, 2 * size - 1 - places), outside
    if mode == "reflect" and size > 1:
        places = places % (2 * size - 2)
        return torch.where(places < size, places, 2 * size - 2 - places), outside
    return places.clamp(0, size - 1), outside
