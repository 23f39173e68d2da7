"""How several tensors become one, as the containers with branches and the nodes of a Graph do it."""

from collections.abc import Mapping
from typing import Annotated, Final

from archc.diagnostics import catalog
from archc.layers.base import Shape, axis, sample_axis
from archc.layers.ranges import Range, added, concatenated, multiplied
from archc.terms.record import Doc
from archc.terms.term import Table, Term
from archc.terms.values import Axis


class Merge(Term):
    """Base of what makes one tensor of several."""

    def shape(self, given: tuple[Shape, ...]) -> Shape:
        """The shape of the one.

        Raises:
            BranchesDiffer: the given ones cannot be merged.
        """
        raise AssertionError(f"{type(self).__name__} says nothing of its shape")

    def range_of(self, given: tuple[Range, ...], shape: Shape) -> Range:
        """What is known of the values of the one, which has this shape."""
        raise AssertionError(f"{type(self).__name__} says nothing of its values")


class Add(Merge):
    """The sum. Shapes are equal; a size of 1 is stretched."""

    url = "https://pytorch.org/docs/stable/generated/torch.add.html"

    def shape(self, given: tuple[Shape, ...]) -> Shape:
        return broadcast("Add", given)

    def range_of(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return added(given)


class Multiply(Merge):
    """The product. Shapes are equal; a size of 1 is stretched."""

    url = "https://pytorch.org/docs/stable/generated/torch.mul.html"

    def shape(self, given: tuple[Shape, ...]) -> Shape:
        return broadcast("Multiply", given)

    def range_of(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return multiplied(given)


class Concat(Merge):
    """One after the other along an axis. Shapes are equal but for the axis `dim`, where the sizes add up."""

    url = "https://pytorch.org/docs/stable/generated/torch.cat.html"
    principal = "dim"

    dim: Annotated[Axis, Doc("The axis along which they are joined; axis 0 is the batch.")] = 1

    def shape(self, given: tuple[Shape, ...]) -> Shape:
        return joined(self.dim, given)

    def range_of(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return concatenated(given, sample_axis("dim", self.dim, shape))


_MODULES: Final[Mapping[str, str]] = {"Add": "merges", "Concat": "merges", "Multiply": "merges"}

MERGES: Final[Table[Merge]] = Table("archc.layers", _MODULES)


def joined(dim: int, given: tuple[Shape, ...]) -> Shape:
    """The shape of tensors one after the other along an axis, as torch counts it.

    Raises:
        BranchesDiffer: they differ in another axis.
        ConcatOfBatch: the axis is the batch.
        NoSuchAxis: they do not have it.
    """
    first = given[0]
    if any(len(shape) != len(first) for shape in given):
        raise catalog.blocks.BranchesDiffer(layer="Concat", shapes=given)
    along = axis("dim", dim, first)
    if along == 0:
        raise catalog.blocks.ConcatOfBatch(field="dim")
    total = sum(shape[along - 1] for shape in given)
    outputs = tuple([(*shape[: along - 1], total, *shape[along:]) for shape in given])
    if len(set(outputs)) > 1:
        raise catalog.blocks.BranchesDiffer(layer="Concat", shapes=given, possible=outputs)
    return outputs[0]


def broadcast(layer: str, given: tuple[Shape, ...]) -> Shape:
    """The shape of tensors that are combined element by element; sizes of 1 are stretched, as torch does.

    Raises:
        BranchesDiffer: their numbers of axes differ, or a size differs and is not 1.
    """
    if len({len(shape) for shape in given}) > 1:
        raise catalog.blocks.BranchesDiffer(layer=layer, shapes=given)
    merged = []
    for sizes in zip(*given, strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            raise catalog.blocks.BranchesDiffer(layer=layer, shapes=given, possible=given)
        merged.append(max(sizes))
    return tuple(merged)
