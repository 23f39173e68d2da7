"""Normalisations within each sample, over groups of channels or over the last axes."""

from typing import Annotated, Any

from archc.diagnostics import catalog
from archc.layers.base import (
    CHANNELS,
    FEATURES,
    TO_FLOAT,
    Layer,
    Readings,
    Shape,
    check_multiple,
    first_channels,
    last_features,
    numel,
)
from archc.layers.ranges import Range, normalised
from archc.terms.record import Doc
from archc.terms.values import Flag, NonNegative, Real, Size, Sizes

_Eps = Annotated[NonNegative, Doc("Added to the variance, so that it is not zero.")]
_Shape = Annotated[Sizes | None, Doc("Sizes of the last axes, over which it normalises; inferred: the last axis.")]


class GroupNorm(Layer):
    """Normalise groups of channels within each sample: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(C, *) -> (C, *)`, C being a multiple of `num_groups`.
    """

    family = "sample norm"
    principal = "num_groups"
    positional = 2
    sizes = {"num_channels": CHANNELS}

    num_groups: Annotated[Size, Doc("Groups of channels.")]
    num_channels: Annotated[Size | None, Doc("Channels of the input; inferred.")] = None
    eps: _Eps = 1e-5
    affine: Annotated[Flag, Doc("Learn a scale and an offset for each channel.")] = True
    bias: Annotated[Flag, Doc("With `affine`: learn the offset too.")] = True

    def check_input(self, x: Shape) -> None:
        check_multiple("num_groups", ("num_channels", x[0]), ("num_groups", self.num_groups))

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)

    def params(self, x: Shape) -> int:
        return x[0] * (1 + self.bias) if self.affine else 0

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return normalised(x, numel(shape) // self.num_groups, learns=self.affine)


class LayerNorm(Layer):
    """Normalise over the last axes within each sample: `y = (x - mean) / sqrt(var + eps) * weight + bias`.

    Shape: `(*, normalized_shape) -> (*, normalized_shape)`. Left out, `normalized_shape` is the last axis.
    """

    family = "sample norm"
    principal = "normalized_shape"
    positional = 1
    sizes = {"normalized_shape": FEATURES}
    decides = False

    normalized_shape: _Shape = None
    eps: _Eps = 1e-5
    elementwise_affine: Annotated[Flag, Doc("Learn a scale and an offset for each element.")] = True
    bias: Annotated[Flag, Doc("With `elementwise_affine`: learn the offset too.")] = True

    def inferred(self, x: Shape) -> dict[str, Any]:
        return {"normalized_shape": _last(self.normalized_shape, x)}

    def reads(self, x: Shape) -> Readings:
        return _features(self.normalized_shape, x)

    def params(self, x: Shape) -> int:
        return numel(_last(self.normalized_shape, x)) * (1 + self.bias) if self.elementwise_affine else 0

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return normalised(x, numel(_last(self.normalized_shape, shape)), learns=self.elementwise_affine)


class RMSNorm(Layer):
    """Divide by the root of the mean square over the last axes: `y = x / sqrt(mean(x ** 2) + eps) * weight`.

    Shape: `(*, normalized_shape) -> (*, normalized_shape)`. Left out, `normalized_shape` is the last axis.
    """

    family = "sample norm"
    principal = "normalized_shape"
    positional = 1
    sizes = {"normalized_shape": FEATURES}
    decides = False

    normalized_shape: _Shape = None
    eps: Annotated[NonNegative | None, Doc("Added to the mean square; null for the least step of the number type.")] = (
        None
    )
    elementwise_affine: Annotated[Flag, Doc("Learn a scale for each element.")] = True

    def inferred(self, x: Shape) -> dict[str, Any]:
        return {"normalized_shape": _last(self.normalized_shape, x)}

    def reads(self, x: Shape) -> Readings:
        return _features(self.normalized_shape, x)

    def params(self, x: Shape) -> int:
        return numel(_last(self.normalized_shape, x)) if self.elementwise_affine else 0


class LocalResponseNorm(Layer):
    """Divide by a mean over neighbouring channels: `y = x / (k + alpha * mean(x ** 2)) ** beta`.

    Shape: `(C, L, *) -> (C, L, *)`. The mean is that of `size` channels around each.
    """

    family = "sample norm"
    principal = "size"
    positional = 1
    dtypes = TO_FLOAT

    size: Annotated[Size, Doc("Neighbouring channels that are counted.")]
    alpha: Annotated[Real, Doc("Factor of the mean.")] = 1e-4
    beta: Annotated[Real, Doc("Exponent.")] = 0.75
    k: Annotated[Real, Doc("Added to the mean.")] = 1.0

    def infer(self, x: Shape) -> Shape:
        if len(x) < 2:
            raise catalog.shapes.WrongRank(layer="LocalResponseNorm", shape=x, expected={2: "channels, length"})
        return x

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)


def _last(written: tuple[int, ...] | None, x: Shape) -> Shape:
    """The sizes of as many last axes as are written, or of the last one."""
    return x[-len(written) :] if written else x[-1:]


def _features(written: tuple[int, ...] | None, x: Shape) -> Readings:
    """The last axis is expected to hold the features. Who writes several axes has chosen them."""
    return last_features(x) if written is None or len(written) == 1 else ()
