"""What one layer hands to the next, and what is known of it after a fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archc.layers import Shape
from archc.layers.base import Dtype, Reach
from archc.network import Node

Sizes = tuple[int | str, ...]
"""A shape as far as it is known, for messages: `?` for a size that is not."""


class Trail(NamedTuple):
    """The layers that a tensor has passed, for messages: the last one, what is known of its output, the trail to it."""

    step: Node
    before: Trail | None
    gives: Sizes

    def steps(self) -> Iterator[Trail]:
        """The trails to each of the layers, the last one first."""
        trail: Trail | None = self
        while trail:
            yield trail
            trail = trail.before


class Flow(NamedTuple):
    """What one layer hands to the next. Each spatial axis has a receptive field and a step, or None if unknown.

    After a fault there may be an `other` shape that the tensor could have: the sizes in which both differ are unknown.
    """

    shape: Shape
    dtype: Dtype
    field: tuple[int, ...] | None
    step: tuple[int, ...] | None
    trail: Trail | None = None
    other: Shape | None = None

    @property
    def known(self) -> Sizes:
        return known(self.shape, self.other)

    def trails(self) -> Iterator[Trail]:
        """Those to the layers that it has passed, the last one first."""
        return self.trail.steps() if self.trail else iter(())

    def behind(self, step: Node) -> Flow:
        """The same, and a layer more has been passed."""
        return self._replace(trail=Trail(step, self.trail, self.known))


Flows = dict[str, Flow | None]
"""What the layers beside one another hand on, by name, and under `INPUT` what their container receives."""


def known(shape: Shape, other: Shape | None) -> Sizes:
    """A shape with `?` for the sizes in which another one differs from it."""
    if other is None:
        return shape
    return tuple([a if a == b else "?" for a, b in zip(shape, other, strict=True)])


def narrowed(shapes: tuple[Shape, ...]) -> tuple[Shape, Shape | None] | None:
    """One of the shapes that a tensor may have, and another one that differs from it where any does.

    None if nothing is known: there are none, or they do not even agree in the number of axes.
    """
    if not shapes or len({len(shape) for shape in shapes}) > 1:
        return None
    first = shapes[0]
    other = tuple([next((size for size in sizes if size != sizes[0]), sizes[0]) for sizes in zip(*shapes, strict=True)])
    return first, None if other == first else other


def joined(shape: Shape, given: list[Flow]) -> Flow:
    """Several tensors as one of this shape; it has the trail of the first."""
    if len(given) == 1:
        return given[0]
    floats = any(flow.dtype == "float32" for flow in given)
    field, step = widest(given)
    return Flow(shape, "float32" if floats else "int64", field, step, given[0].trail)


Field = tuple[tuple[int, ...], tuple[int, ...]] | tuple[None, None]
"""The receptive field and the step of each spatial axis."""


def see(field: tuple[int, ...] | None, step: tuple[int, ...] | None, reach: Reach) -> Field:
    """The receptive field behind a layer: `r + (extent - 1) * step`, and the step times the layer's stride.

    Source: https://distill.pub/2019/computing-receptive-fields/, equations 1 and 2.
    """
    if field is None or step is None or reach is None:
        return None, None
    if not reach:
        return field, step
    fields = [size + (extent - 1) * gap for size, gap, (extent, _) in zip(field, step, reach, strict=True)]
    return tuple(fields), tuple([gap * stride for gap, (_, stride) in zip(step, reach, strict=True)])


def widest(branches: list[Flow]) -> Field:
    """The receptive field behind branches that are combined position by position: the widest of theirs.

    A branch of size 1 along an axis is stretched, so that its step does not count. None where the steps differ.
    """
    if any(flow.field is None for flow in branches):
        return None, None
    fields, steps = [], []
    for axis in range(len(branches[0].field or ())):
        known = [
            (flow.shape[axis + 1], flow.field[axis], flow.step[axis]) for flow in branches if flow.field and flow.step
        ]
        gaps = {gap for size, _, gap in known if size > 1}
        if len(gaps) > 1:
            return None, None
        fields.append(max(seen for _, seen, _ in known))
        steps.append(gaps.pop() if gaps else max(gap for _, _, gap in known))
    return tuple(fields), tuple(steps)
