"""Dropout: zeros at random while training."""

from typing import Annotated, ClassVar

from archc.layers.base import Layer
from archc.record import Doc
from archc.values import Flag, Probability

_P = Annotated[Probability, Doc("Probability that a value is set to zero.")]
_Inplace = Annotated[Flag, Doc("Overwrite the input instead of making a new tensor.")]


class Dropout(Layer):
    """While training, set each value to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(*) -> (*)`. Evaluation leaves the input as it is.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html"
    principal: ClassVar[str | None] = "p"
    positional: ClassVar[int] = 1

    p: _P = 0.5
    inplace: _Inplace = False


class Dropout2d(Layer):
    """While training, set whole channels to zero with probability `p` and divide the others by `1 - p`.

    Shape: `(C, H, W) -> (C, H, W)`. Evaluation leaves the input as it is.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html"
    principal: ClassVar[str | None] = "p"
    positional: ClassVar[int] = 1

    p: _P = 0.5
    inplace: _Inplace = False
