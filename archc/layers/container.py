"""Layers that hold layers."""

from typing import Annotated

from archc.layers.base import ANY_NUMBER, INPUT, Layer, Shape, sample_axis
from archc.layers.merges import broadcast, joined
from archc.layers.ranges import Range, added, concatenated, multiplied
from archc.terms.record import Doc, Kind
from archc.terms.values import Axis


class Sequential(Layer):
    """Its layers, one after the other.

    Shape: that of the first layer's input to that of the last layer's output. Costs are the sums of its layers.
    """

    family = "container"
    principal = "layers"
    dtypes = ANY_NUMBER
    contains = ("layers",)


class Residual(Layer):
    """The sum of its layers and a shortcut: `y = layers(x) + shortcut(x)`, or `layers(x) + x` without one.

    Shape: that of both branches, which must be equal; a size of 1 is stretched.
    """

    family = "container"
    url = "https://arxiv.org/abs/1512.03385"
    principal = "layers"
    dtypes = ANY_NUMBER
    contains = ("layers", "shortcut")
    branching = True
    may_be_empty = ("shortcut",)

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names if "shortcut" in names else (*names, INPUT)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Residual", outputs)

    def merged_range(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return added(given)


class Concat(Layer):
    """The outputs of its branches, one after the other along an axis.

    Shape: that of the branches, which must be equal but for the axis `dim`, where their sizes add up.
    """

    family = "container"
    url = "https://pytorch.org/docs/stable/generated/torch.cat.html"
    principal = "branches"
    dtypes = ANY_NUMBER
    contains = ("branches",)
    branching = True

    dim: Annotated[Axis, Doc("The axis along which the outputs are joined; axis 0 is the batch.")] = 1

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return joined(self.dim, outputs)

    def merged_range(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return concatenated(given, sample_axis("dim", self.dim, shape))


class Add(Layer):
    """The sum of the outputs of its branches.

    Shape: that of the branches, which must be equal; a size of 1 is stretched.
    """

    family = "container"
    url = "https://pytorch.org/docs/stable/generated/torch.add.html"
    principal = "branches"
    dtypes = ANY_NUMBER
    contains = ("branches",)
    branching = True

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Add", outputs)

    def merged_range(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return added(given)


class Multiply(Layer):
    """The product of the outputs of its branches, as squeeze-and-excitation gates use it.

    Shape: that of the branches, which must be equal; a size of 1 is stretched.
    """

    family = "container"
    url = "https://pytorch.org/docs/stable/generated/torch.mul.html"
    principal = "branches"
    dtypes = ANY_NUMBER
    contains = ("branches",)
    branching = True

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return names or (INPUT,)

    def merge(self, outputs: tuple[Shape, ...]) -> Shape:
        return broadcast("Multiply", outputs)

    def merged_range(self, given: tuple[Range, ...], shape: Shape) -> Range:
        return multiplied(given)


_NODE = Kind("the name of a node", {"type": "nullable", "schema": {"type": "str"}}, {"type": "string"})


class Graph(Layer):
    """Named nodes, each of which takes what any earlier ones give; `input` is what the graph itself receives.

    A node is a list of layers, which takes `input`, or a mapping: `from` (one node or a list of them), `merge` (`Add`,
    `Multiply` or `Concat`, which make one of several) and `layers`, which may be left out where there is a merge. Its
    module is a Sequential of the node's name; a node that only merges has none.

    Shape: that of its input to that of its output node. Every node is used, by a later one or as the output.
    """

    family = "container"
    url = "https://pytorch.org/docs/stable/notes/modules.html"
    dtypes = ANY_NUMBER
    contains = ("nodes",)
    branching = True

    output: Annotated[str | None, _NODE, Doc("The node whose output is the graph's; else it is the last one.")] = None

    def gives(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return (self.output,) if self.output else names[-1:] or (INPUT,)
