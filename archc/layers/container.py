"""Layers that hold layers."""

from typing import Annotated, ClassVar

from archc.diagnostics import catalog
from archc.layers.base import ANY_NUMBER, Layer, Shape, axis
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

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        first = outputs[0]
        if any(len(shape) != len(first) for shape in outputs):
            raise catalog.blocks.BranchesDiffer(layer="Concat", shapes=outputs)
        along = axis("dim", self.dim, first)
        if along == 0:
            raise catalog.blocks.ConcatOfBatch(field="dim")
        rest = {shape[: along - 1] + shape[along:] for shape in outputs}
        if len(rest) > 1:
            raise catalog.blocks.BranchesDiffer(layer="Concat", shapes=outputs)
        joined = sum(shape[along - 1] for shape in outputs)
        return (*first[: along - 1], joined, *first[along:])


class Add(Layer):
    """The sum of the outputs of its branches.

    Shape: that of the branches, which must be equal; a size of 1 is stretched.
    """

    url: ClassVar[str] = "https://pytorch.org/docs/stable/generated/torch.add.html"
    principal: ClassVar[str | None] = "branches"
    dtypes = ANY_NUMBER
    contains: ClassVar[tuple[str, ...]] = ("branches",)
    branching: ClassVar[bool] = True

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

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Multiply", outputs)


def broadcast(layer: str, outputs: tuple[Shape, ...]) -> Shape:
    """The shape of outputs that are combined element by element; sizes of 1 are stretched, as torch does.

    Raises:
        BranchesDiffer: their numbers of axes differ, or a size differs and is not 1.
    """
    if len({len(shape) for shape in outputs}) > 1:
        raise catalog.blocks.BranchesDiffer(layer=layer, shapes=outputs)
    merged = []
    for sizes in zip(*outputs, strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            raise catalog.blocks.BranchesDiffer(layer=layer, shapes=outputs)
        merged.append(max(sizes))
    return tuple(merged)
