"""How a loss of torch.nn is called where it takes more than outputs and targets.

None of it waits for the device, as torch's own checks of values would: a step may be recorded.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def gaussian(module: nn.Module, outputs_n: Tensor, targets_n: Tensor) -> Tensor:
    """GaussianNLLLoss of (N, 2 * M, ...) means and variances and (N, M, ...) targets, by torch's formula.

    torch looks first whether a variance is below 0, which waits for the device; here such a one counts as `eps`.
    """
    assert isinstance(module, nn.GaussianNLLLoss)
    means, variances = outputs_n.chunk(2, 1)
    # The value is clamped alone: as torch has it, the gradient is that of the variance itself.
    held = variances + (variances.clamp(min=module.eps) - variances).detach()
    losses = 0.5 * (held.log() + (means - targets_n) ** 2 / held)
    if module.full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return losses.sum() if module.reduction == "sum" else losses.mean()


def triplets(module: nn.Module, vectors_nd: Tensor, labels_n: Tensor) -> Tensor:
    """The sum of torch's TripletMarginLoss over the anchors of a batch; see `anchors`.

    Each is compared with the farthest sample of its class, and with the nearest of another that is farther still; where
    all others are nearer, with the farthest of them.

    Source: Schroff, Kalenichenko and Philbin, FaceNet, 2015: semi-hard negatives.
    """
    assert isinstance(module, nn.TripletMarginLoss)
    same, itself = _pairs(labels_n)
    with torch.no_grad():
        vectors = vectors_nd.detach()
        apart = torch.cdist(vectors, vectors, p=module.p)
        alike = torch.where(same & ~itself, apart, -1.0)
        positive = alike.argmax(1)
        beyond = ~same & (apart > alike.amax(1, keepdim=True))
        nearest, farthest = torch.where(beyond, apart, torch.inf).argmin(1), torch.where(same, -1.0, apart).argmax(1)
        negative = torch.where(beyond.any(1), nearest, farthest)
    of_each = nn.functional.triplet_margin_loss(
        vectors_nd,
        vectors_nd.index_select(0, positive),
        vectors_nd.index_select(0, negative),
        module.margin,
        module.p,
        module.eps,
        module.swap,
        reduction="none",
    )
    return torch.where(anchors(labels_n), of_each, 0.0).sum()


def anchors(labels_n: Tensor) -> Tensor:
    """(N,) which samples of a batch have another one of their class in it, and one of another class."""
    same, _ = _pairs(labels_n)
    alike = same.sum(1)
    return (alike > 1) & (alike < len(labels_n))


def _pairs(labels_n: Tensor) -> tuple[Tensor, Tensor]:
    """(N, N) which samples are of one class, and which are the same."""
    places = torch.arange(len(labels_n), device=labels_n.device)
    return labels_n[:, None] == labels_n, places[:, None] == places
