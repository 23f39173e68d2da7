"""Rotations, affine maps and resized crops, of whole batches of uint8 images (N, C, H, W)."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - torch's own name for it

from archc.data.augment.draws import ATTEMPTS, between
from archc.data.augment.position import fill_of, gather
from archc.recipe.augmentations.geometry import RandomAffine, RandomResizedCrop, RandomRotation


def rotate(images: Tensor, term: RandomRotation, numbers: Tensor) -> Tensor:
    """Turn each image, counter-clockwise."""
    angles = between(numbers[:, 0], *term.degrees)
    zeros = torch.zeros_like(angles)
    maps = inverse_maps(-angles, (zeros, zeros), torch.ones_like(angles), (zeros, zeros), _middle(images, term.center))
    return _sample(images, maps, term.interpolation, term.fill)


def affine(images: Tensor, term: RandomAffine, numbers: Tensor) -> Tensor:
    """Turn, move, scale and shear each image."""
    height, width = images.shape[2:]
    angles = between(numbers[:, 0], *term.degrees)
    far_x, far_y = (share * size for share, size in zip(term.translate or (0, 0), (width, height), strict=True))
    moves = between(numbers[:, 1], -far_x, far_x).round(), between(numbers[:, 2], -far_y, far_y).round()
    scales = between(numbers[:, 3], *(term.scale or (1.0, 1.0)))
    shear = (*(term.shear or (0.0, 0.0)), 0.0, 0.0)
    shears = between(numbers[:, 4], shear[0], shear[1]), between(numbers[:, 5], shear[2], shear[3])
    maps = inverse_maps(angles, moves, scales, shears, _middle(images, term.center))
    return _sample(images, maps, term.interpolation, term.fill)


def resized_crop(images: Tensor, term: RandomResizedCrop, numbers: Tensor) -> Tensor:
    """Cut a piece out of each image, and stretch it to the size of the image."""
    size: tuple[int, int] = (images.shape[2], images.shape[3])
    tops, lefts, tall, wide = pieces(term, size, numbers)
    if term.interpolation == "nearest":
        rows = tops[:, None] + (torch.arange(size[0]) * (tall[:, None] / size[0])).long()
        columns = lefts[:, None] + (torch.arange(size[1]) * (wide[:, None] / size[1])).long()
        return gather(images, rows, columns)
    grid_y = _places(tops, tall, size[0])[:, :, None].expand(-1, -1, size[1])
    grid_x = _places(lefts, wide, size[1])[:, None, :].expand(-1, size[0], -1)
    grid = torch.stack((grid_x, grid_y), 3).float().to(images.device)
    sampled = F.grid_sample(images.float(), grid, mode="bilinear", align_corners=False)
    return sampled.round().to(images.dtype)


def pieces(term: RandomResizedCrop, size: tuple[int, int], numbers: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Top, left, height and width of a piece for each image, (N,) int64."""
    height, width = size
    area = height * width * between(numbers[:, 2 : 2 + ATTEMPTS], *term.scale)
    ratio = between(numbers[:, 2 + ATTEMPTS : 2 + 2 * ATTEMPTS], math.log(term.ratio[0]), math.log(term.ratio[1])).exp()
    wide, tall = (area * ratio).sqrt().round().long(), (area / ratio).sqrt().round().long()
    fits = (wide > 0) & (wide <= width) & (tall > 0) & (tall <= height)
    first, found = fits.int().argmax(1, keepdim=True), fits.any(1)
    middle_tall, middle_wide = _fallback(term, size)
    tall = torch.where(found, tall.gather(1, first)[:, 0], middle_tall)
    wide = torch.where(found, wide.gather(1, first)[:, 0], middle_wide)
    tops = torch.where(found, (numbers[:, 0] * (height - tall + 1)).long(), (height - tall) // 2)
    lefts = torch.where(found, (numbers[:, 1] * (width - wide + 1)).long(), (width - wide) // 2)
    return tops, lefts, tall, wide


def _fallback(term: RandomResizedCrop, size: tuple[int, int]) -> tuple[int, int]:
    """Height and width of the middle piece that torchvision takes where no drawn one fits."""
    height, width = size
    if width / height < min(term.ratio):
        return round(width / min(term.ratio)), width
    if width / height > max(term.ratio):
        return height, round(height * max(term.ratio))
    return height, width


def inverse_maps(
    angles: Tensor, moves: tuple[Tensor, Tensor], scales: Tensor, shears: tuple[Tensor, Tensor], middle: Tensor
) -> Tensor:
    """(N, 2, 3) float64: where each pixel comes from, in pixels from the middle. Angles are degrees, clockwise.

    Source: torchvision.transforms.functional, `_get_inverse_affine_matrix`.
    """
    turn, shear_x, shear_y = torch.deg2rad(angles), torch.deg2rad(shears[0]), torch.deg2rad(shears[1])
    a = (turn - shear_y).cos() / shear_y.cos()
    b = -(turn - shear_y).cos() * shear_x.tan() / shear_y.cos() - turn.sin()
    c = (turn - shear_y).sin() / shear_y.cos()
    d = -(turn - shear_y).sin() * shear_x.tan() / shear_y.cos() + turn.cos()
    x, y = -middle[0] - moves[0], -middle[1] - moves[1]
    first = torch.stack((d, -b, d * x - b * y), 1) / scales[:, None]
    second = torch.stack((-c, a, -c * x + a * y), 1) / scales[:, None]
    maps = torch.stack((first, second), 1)
    maps[:, :, 2] += middle
    return maps


def _middle(images: Tensor, center: tuple[float, float] | None) -> Tensor:
    """What is turned around: (x, y) in pixels from the middle."""
    if center is None:
        return torch.zeros(2, dtype=torch.float64)
    return torch.tensor([center[0] - images.shape[3] * 0.5, center[1] - images.shape[2] * 0.5], dtype=torch.float64)


def _sample(images: Tensor, maps: Tensor, mode: str, fill: float | tuple[float, ...]) -> Tensor:
    """The images at the places that the maps say, with `fill` where these lie outside.

    Source: torchvision.transforms.functional, `_gen_affine_grid` and `_apply_grid_transform`.
    """
    height, width = images.shape[2:]
    x = torch.linspace(-width * 0.5 + 0.5, width * 0.5 - 0.5, width)
    y = torch.linspace(-height * 0.5 + 0.5, height * 0.5 - 0.5, height)
    places = torch.stack((x.expand(height, -1), y[:, None].expand(-1, width), torch.ones(height, width)), 2)
    scaled = maps.float().transpose(1, 2) / torch.tensor([0.5 * width, 0.5 * height])
    grid = (places.view(1, -1, 3).expand(len(maps), -1, -1) @ scaled).view(-1, height, width, 2).to(images.device)
    mask = torch.ones_like(images[:, :1])
    sampled = F.grid_sample(torch.cat((images, mask), 1).float(), grid, mode=mode, align_corners=False)
    pixels, covered = sampled[:, :-1], sampled[:, -1:]
    around = fill_of(fill, images).float()
    mixed = (
        torch.where(covered < 0.5, around, pixels) if mode == "nearest" else pixels * covered + (1 - covered) * around
    )
    return mixed.round().to(images.dtype)


def _places(start: Tensor, length: Tensor, size: int) -> Tensor:
    """(N, size) float64: where the pixels of a stretched piece come from, as grid_sample counts, from -1 to 1."""
    scale = (length / size)[:, None].double()
    inside = ((torch.arange(size) + 0.5) * scale - 0.5).clamp(min=0)
    inside = torch.minimum(inside, (length - 1)[:, None].double())
    return (2 * (start[:, None] + inside) + 1) / size - 1
