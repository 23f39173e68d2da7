"""Dropout: zeros at random while training."""

from typing import Annotated

from archc.layers.base import SIGNAL, Layer, Readings, Shape, first_channels
from archc.layers.ranges import Range, dropped
from archc.terms.record import Doc
from archc.terms.values import Flag, Probability

_P = Annotated[Probability, Doc("Probability that a value is set to zero.")]
_Channel = Annotated[Probability, Doc("Probability that a channel is set to zero.")]
_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]


class AnyDropout(Layer):
    """What dropouts share. Abstract."""

    family = "dropout"
    principal = "p"
    positional = 1

    p: float


class ZeroingDropout(AnyDropout):
    """What sets values to zero. Abstract."""

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return dropped(x, self.p) if training else x


class ShiftingDropout(AnyDropout):
    """What sets values to another, and moves and scales all. Abstract."""

    def range_of(self, x: Range, shape: Shape, training: bool) -> Range:
        return Range(varies=x.varies) if training and self.p else x


class Dropout(ZeroingDropout):
    """While training, set each value to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(*) -> (*)`. Evaluation leaves the input as it is.
    """

    p: _P = 0.5
    inplace: _Inplace = False


class Dropout1d(ZeroingDropout):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, L) -> (C, L)`. Evaluation leaves the input as it is.
    """

    decides = False
    ranks = SIGNAL
    instead = {1: "Dropout", 3: "Dropout2d", 4: "Dropout3d"}

    p: _Channel = 0.5
    inplace: _Inplace = False


class Dropout2d(ZeroingDropout):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, H, W) -> (C, H, W)`, and like torch's any other, whose first axis it takes for the channels (W615).
    Evaluation leaves the input as it is.
    """

    decides = False

    p: _Channel = 0.5
    inplace: _Inplace = False

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)


class Dropout3d(ZeroingDropout):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, D, H, W) -> (C, D, H, W)`, and like torch's any other, whose first axis it takes for the channels
    (W615). Evaluation leaves the input as it is.
    """

    decides = False

    p: _Channel = 0.5
    inplace: _Inplace = False

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)


class AlphaDropout(ShiftingDropout):
    """While training, set values to SELU's lower limit, and keep mean and variance; it goes with `SELU`.

    Shape: `(*) -> (*)`. Evaluation leaves the input as it is.
    """

    p: _P = 0.5
    inplace: _Inplace = False


class FeatureAlphaDropout(ShiftingDropout):
    """While training, set whole channels to SELU's lower limit, and keep mean and variance.

    Shape: `(C, *) -> (C, *)`. Evaluation leaves the input as it is.
    """

    decides = False

    p: _Channel = 0.5
    inplace: _Inplace = False

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)
