"""Layers that hold layers."""

from typing import ClassVar

from archc.layers.base import ANY_NUMBER, Layer


class Sequential(Layer):
    """Its layers, one after the other.

    Shape: that of the first layer's input to that of the last layer's output. Costs are the sums of its layers.
    """

    source: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html"
    principal: ClassVar[str | None] = "layers"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("layers",)
