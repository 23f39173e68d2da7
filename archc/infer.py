"""Spec -> network: runs every layer's shape rule, and gives faults their places."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault, Remedy
from archc.diagnostics.report import Label, Report
from archc.diagnostics.words import dimensions
from archc.layers import Layer, Shape
from archc.layers.base import INPUT, Dtype, Reach, Readings
from archc.network import ITEM_BYTES, Network, Node
from archc.spec import InputSpec, LayerSpec, Places, Spec

if TYPE_CHECKING:
    from archc.axes.turns import Standing
    from archc.source import Span

_SHOWN_STEPS = 4
_KNOWN_STEPS = 100
"""So many layers are asked what the axes of a tensor hold, that the next one cannot take."""


class Trail(NamedTuple):
    """The layers that a tensor has passed, for messages: the last one, and the trail to it."""

    step: Node
    before: Trail | None


class Flow(NamedTuple):
    """What one layer hands to the next. Each spatial axis has a receptive field and a step, or None if unknown."""

    shape: Shape
    dtype: Dtype
    field: tuple[int, ...] | None
    step: tuple[int, ...] | None
    trail: Trail | None = None


Flows = dict[str, Flow | None]
"""What the layers beside one another hand on, by name, and under `INPUT` what their container receives."""


def infer(spec: Spec, report: Report, input_shape: Shape | None = None) -> Network | None:
    """The network of a spec, or None with the reasons in the report.

    `input_shape` asks about another input than the spec's. After a fault the shape is unknown, and nothing that
    follows is blamed.
    """
    given = spec.input
    if given is None or not spec.layers:
        return None
    if input_shape is not None:
        given = given._replace(shape=input_shape)
    ones = (1,) * (len(given.shape) - 1) or None
    start = Flow(given.shape, given.dtype, ones, ones)
    nodes, flows = _Inference(given, report, input_shape).siblings(spec.layers, False, start, "", 1)
    end = [*flows.values()][-1]
    if end is None or not report.ok:
        return None
    return Network(
        name=spec.name,
        input=given.shape,
        output=end.shape,
        input_dtype=given.dtype,
        output_dtype=end.dtype,
        nodes=nodes,
        description=spec.description,
        train=spec.train,
        input_axes=given.axes if given.axes and len(given.axes) == len(given.shape) else None,
    )


class _Inference:
    def __init__(self, given: InputSpec, report: Report, asked: Shape | None) -> None:
        self.given = given
        self.report = report
        self.is_asked = asked is not None or given.sizes.source.origin == "override"
        """Whether the shape of the input is not the one of the text."""

    def siblings(
        self, layers: tuple[LayerSpec, ...], branching: bool, x: Flow | None, prefix: str, depth: int
    ) -> tuple[tuple[Node, ...], Flows]:
        """The nodes of layers beside one another, and what each hands on: None after a fault.

        Each takes what it names; else a branch takes what the container receives, and a layer what the last one gives.
        """
        flows: Flows = {INPUT: x}
        nodes = []
        last = (INPUT,)
        for index, spec in enumerate(layers):
            name = spec.name or str(index)
            inputs = spec.inputs or last
            taken = flows[inputs[0]] if len(inputs) == 1 else self.merged(spec, inputs, flows, prefix + name)
            node, flows[name] = self.place(spec, inputs, taken, prefix + name, depth)
            if node:
                nodes.append(node)
            if not branching:
                last = (name,)
        return tuple(nodes), flows

    def place(
        self, spec: LayerSpec, inputs: tuple[str, ...], x: Flow | None, path: str, depth: int
    ) -> tuple[Node | None, Flow | None]:
        """The node of one layer, and what it hands on; both None after a fault."""
        if spec.layer is None:
            return None, None
        if spec.layer.contains:
            return self.container(spec, spec.layer, inputs, x, path, depth)
        if x is None:
            return None, None
        try:
            return _through(spec, spec.layer, inputs, x, path, depth)
        except Fault as fault:
            self.blame(fault, spec, path, x)
            return None, None

    def container(
        self, spec: LayerSpec, layer: Layer, inputs: tuple[str, ...], x: Flow | None, path: str, depth: int
    ) -> tuple[Node | None, Flow | None]:
        """A container: what it hands on is made of what it `gives` names."""
        children, flows = self.siblings(spec.children, layer.branching, x, f"{path}.", depth + 1)
        if x is None or None in flows.values():
            return None, None
        names = layer.gives(tuple(flows)[1:])  # the first is INPUT
        given = [flow for name in names if (flow := flows[name])]
        try:
            y = _joined(layer.merge(tuple([flow.shape for flow in given])), given)
        except catalog.blocks.BranchesDiffer as fault:
            shortcut = _shortcut(x.shape, given[0].shape) if INPUT in names else None
            said = tuple("the input" if name == INPUT else name for name in names)
            from archc.axes.branches import with_turns

            fault = with_turns(fault.with_(names=said, remedy_text=shortcut), layer, children, self.standing(x))
            self.blame(fault, spec, path, x)
            return None, None
        except Fault as fault:
            self.blame(fault, spec, path, x)
            return None, None
        node = _parent(spec, layer, inputs, path, depth, x, y, children)
        if layer.branching:
            y = y._replace(trail=Trail(node, x.trail))
        return node, y

    def merged(self, spec: LayerSpec, inputs: tuple[str, ...], flows: Flows, path: str) -> Flow | None:
        """What a node of a Graph makes of several; None where one is unknown, or they cannot be merged."""
        given = [flow for name in inputs if (flow := flows[name])]
        if spec.merge is None or len(given) < len(inputs):
            return None
        names = tuple("input" if name == INPUT else name for name in inputs)
        try:
            return _joined(spec.merge.shape(tuple([flow.shape for flow in given])), given)
        except catalog.blocks.BranchesDiffer as fault:
            self.unmerged(fault.with_(names=names, node=path.rpartition(".")[2]), spec, path, given)
        except Fault as fault:
            self.unmerged(fault, spec, path, given)
        return None

    def unmerged(self, fault: Fault, spec: LayerSpec, path: str, given: list[Flow]) -> None:
        """Report what cannot be merged: at the node's `merge`, with where each of what it takes comes from."""
        labels = [self.producer(fault, flow) for flow in given]
        at = spec.places.of("merge")
        self.report.add(
            fault.with_(field=None),
            at,
            path=spec.places.path,
            labels=[*labels, *spec.places.calls],
            notes=[f"in the node `{path}`"],
            fixable=False,
        )

    def blame(self, fault: Fault, spec: LayerSpec, path: str, x: Flow) -> None:
        """Report a fault of a layer: at its argument, with where the incoming shape comes from, and the way it took."""
        from archc.axes.turns import with_ways  # loaded where it is used: `archc check` starts faster

        places, standing = spec.places, self.standing(x)
        fault, holds = self.with_input(fault, x, standing), standing.held.holds
        if spec.layer:
            fault = with_ways(fault, spec.layer, standing, places)
        labels = [self.producer(fault, x, holds), *places.calls]
        steps = [*islice(_steps(x), _SHOWN_STEPS + 1)]
        shown = [f"`{step.path}` ({step.type}) {dimensions(step.output)}" for step in steps[:_SHOWN_STEPS][::-1]]
        start = ["..."] if len(steps) > _SHOWN_STEPS else [f"input {dimensions(self.given.shape)}"]
        notes = [f"in layer `{path}` ({spec.type}), which receives {self.sized(x.shape, holds)}"]
        if places.repetition:
            notes.append(f"in {places.repetition}")
        if shown:
            notes.append("the shapes so far: " + " -> ".join(start + shown))
        remedy, value = fault.remedy(), places.values.get(fault.field or "")
        at = places.of(fault.field)
        if self.is_asked and x.trail is None and isinstance(fault, catalog.shapes.WrongRank):
            # The text has a right input: what the command line says in its stead is wrong.
            labels[0], at = Label(at, f"receives {dimensions(x.shape, holds)}"), labels[0].span
        self.report.add(
            fault,
            at,
            path=places.path,
            labels=labels,
            notes=notes,
            target=_target(fault, places) or value,
            fixable=self.is_fixable(remedy, value),
        )

    def is_fixable(self, remedy: Remedy | None, value: Span | None) -> bool:
        """Whether the text can be mended.

        Where the argument was left out, its layer's name is marked, which is not to be replaced. An input that is asked
        about is not that of the text.
        """
        if remedy is None or remedy.action == "set-input":
            return not self.is_asked
        return value is not None or remedy.action != "replace"

    def with_input(self, fault: Fault, x: Flow, standing: Standing) -> Fault:
        """A fault with what is odd about the network's input, if anything is."""
        shape = self.given.shape
        if isinstance(fault, catalog.shapes.WrongRank):
            return fault.with_(at_input=x.trail is None)
        if isinstance(fault, catalog.windows.WindowTooLarge) and standing.is_input and _is_channels_last(shape):
            return fault.with_(channels_first=(shape[2], *shape[:2]))
        return fault

    def sized(self, shape: Shape, holds: Readings) -> str:
        """A shape with what its axes hold, where that is no image, or the author names those of the input."""
        return dimensions(shape, holds, always=self.given.axes is not None)

    def standing(self, x: Flow) -> Standing:
        """What is known of the axes of a tensor from the last layers that it has passed."""
        from archc.axes.turns import stand

        steps = [*islice(_steps(x), _KNOWN_STEPS + 1)][::-1]
        if len(steps) > _KNOWN_STEPS:
            return stand(steps[1:], steps[1].input, x.shape)
        standing = stand(steps, self.given.shape, x.shape, self.given.axes, is_input=True)
        return standing._replace(given=None) if self.is_asked else standing

    def producer(self, fault: Fault, x: Flow, holds: Readings = ()) -> Label:
        """Where the shape that a layer receives comes from: for a window, the layer that took most of the size away."""
        if x.trail is None:
            return Label(self.given.span, f"the input is {self.sized(x.shape, holds)}")
        step = x.trail.step
        if isinstance(fault, catalog.windows.WindowTooLarge):
            step = max(_steps(x), key=lambda s: _loss(s, fault.axis - 2))
            if _loss(step, fault.axis - 2) <= 1:
                return Label(self.given.span, f"the input is {dimensions(self.given.shape)}")
            return _label(step, f"takes {dimensions(step.input)} down to {dimensions(step.output)}")
        return _label(step, f"gives {self.sized(step.output, holds)}")


def _target(fault: Fault, places: Places) -> Span | None:
    """The name of the layer that layers are put beside, where that mends a fault."""
    ways = getattr(fault, "ways", ())
    return (ways[0].target or places.type) if ways else None


def _steps(x: Flow) -> Iterator[Node]:
    """The layers that a tensor has passed, the last one first."""
    trail = x.trail
    while trail:
        yield trail.step
        trail = trail.before


def _joined(shape: Shape, given: list[Flow]) -> Flow:
    """Several tensors as one of this shape; it has the trail of the first."""
    if len(given) == 1:
        return given[0]
    floats = any(flow.dtype == "float32" for flow in given)
    field, step = _widest(given)
    return Flow(shape, "float32" if floats else "int64", field, step, given[0].trail)


def _loss(step: Node, axis: int) -> float:
    """By which factor a layer shrinks an axis of an image (-2 height, -1 width)."""
    if len(step.input) != len(step.output) or len(step.input) < -axis:
        return 0
    return step.input[axis] / step.output[axis]


def _is_channels_last(shape: Shape) -> bool:
    """Whether an image looks as other frameworks have it: height, width, and one, three or four channels."""
    return len(shape) == 3 and shape[2] in (1, 3, 4) and min(shape[:2]) > 4


def _through(
    spec: LayerSpec, layer: Layer, inputs: tuple[str, ...], x: Flow, path: str, depth: int
) -> tuple[Node, Flow]:
    """The node of a layer, and what it makes of what it receives.

    Raises:
        Fault: it cannot take it.
    """
    a, dtype = x.shape, layer.dtypes.get(x.dtype)
    if dtype is None:
        raise catalog.shapes.WrongDtype(layer=type(layer).__name__, expected=tuple(layer.dtypes), found=x.dtype)
    b = layer.output_shape(a)
    field, step = _see(x.field, x.step, layer.reach(a))
    costs = layer.params(a), layer.macs(a, b), prod(b) * ITEM_BYTES[dtype]
    node = Node(path, spec.type, layer, depth, a, b, x.dtype, dtype, *costs, field, inputs, (), None, spec.places)
    return node, Flow(b, dtype, field, step, Trail(node, x.trail))


_Field = tuple[tuple[int, ...], tuple[int, ...]] | tuple[None, None]
"""The receptive field and the step of each spatial axis."""


def _see(field: tuple[int, ...] | None, step: tuple[int, ...] | None, reach: Reach) -> _Field:
    """The receptive field behind a layer: `r + (extent - 1) * step`, and the step times the layer's stride.

    Source: https://distill.pub/2019/computing-receptive-fields/, equations 1 and 2.
    """
    if field is None or step is None or reach is None:
        return None, None
    if not reach:
        return field, step
    fields = [size + (extent - 1) * gap for size, gap, (extent, _) in zip(field, step, reach, strict=True)]
    return tuple(fields), tuple([gap * stride for gap, (_, stride) in zip(step, reach, strict=True)])


def _widest(branches: list[Flow]) -> _Field:
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


def _shortcut(x: Shape, y: Shape) -> str | None:
    """The convolution that makes a shortcut of an image fit the branch beside it, where one does."""
    if len(x) != 3 or len(y) != 3:
        return None
    strides = {-(-a // b) for a, b in zip(x[1:], y[1:], strict=True)}
    stride = strides.pop() if len(strides) == 1 else 0
    if not stride or any((a - 1) // stride + 1 != b for a, b in zip(x[1:], y[1:], strict=True)):
        return None
    arguments = f"out_channels: {y[0]}, kernel_size: 1" + (f", stride: {stride}" if stride > 1 else "")
    return f"give it a shortcut that fits, as in `shortcut: [{{Conv2d: {{{arguments}}}}}]`"


def _parent(
    spec: LayerSpec,
    layer: Layer,
    inputs: tuple[str, ...],
    path: str,
    depth: int,
    x: Flow,
    y: Flow,
    children: tuple[Node, ...],
) -> Node:
    params = macs = activation_bytes = 0
    for child in children:
        params += child.params
        macs += child.macs
        activation_bytes += child.activation_bytes
    return Node(
        path=path,
        type=spec.type,
        layer=layer,
        depth=depth,
        input=x.shape,
        output=y.shape,
        input_dtype=x.dtype,
        output_dtype=y.dtype,
        params=params,
        macs=macs,
        activation_bytes=activation_bytes,
        receptive_field=y.field,
        inputs=inputs,
        children=children,
        merge=spec.merge,
        places=spec.places,
    )


def _label(step: Node, text: str) -> Label:
    assert step.span is not None, "a node that was inferred has its place"
    return Label(step.span, text)
