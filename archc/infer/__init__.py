"""Spec -> network: runs every layer's shape rule, and gives faults their places."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from math import prod

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.infer.blame import Blame, Place
from archc.infer.despite import Trial, despite, tried
from archc.infer.flow import Flow, Flows, Trail, joined, narrowed, see
from archc.layers import Layer, Shape
from archc.layers.base import INPUT, Dtype
from archc.network import ITEM_BYTES, Network, Node
from archc.spec import LayerSpec, Spec


def infer(spec: Spec, report: Report, input_shape: Shape | None = None) -> Network | None:
    """The network of a spec, or None with the reasons in the report.

    `input_shape` asks about another input than the spec's. After a fault the sizes that depend on it are unknown, and
    nothing that follows is blamed for them.
    """
    given = spec.input
    if given is None or not spec.layers:
        return None
    if input_shape is not None:
        given = given._replace(shape=input_shape)
    ones = (1,) * (len(given.shape) - 1) or None
    start = Flow(given.shape, given.dtype, ones, ones)
    tokens = spec.train.data.kind.tokens_in if spec.train else None
    inference = _Inference(Blame(given, report, input_shape), tokens, knows_data=bool(spec.train) or not spec.has_train)
    nodes, flows = inference.siblings(spec.layers, False, start, "", 1)
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
    """`tokens`: how many the data has. That nothing says it is a fault where it is known what the data are."""

    def __init__(self, blame: Blame, tokens: int | None, *, knows_data: bool) -> None:
        self.blame = blame
        self.tokens = tokens
        self.knows_data = knows_data

    def siblings(
        self, layers: tuple[LayerSpec, ...], branching: bool, x: Flow | None, prefix: str, depth: int
    ) -> tuple[tuple[Node, ...], Flows]:
        """The nodes of layers beside one another, and what each hands on: None where nothing is known of it.

        Each takes what it names; else a branch takes what the container receives, and a layer what the last one gives.
        """
        flows: Flows = {INPUT: x}
        nodes = []
        last = (INPUT,)
        for index, spec in enumerate(layers):
            name = spec.name or str(index)
            place = Place(spec, spec.inputs or last, prefix + name, depth)
            taken = flows[place.inputs[0]] if len(place.inputs) == 1 else self.merged(place, flows)
            node, flows[name] = self.put(place, taken)
            if node:
                nodes.append(node)
            if not branching:
                last = (name,)
        return tuple(nodes), flows

    def put(self, place: Place, x: Flow | None) -> tuple[Node | None, Flow | None]:
        """The node of a layer at its place, and what it hands on; both None where nothing is known of it."""
        layer = place.spec.layer
        if layer and layer.contains:
            return self.container(place, layer, x)
        if layer is None or x is None:
            return None, None
        if layer.of_data and x.dtype == "int64":
            layer = self.counted(place, layer, x)
        dtype = layer.dtypes.get(x.dtype)
        if dtype is None:
            expected = tuple(layer.dtypes)
            fault = catalog.shapes.WrongDtype(layer=type(layer).__name__, expected=expected, found=x.dtype)
            self.blame.layer(fault, place, x)
            return None, None
        trials = [tried(layer, shape) for shape in (x.shape, x.other) if shape is not None]
        if len(trials) == 1 and not trials[0].faults:
            return _through(place, layer, x, trials[0].outputs[0], dtype)
        return _known(place, layer, x, dtype, self.possible(place, x, trials))

    def counted(self, place: Place, layer: Layer, x: Flow) -> Layer:
        """An embedding with a vector for each token; as it was written, where that is wrong."""
        try:
            return layer.for_tokens(self.tokens)
        except Fault as fault:
            if self.knows_data:
                self.blame.layer(fault, place, x)
            return layer

    def possible(self, place: Place, x: Flow, trials: list[Trial]) -> tuple[Shape, ...]:
        """What a layer may make of what it cannot take, or knows in part; nothing, if anything may come of it.

        It is blamed for what is wrong whichever shape the tensor has.
        """
        for fault in trials[0].faults:
            is_certain = all(any(_are_same(fault, other) for other in trial.faults) for trial in trials)
            if is_certain and not self.blame.layer(fault, place, x):
                return ()
        return tuple(chain(*(trial.outputs for trial in trials))) if all(trial.outputs for trial in trials) else ()

    def container(self, place: Place, layer: Layer, x: Flow | None) -> tuple[Node | None, Flow | None]:
        """A container: what it hands on is made of what it `gives` names."""
        children, flows = self.siblings(place.spec.children, layer.branching, x, f"{place.path}.", place.depth + 1)
        if x is None or None in flows.values():
            return None, None
        names = layer.gives(tuple(flows)[1:])  # the first is INPUT
        given = [flow for name in names if (flow := flows[name])]
        try:
            y = _merged(layer.merge, given)
        except Fault as fault:
            is_meant = self.blame.layer(self.told(fault, layer, children, names, x, given), place, x)
            y = _any_of(despite(fault, layer, x.shape), given) if is_meant else None
        if y is None:
            return None, None
        node = _parent(place, layer, x, y, children)
        return node, y._replace(trail=x.trail).behind(node) if layer.branching else y

    def told(
        self, fault: Fault, layer: Layer, children: tuple[Node, ...], names: tuple[str, ...], x: Flow, given: list[Flow]
    ) -> Fault:
        """The fault of a container with what its branches give, and what would make them fit."""
        if not isinstance(fault, catalog.blocks.BranchesDiffer):
            return fault
        from archc.axes.branches import with_turns

        shortcut = _shortcut(x.shape, given[0].shape) if INPUT in names else None
        said = tuple("the input" if name == INPUT else name for name in names)
        return with_turns(fault.with_(names=said, remedy_text=shortcut), layer, children, self.blame.standing(x))

    def merged(self, place: Place, flows: Flows) -> Flow | None:
        """What a node of a Graph makes of several; None where nothing is known of it."""
        merge = place.spec.merge
        given = [flow for name in place.inputs if (flow := flows[name])]
        if merge is None or len(given) < len(place.inputs):
            return None
        try:
            return _merged(merge.shape, given)
        except Fault as fault:
            if isinstance(fault, catalog.blocks.BranchesDiffer):
                names = tuple("input" if name == INPUT else name for name in place.inputs)
                fault = fault.with_(names=names, node=place.path.rpartition(".")[2])
            self.blame.merge(fault, place, given)
            return _any_of(fault.possible, given) if isinstance(fault, catalog.blocks.BranchesDiffer) else None


def _through(place: Place, layer: Layer, x: Flow, b: Shape, dtype: Dtype) -> tuple[Node, Flow]:
    """The node of a layer that makes `b` of what it receives, and what it hands on."""
    a = x.shape
    field, step = see(x.field, x.step, layer.reach(a))
    costs = layer.params(a), layer.macs(a, b), prod(b) * ITEM_BYTES[dtype]
    node = _node(place, layer, x, b, dtype, costs, field)
    return node, Flow(b, dtype, field, step, Trail(node, x.trail, b))


def _known(
    place: Place, layer: Layer, x: Flow, dtype: Dtype, outputs: tuple[Shape, ...]
) -> tuple[Node | None, Flow | None]:
    """The node of a layer of which is known what it may hand on, and that; both None where nothing is known."""
    found = narrowed(outputs)
    if found is None:
        return None, None
    b, other = found
    node = _node(place, layer, x, b, dtype, (0, 0, 0), None)  # there will be no network, which would count
    return node, Flow(b, dtype, None, None, x.trail, other).behind(node)


def _node(
    place: Place,
    layer: Layer,
    x: Flow,
    b: Shape,
    dtype: Dtype,
    costs: tuple[int, int, int],
    field: tuple[int, ...] | None,
) -> Node:
    spec, path, depth, inputs = place.spec, place.path, place.depth, place.inputs
    # In order, as keywords take longer, and a network may have 100,000 of them.
    return Node(path, spec.type, layer, depth, x.shape, b, x.dtype, dtype, *costs, field, inputs, (), None, spec.places)


def _merged(merge: Callable[[tuple[Shape, ...]], Shape], given: list[Flow]) -> Flow | None:
    """Several tensors as one. None where nothing is known of it.

    Raises:
        Fault: they cannot be merged, whatever is not known of them.
    """
    shapes = tuple([flow.shape for flow in given])
    if all(flow.other is None for flow in given):
        return joined(merge(shapes), given)
    try:
        outputs = merge(shapes), merge(tuple([flow.other or flow.shape for flow in given]))
    except Fault:
        return None
    return _any_of(outputs, given)


def _any_of(outputs: tuple[Shape, ...], given: list[Flow]) -> Flow | None:
    """Several tensors as one that may have several shapes; None where nothing is known of it."""
    found = narrowed(outputs)
    return joined(found[0], given)._replace(shape=found[0], other=found[1], field=None, step=None) if found else None


def _are_same(one: Fault, other: Fault) -> bool:
    return type(one) is type(other) and vars(one) == vars(other)


def _shortcut(x: Shape, y: Shape) -> str | None:
    """The layer that makes a shortcut of an image or of features fit the branch beside it, where one does."""
    if len(x) == len(y) <= 2 and x[:-1] == y[:-1]:
        return f"give it a shortcut that fits, as in `shortcut: [{{Linear: {y[-1]}}}]`"
    if len(x) != 3 or len(y) != 3:
        return None
    strides = {-(-a // b) for a, b in zip(x[1:], y[1:], strict=True)}
    stride = strides.pop() if len(strides) == 1 else 0
    if not stride or any((a - 1) // stride + 1 != b for a, b in zip(x[1:], y[1:], strict=True)):
        return None
    arguments = f"out_channels: {y[0]}, kernel_size: 1" + (f", stride: {stride}" if stride > 1 else "")
    return f"give it a shortcut that fits, as in `shortcut: [{{Conv2d: {{{arguments}}}}}]`"


def _parent(place: Place, layer: Layer, x: Flow, y: Flow, children: tuple[Node, ...]) -> Node:
    params = macs = activation_bytes = 0
    for child in children:
        params += child.params
        macs += child.macs
        activation_bytes += child.activation_bytes
    return Node(
        path=place.path,
        type=place.spec.type,
        layer=layer,
        depth=place.depth,
        input=x.shape,
        output=y.shape,
        input_dtype=x.dtype,
        output_dtype=y.dtype,
        params=params,
        macs=macs,
        activation_bytes=activation_bytes,
        receptive_field=y.field,
        inputs=place.inputs,
        children=children,
        merge=place.spec.merge,
        places=place.spec.places,
    )
