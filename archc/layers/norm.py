"""Normalisations."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from archc.layers.base import IMAGE, Layer, Shape
from archc.values import Flag, NonNegative, Probability, Says, Size

_Features = Annotated[Size | None, Field(description="Channels of the input; inferred."), Says("an int of at least 1")]
_Eps = Annotated[NonNegative, Field(description="Added to the variance, so that it is never zero.")]
_Momentum = Annotated[
    Probability | None,
    Field(description="Weight of the newest batch in the running statistics; null for a plain mean."),
    Says("a number from 0 to 1, or null"),
]
_Affine = Annotated[Flag, Field(description="Learn a scale and an offset for each channel.")]
_Track = Annotated[Flag, Field(description="Keep running statistics, which evaluation uses.")]


class BatchNorm1d(Layer):
    """Normalise each feature over the batch: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C) -> (C)` or `(C, L) -> (C, L)`. While training, each feature needs more than one value in a batch.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html"
    positional: ClassVar[int] = 1
    ranks = {1: "features", 2: "channels, length"}
    instead = {3: "BatchNorm2d"}
    sizes = {"num_features": 0}

    num_features: _Features = None
    eps: _Eps = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = True
    track_running_stats: _Track = True

    def params(self, x: Shape) -> int:
        return 2 * x[0] if self.affine else 0


class BatchNorm2d(Layer):
    """Normalise each channel over the batch and the image: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, H, W) -> (C, H, W)`.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html"
    positional: ClassVar[int] = 1
    ranks = IMAGE
    instead = {1: "BatchNorm1d", 2: "BatchNorm1d"}
    sizes = {"num_features": 0}

    num_features: _Features = None
    eps: _Eps = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = True
    track_running_stats: _Track = True

    def params(self, x: Shape) -> int:
        return 2 * x[0] if self.affine else 0
