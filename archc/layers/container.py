"""Layers that hold layers."""

from typing import Annotated, ClassVar

from archc.layers.base import ANY_NUMBER, INPUT, Layer, Shape
from archc.layers.merges import broadcast, joined
from archc.terms.record import Doc
from archc.terms.values import Axis


class Sequential(Layer):
    """Its layers, one after the other.

    Shape: that of the first layer's input to that of the last layer's output. Costs are the sums of its layers.
    """

    principal: ClassVar[str | None] = "layers"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("layers",)


class Residual(Layer):
    """The sum of its layers and a shortcut: `y = layers(x) + shortcut(x)`, or `layers(x) + x` without one.

    Shape: that of both branches, which must be equal; a size of 1 is stretched.
    """

    url: ClassVar[str] = "https://arxiv.org/abs/1512.03385"
    principal: ClassVar[str | None] = "layers"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("layers", "shortcut")
    branching: ClassVar[bool] = True
    may_be_empty: ClassVar[tuple[str, ...]] = ("shortcut",)

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names if "shortcut" in names else (*names, INPUT)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Residual", outputs)


class Concat(Layer):
    """The outputs of its branches, one after the other along an axis.

    Shape: that of the branches, which must be equal but for the axis `dim`, where their sizes add up.
    """

    url: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.cat.html"
    principal: ClassVar[str | None] = "branches"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("branches",)
    branching: ClassVar[bool] = True

    dim: Annotated[Axis, Doc("The axis along which the outputs are joined; axis 0 is the batch.")] = 1

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return joined(self.dim, outputs)


class Add(Layer):
    """The sum of the outputs of its branches.

    Shape: that of the branches, which must be equal; a size of 1 is stretched.
    """

    url: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.add.html"
    principal: ClassVar[str | None] = "branches"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("branches",)
    branching: ClassVar[bool] = True

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Add", outputs)


class Multiply(Layer):
    """The product of the outputs of its branches, as squeeze-and-excitation gates use it.

    Shape: that of the branches, which must be equal; a size of 1 is stretched.
    """

    url: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.mul.html"
    principal: ClassVar[str | None] = "branches"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("branches",)
    branching: ClassVar[bool] = True

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Multiply", outputs)
