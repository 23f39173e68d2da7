"""Spec -> network: runs every layer's shape rule, and gives faults their places."""

from __future__ import annotations

from typing import NamedTuple

from archc.diagnostics.catalog import shapes as faults
from archc.diagnostics.catalog.shapes import dimensions
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Edit, Fix, Label, Report
from archc.layers import Layer, Shape
from archc.layers.base import Reach, numel
from archc.network import ITEM_BYTES, Network, Node
from archc.source import Span
from archc.spec import Dtype, InputSpec, LayerSpec, Spec

_SHOWN_STEPS = 4


class Flow(NamedTuple):
    """What one layer hands to the next. `field` is the receptive field and step of each spatial axis, or None."""

    shape: Shape
    dtype: Dtype
    field: tuple[tuple[int, int], ...] | None


class _Step(NamedTuple):
    """A layer that has been passed, for messages about those after it."""

    label: str
    input: Shape
    output: Shape
    span: Span


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
    start = Flow(given.shape, given.dtype, tuple((1, 1) for _ in given.shape[1:]) or None)
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
        self.steps: list[_Step] = []

    def chain(
        self, layers: tuple[LayerSpec, ...], x: Flow | None, prefix: str, depth: int
    ) -> tuple[tuple[Node, ...], Flow | None]:
        """The nodes of layers that follow each other, and what the last one hands on; None after a fault."""
        nodes = []
        for index, spec in enumerate(layers):
            path = prefix + (spec.name or str(index))
            node, x = self.place(spec, x, path, depth)
            if node:
                nodes.append(node)
        return tuple(nodes), x

    def place(self, spec: LayerSpec, x: Flow | None, path: str, depth: int) -> tuple[Node | None, Flow | None]:
        if spec.layer is not None and spec.layer.contains:
            children, y = self.chain(spec.children, x, f"{path}.", depth + 1)
            if x is None or y is None:
                return None, None
            return _node(spec, spec.layer, path, depth, x, y, children), y
        if spec.layer is None or x is None:
            return None, None
        try:
            y = _through(spec.layer, x)
        except Fault as fault:
            self.blame(fault, spec, path, x)
            return None, None
        self.steps.append(_Step(f"`{path}` ({spec.type})", x.shape, y.shape, spec.places.type))
        return _node(spec, spec.layer, path, depth, x, y, ()), y

    def blame(self, fault: Fault, spec: LayerSpec, path: str, x: Flow) -> None:
        """Report a fault of a layer: at its argument, with where the incoming shape comes from, and the way it took."""
        places = spec.places
        labels = [self.producer(fault, x)]
        shown = [f"{step.label} {dimensions(step.output)}" for step in self.steps[-_SHOWN_STEPS:]]
        start = ["..."] if len(self.steps) > _SHOWN_STEPS else [f"input {dimensions(self.given.shape)}"]
        notes = [f"in layer `{path}` ({spec.type}), which receives {dimensions(x.shape)}"]
        if shown:
            notes.append("the shapes so far: " + " -> ".join(start + shown))
        fixes = []
        remedy = fault.remedy()
        value = places.values.get(fault.field or "")
        if remedy and value:
            fixes.append(Fix(remedy.title, remedy.safe, (Edit(value, remedy.text),)))
        span = places.of(fault.field)
        self.report.add(fault, span, path=places.path, labels=labels, notes=notes, fixes=fixes)

    def producer(self, fault: Fault, x: Flow) -> Label:
        """Where the shape that a layer receives comes from: for a window, the layer that took most of the size away."""
        if not self.steps:
            return Label(self.given.span, f"the input is {dimensions(x.shape)}")
        step = self.steps[-1]
        if isinstance(fault, faults.WindowTooLarge):
            step = max(reversed(self.steps), key=lambda s: _loss(s, fault.axis - 2))
            if _loss(step, fault.axis - 2) <= 1:
                return Label(self.given.span, f"the input is {dimensions(self.given.shape)}")
            return Label(step.span, f"takes {dimensions(step.input)} down to {dimensions(step.output)}")
        return Label(step.span, f"gives {dimensions(step.output)}")


def _loss(step: _Step, axis: int) -> float:
    """By which factor a layer shrinks an axis of an image (-2 height, -1 width)."""
    if len(step.input) != len(step.output) or len(step.input) < -axis:
        return 0
    return step.input[axis] / step.output[axis]


def _through(layer: Layer, x: Flow) -> Flow:
    """What a layer makes of what it receives.

    Raises:
        Fault: it cannot take it.
    """
    dtype = layer.dtypes.get(x.dtype)
    if dtype is None:
        raise faults.WrongDtype(layer=type(layer).__name__, expected=tuple(layer.dtypes), found=x.dtype)
    shape = layer.output(x.shape)
    return Flow(shape, "int64" if dtype == "int64" else "float32", _see(x.field, layer.reach(x.shape)))


def _see(field: tuple[tuple[int, int], ...] | None, reach: Reach) -> tuple[tuple[int, int], ...] | None:
    """The receptive field behind a layer: `r + (extent - 1) * step`, and the step times the layer's stride.

    Source: https://distill.pub/2019/computing-receptive-fields/, equations 1 and 2.
    """
    if field is None or reach is None:
        return None
    if not reach:
        return field
    return tuple(
        (size + (extent - 1) * step, step * stride) for (size, step), (extent, stride) in zip(field, reach, strict=True)
    )


def _node(spec: LayerSpec, layer: Layer, path: str, depth: int, x: Flow, y: Flow, children: tuple[Node, ...]) -> Node:
    leaf = not layer.contains
    return Node(
        path=path,
        type=spec.type,
        layer=layer,
        depth=depth,
        input=x.shape,
        output=y.shape,
        input_dtype=x.dtype,
        output_dtype=y.dtype,
        params=layer.params(x.shape) if leaf else sum(child.params for child in children),
        macs=layer.macs(x.shape) if leaf else sum(child.macs for child in children),
        activation_bytes=numel(y.shape) * ITEM_BYTES[y.dtype] if leaf else sum(c.activation_bytes for c in children),
        receptive_field=tuple(size for size, _ in y.field) if y.field else None,
        children=children,
        span=spec.places.type,
        document_path=spec.places.path,
    )
