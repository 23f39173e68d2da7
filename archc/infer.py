"""Spec -> network: runs every layer's shape rule, and gives faults their places."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.diagnostics.words import dimensions
from archc.layers import Layer, Shape
from archc.layers.base import Reach
from archc.network import ITEM_BYTES, Network, Node
from archc.spec import Dtype, InputSpec, LayerSpec, Spec

_SHOWN_STEPS = 4


class Flow(NamedTuple):
    """What one layer hands to the next. Each spatial axis has a receptive field and a step, or None if unknown."""

    shape: Shape
    dtype: Dtype
    field: tuple[int, ...] | None
    step: tuple[int, ...] | None


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
    inference = _Inference(given, report)
    nodes, end = inference.chain(spec.layers, start, "", 1)
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
    )


class _Inference:
    def __init__(self, given: InputSpec, report: Report) -> None:
        self.given = given
        self.report = report
        self.steps: list[Node] = []
        """The layers that have been passed, for messages about those after them."""

    def chain(
        self, layers: tuple[LayerSpec, ...], x: Flow | None, prefix: str, depth: int
    ) -> tuple[tuple[Node, ...], Flow | None]:
        """The nodes of layers that follow each other, and what the last one hands on; None after a fault."""
        nodes = []
        for index, spec in enumerate(layers):
            node, x = self.place(spec, x, prefix + (spec.name or str(index)), depth)
            if node:
                nodes.append(node)
        return tuple(nodes), x

    def place(self, spec: LayerSpec, x: Flow | None, path: str, depth: int) -> tuple[Node | None, Flow | None]:
        """The node of one layer, and what it hands on; both None after a fault."""
        if spec.layer is None:
            return None, None
        if spec.layer.contains:
            return self.container(spec, spec.layer, x, path, depth)
        if x is None:
            return None, None
        try:
            y = _through(spec.layer, x)
        except Fault as fault:
            self.blame(fault, spec, path, x)
            return None, None
        node = _leaf(spec, spec.layer, path, depth, x, y)
        self.steps.append(node)
        return node, y

    def container(
        self, spec: LayerSpec, layer: Layer, x: Flow | None, path: str, depth: int
    ) -> tuple[Node | None, Flow | None]:
        """A container: its layers follow each other, or each branch gets its input."""
        if not layer.branching:
            children, y = self.chain(spec.children, x, f"{path}.", depth + 1)
            if x is None or y is None:
                return None, None
            return _parent(spec, layer, path, depth, x, y, children), y
        before = len(self.steps)
        nodes, flows = [], []
        for branch in spec.children:
            del self.steps[before:]
            node, flow = self.place(branch, x, f"{path}.{branch.name}", depth + 1)
            nodes.append(node)
            flows.append(flow)
        del self.steps[before:]
        ready = [(node, flow) for node, flow in zip(nodes, flows, strict=True) if node and flow]
        if x is None or len(ready) < len(nodes):
            return None, None
        return self.merged(spec, layer, x, path, depth, ready)

    def merged(
        self, spec: LayerSpec, layer: Layer, x: Flow, path: str, depth: int, ready: list[tuple[Node, Flow]]
    ) -> tuple[Node | None, Flow | None]:
        """The node of a container whose branches are known. A Residual without a shortcut adds its input."""
        branches = [flow for _, flow in ready]
        names = [node.name for node, _ in ready]
        if layer.may_be_empty and len(branches) == 1:
            branches.append(x)
            names.append("the input")
        try:
            shape = layer.merge(tuple(flow.shape for flow in branches))
        except catalog.blocks.BranchesDiffer as fault:
            shortcut = _shortcut(x.shape, branches[0].shape) if layer.may_be_empty else None
            self.blame(fault.with_(names=tuple(names), remedy_text=shortcut), spec, path, x)
            return None, None
        except Fault as fault:
            self.blame(fault, spec, path, x)
            return None, None
        dtype = "float32" if any(flow.dtype == "float32" for flow in branches) else "int64"
        y = Flow(shape, "int64" if dtype == "int64" else "float32", *_widest(branches))
        node = _parent(spec, layer, path, depth, x, y, tuple(node for node, _ in ready))
        self.steps.append(node)
        return node, y

    def blame(self, fault: Fault, spec: LayerSpec, path: str, x: Flow) -> None:
        """Report a fault of a layer: at its argument, with where the incoming shape comes from, and the way it took."""
        places = spec.places
        fault = self.with_input(fault)
        labels = [self.producer(fault, x), *places.calls]
        shown = [f"`{step.path}` ({step.type}) {dimensions(step.output)}" for step in self.steps[-_SHOWN_STEPS:]]
        start = ["..."] if len(self.steps) > _SHOWN_STEPS else [f"input {dimensions(self.given.shape)}"]
        notes = [f"in layer `{path}` ({spec.type}), which receives {dimensions(x.shape)}"]
        if places.repetition:
            notes.append(f"in {places.repetition}")
        if shown:
            notes.append("the shapes so far: " + " -> ".join(start + shown))
        remedy, value = fault.remedy(), places.values.get(fault.field or "")
        self.report.add(
            fault,
            places.of(fault.field),
            path=places.path,
            labels=labels,
            notes=notes,
            target=value,
            # Where the argument was left out, its layer's name is marked, which is not to be replaced.
            fixable=value is not None or remedy is None or remedy.action != "replace",
        )

    def with_input(self, fault: Fault) -> Fault:
        """A fault with what is odd about the network's input, if anything is."""
        shape = self.given.shape
        if isinstance(fault, catalog.shapes.WrongRank):
            return fault.with_(at_input=not self.steps)
        if isinstance(fault, catalog.windows.WindowTooLarge) and _is_channels_last(shape):
            return fault.with_(channels_first=(shape[2], *shape[:2]))
        return fault

    def producer(self, fault: Fault, x: Flow) -> Label:
        """Where the shape that a layer receives comes from: for a window, the layer that took most of the size away."""
        if not self.steps:
            return Label(self.given.span, f"the input is {dimensions(x.shape)}")
        step = self.steps[-1]
        if isinstance(fault, catalog.windows.WindowTooLarge):
            step = max(reversed(self.steps), key=lambda s: _loss(s, fault.axis - 2))
            if _loss(step, fault.axis - 2) <= 1:
                return Label(self.given.span, f"the input is {dimensions(self.given.shape)}")
            return _label(step, f"takes {dimensions(step.input)} down to {dimensions(step.output)}")
        return _label(step, f"gives {dimensions(step.output)}")


def _loss(step: Node, axis: int) -> float:
    """By which factor a layer shrinks an axis of an image (-2 height, -1 width)."""
    if len(step.input) != len(step.output) or len(step.input) < -axis:
        return 0
    return step.input[axis] / step.output[axis]


def _is_channels_last(shape: Shape) -> bool:
    """Whether an image looks as other frameworks have it: height, width, and one, three or four channels."""
    return len(shape) == 3 and shape[2] in (1, 3, 4) and min(shape[:2]) > 4


def _through(layer: Layer, x: Flow) -> Flow:
    """What a layer makes of what it receives.

    Raises:
        Fault: it cannot take it.
    """
    dtype = layer.dtypes.get(x.dtype)
    if dtype is None:
        raise catalog.shapes.WrongDtype(layer=type(layer).__name__, expected=tuple(layer.dtypes), found=x.dtype)
    shape = layer.output_shape(x.shape)
    field, step = _see(x.field, x.step, layer.reach(x.shape))
    return Flow(shape, "int64" if dtype == "int64" else "float32", field, step)


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


def _leaf(spec: LayerSpec, layer: Layer, path: str, depth: int, x: Flow, y: Flow) -> Node:
    a, b = x.shape, y.shape
    size = prod(b) * ITEM_BYTES[y.dtype]
    params, macs = layer.params(a), layer.macs(a, b)
    kinds = x.dtype, y.dtype
    return Node(path, spec.type, layer, depth, a, b, *kinds, params, macs, size, y.field, (), spec.places)


def _parent(spec: LayerSpec, layer: Layer, path: str, depth: int, x: Flow, y: Flow, children: tuple[Node, ...]) -> Node:
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
        children=children,
        places=spec.places,
    )


def _label(step: Node, text: str) -> Label:
    assert step.span is not None, "a node that was inferred has its place"
    return Label(step.span, text)
