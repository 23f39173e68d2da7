"""Normalisations."""

from typing import Annotated, ClassVar

from archc.layers.base import IMAGE, Layer, Shape
from archc.record import Doc
from archc.values import Flag, Positive, Probability, Size

_Features = Annotated[Size | None, Doc("Channels of the input; inferred.")]
_Eps = Annotated[Positive, Doc("Added to the variance, so that it is never zero.")]
_Momentum = Annotated[
    Probability | None,
    Doc("Weight of the newest batch in the running statistics; null for a plain mean."),
]
_Affine = Annotated[Flag, Doc("Learn a scale and an offset for each channel.")]
_Track = Annotated[Flag, Doc("Keep running statistics, which evaluation uses.")]
_Bias = Annotated[Flag, Doc("With `affine`: learn the offset too.")]


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
    bias: _Bias = True

    def params(self, x: Shape) -> int:
        return x[0] * (1 + self.bias) if self.affine else 0


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
    bias: _Bias = True

    def params(self, x: Shape) -> int:
        return x[0] * (1 + self.bias) if self.affine else 0
