"""A layer of another framework with its arguments -> layers of torch that do the same. Loaded where a name is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from archc.elaborate import synonyms
from archc.elaborate.spelled import Given, Value, spelled, term, value_of
from archc.elaborate.suggest import fold, suggest_argument
from archc.layers import LAYERS
from archc.syntax.tree import MappingNode, ScalarNode, SequenceNode, Tree
from archc.syntax.write import write_flow
from archc.terms.record import declared


def composed(name: str, value: Tree | None) -> tuple[str, ...]:
    """The layers that do what one of another framework does, as a spec writes them; none where that is not known."""
    folded = fold(name)
    make = _MADE.get(folded)
    made = make(value) if make else None
    return made or synonyms.LAYER_TERMS.get(folded, ())


def _given(layer: str, value: Tree | None) -> dict[str, Value] | None:
    """The written arguments of a layer by torch's names; those that it does not have keep their own."""
    if value is None or (isinstance(value, ScalarNode) and value.value is None):
        return {}
    if isinstance(value, MappingNode):
        names = [*declared(LAYERS[layer])]
        return {suggest_argument(entry.name, names) or entry.name: value_of(entry.value) for entry in value.entries}
    principal = LAYERS[layer].principal
    return {principal: value_of(value)} if principal else None


def _bidirectional(layer: str) -> Callable[[Tree | None], tuple[str, ...] | None]:
    def make(value: Tree | None) -> tuple[str, ...] | None:
        given = _given(layer, value)
        both = {**given, "bidirectional": Value(True, "true")} if given is not None else {}
        text = spelled(LAYERS[layer], Given(named=both))
        return (text,) if text else None

    return make


def _causal(value: Tree | None) -> tuple[str, ...] | None:
    """Zeros before the first step, as many as the kernel reaches back, so that no output sees a later step."""
    given = _given("Conv1d", value)
    text = spelled(LAYERS["Conv1d"], Given(named=given)) if given else None
    if given is None or text is None:
        return None
    sizes = [_int(given.get(name)) or default for name, default in (("kernel_size", 0), ("dilation", 1))]
    back = (sizes[0] - 1) * sizes[1]
    return (f"ZeroPad1d: [{back}, 0]", text) if back > 0 else (text,) if back == 0 else None


def _keras_1(axes: int) -> Callable[[Tree | None], tuple[str, ...] | None]:
    """Keras 1's `Convolution2D: [32, 3, 5]`: how many kernels, and how large they are along each axis."""

    def make(value: Tree | None) -> tuple[str, ...] | None:
        sizes = [_int(value_of(item)) for item in value.items] if isinstance(value, SequenceNode) else []
        if len(sizes) != axes + 1 or None in sizes:
            return None
        kernel = write_flow(sizes[1:]) if len(set(sizes[1:])) > 1 else str(sizes[1])
        return (term(f"Conv{axes}d", {"out_channels": str(sizes[0]), "kernel_size": kernel}),)

    return make


def _int(value: Value | None) -> int | None:
    data = value.data if value else None
    data = data[0] if isinstance(data, list) and len(data) == 1 else data
    return data if type(data) is int else None


def _reshape(value: Tree | None) -> tuple[str, ...] | None:
    """Keras's `Reshape: [3, 32, 32]` and torch's `view`: the sizes behind the batch."""
    if isinstance(value, MappingNode) and len(value.entries) == 1:
        value = value.entries[0].value
    if not isinstance(value, SequenceNode):
        return None
    sizes = [item.value if isinstance(item, ScalarNode) else None for item in value.items]
    sizes = sizes[1:] if len(sizes) > 1 and sizes[0] in (-1, None) else sizes
    if len(sizes) == 1:
        return ("Flatten",)
    if not sizes or any(type(size) is not int or size < 1 for size in sizes):
        return None
    return "Flatten", term("Unflatten", {"dim": "1", "unflattened_size": write_flow(sizes)})


def _thresholded(value: Tree | None) -> tuple[str, ...] | None:
    """Keras's `ThresholdedReLU: {theta: 1.0}`."""
    entry = value.entries[0] if isinstance(value, MappingNode) and len(value.entries) == 1 else None
    theta = value_of(entry.value) if entry and fold(entry.name) == "theta" else Value(1.0, "1.0")
    text = spelled(LAYERS["Threshold"], Given(named={"threshold": theta, "value": Value(0.0, "0.0")}))
    return (text,) if text else None


_MADE: Final[Mapping[str, Callable[[Tree | None], tuple[str, ...] | None]]] = {
    **{f"convolution{axes}d": _keras_1(axes) for axes in (1, 2, 3)},
    "bilstm": _bidirectional("LSTM"),
    "bigru": _bidirectional("GRU"),
    "birnn": _bidirectional("RNN"),
    "causalconv1d": _causal,
    "reshape": _reshape,
    "view": _reshape,
    "thresholdedrelu": _thresholded,
}
