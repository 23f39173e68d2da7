"""Normalisations of each channel, over the batch or within each sample."""

from typing import Annotated

from archc.diagnostics import catalog
from archc.layers.base import CHANNELS, IMAGE, SIGNAL, VOLUME, Layer, Shape, numel
from archc.terms.record import Doc
from archc.terms.values import Flag, NonNegative, Positive, Probability, Size

_Features = Annotated[Size | None, Doc("Channels of the input; inferred.")]
_Eps = Annotated[Positive, Doc("Added to the variance, so that it is never zero.")]
_EpsOfSample = Annotated[NonNegative, Doc("Added to the variance, so that it is never zero.")]
_Momentum = Annotated[
    Probability | None,
    Doc("Weight of the newest batch in the running statistics; null for a plain mean."),
]
_Affine = Annotated[Flag, Doc("Learn a scale and an offset for each channel.")]
_Track = Annotated[Flag, Doc("Keep running statistics, which evaluation uses.")]
_Bias = Annotated[Flag, Doc("With `affine`: learn the offset too.")]


class ChannelNorm(Layer):
    """What the norms of each channel share. Abstract."""

    positional = 1
    sizes = {"num_features": CHANNELS}

    affine: bool
    bias: bool

    def params(self, x: Shape) -> int:
        return x[0] * (1 + self.bias) if self.affine else 0


class BatchNorm(ChannelNorm):
    """What the norms of each channel over the batch share. Abstract."""

    family = "batch norm"


class InstanceNorm(ChannelNorm):
    """What the norms of each channel within each sample share. Abstract."""

    family = "instance norm"

    def check_input(self, x: Shape) -> None:
        if numel(x[1:]) == 1:
            raise catalog.shapes.OneValuePerChannel(layer=type(self).__name__)


class BatchNorm1d(BatchNorm):
    """Normalise each feature over the batch: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C) -> (C)` or `(C, L) -> (C, L)`. While training, each feature needs more than one value in a batch.
    """

    ranks = {1: "features", 2: "channels, length"}
    instead = {3: "BatchNorm2d", 4: "BatchNorm3d"}

    num_features: _Features = None
    eps: _Eps = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = True
    track_running_stats: _Track = True
    bias: _Bias = True


class BatchNorm2d(BatchNorm):
    """Normalise each channel over the batch and the image: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, H, W) -> (C, H, W)`.
    """

    ranks = IMAGE
    instead = {1: "BatchNorm1d", 2: "BatchNorm1d", 4: "BatchNorm3d"}

    num_features: _Features = None
    eps: _Eps = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = True
    track_running_stats: _Track = True
    bias: _Bias = True


class BatchNorm3d(BatchNorm):
    """Normalise each channel over the batch and the volume: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, D, H, W) -> (C, D, H, W)`.
    """

    ranks = VOLUME
    instead = {1: "BatchNorm1d", 2: "BatchNorm1d", 3: "BatchNorm2d"}

    num_features: _Features = None
    eps: _Eps = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = True
    track_running_stats: _Track = True
    bias: _Bias = True


class InstanceNorm1d(InstanceNorm):
    """Normalise each channel of each sample over the length: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, L) -> (C, L)`, with more than one position.
    """

    ranks = SIGNAL
    instead = {3: "InstanceNorm2d", 4: "InstanceNorm3d"}

    num_features: _Features = None
    eps: _EpsOfSample = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = False
    track_running_stats: _Track = False
    bias: _Bias = True


class InstanceNorm2d(InstanceNorm):
    """Normalise each channel of each sample over the image: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, H, W) -> (C, H, W)`, with more than one position.
    """

    ranks = IMAGE
    instead = {2: "InstanceNorm1d", 4: "InstanceNorm3d"}

    num_features: _Features = None
    eps: _EpsOfSample = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = False
    track_running_stats: _Track = False
    bias: _Bias = True


class InstanceNorm3d(InstanceNorm):
    """Normalise each channel of each sample over the volume: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, D, H, W) -> (C, D, H, W)`, with more than one position.
    """

    ranks = VOLUME
    instead = {2: "InstanceNorm1d", 3: "InstanceNorm2d"}

    num_features: _Features = None
    eps: _EpsOfSample = 1e-5
    momentum: _Momentum = 0.1
    affine: _Affine = False
    track_running_stats: _Track = False
    bias: _Bias = True
