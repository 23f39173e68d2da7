"""Dropout: zeros at random while training."""

from typing import Annotated

from archc.layers.base import SIGNAL, Layer, Readings, Shape, first_channels
from archc.terms.record import Doc
from archc.terms.values import Flag, Probability

_P = Annotated[Probability, Doc("Probability that a value is set to zero.")]
_Channel = Annotated[Probability, Doc("Probability that a channel is set to zero.")]
_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]


class Dropout(Layer):
    """While training, set each value to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(*) -> (*)`. Evaluation leaves the input as it is.
    """

    family = "dropout"
    principal = "p"
    positional = 1

    p: _P = 0.5
    inplace: _Inplace = False


class Dropout1d(Layer):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, L) -> (C, L)`. Evaluation leaves the input as it is.
    """

    family = "dropout"
    principal = "p"
    positional = 1
    decides = False
    ranks = SIGNAL
    instead = {1: "Dropout", 3: "Dropout2d", 4: "Dropout3d"}

    p: _Channel = 0.5
    inplace: _Inplace = False


class Dropout2d(Layer):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, H, W) -> (C, H, W)`, and like torch's any other, whose first axis it takes for the channels (W615).
    Evaluation leaves the input as it is.
    """

    family = "dropout"
    principal = "p"
    positional = 1
    decides = False

    p: _Channel = 0.5
    inplace: _Inplace = False

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)


class Dropout3d(Layer):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, D, H, W) -> (C, D, H, W)`, and like torch's any other, whose first axis it takes for the channels
    (W615). Evaluation leaves the input as it is.
    """

    family = "dropout"
    principal = "p"
    positional = 1
    decides = False

    p: _Channel = 0.5
    inplace: _Inplace = False

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)


class AlphaDropout(Layer):
    """While training, set values to SELU's lower limit, and keep mean and variance; it goes with `SELU`.

    Shape: `(*) -> (*)`. Evaluation leaves the input as it is.
    """

    family = "dropout"
    principal = "p"
    positional = 1

    p: _P = 0.5
    inplace: _Inplace = False


class FeatureAlphaDropout(Layer):
    """While training, set whole channels to SELU's lower limit, and keep mean and variance.

    Shape: `(C, *) -> (C, *)`. Evaluation leaves the input as it is.
    """

    family = "dropout"
    principal = "p"
    positional = 1
    decides = False

    p: _Channel = 0.5
    inplace: _Inplace = False

    def reads(self, x: Shape) -> Readings:
        return first_channels(x)
