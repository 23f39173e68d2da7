"""Lints of single layers: what their arguments do to the shape that reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from archc.checks.check import Argument, Finding
from archc.checks.lint.chain import Chain
from archc.diagnostics import catalog
from archc.layers import Shape
from archc.layers.window import slide, span
from archc.network import Node

_CHANNELS_OF: Final = {"Dropout2d": (3, "images"), "Dropout3d": (4, "volumes")}
_DROPOUTS: Final = {1: "Dropout", 2: "Dropout1d", 3: "Dropout2d", 4: "Dropout3d"}
"""The dropout of a sample's channels, by its rank."""

NOTICED: Final = 20
"""Of an axis this long, one position that is never seen makes no difference."""


def softmax_axis(chain: Chain) -> Iterator[Finding]:
    """A softmax along the batch, or along an axis that torch guesses."""
    for node in chain.nodes:
        layer: Any = node.layer
        if node.family != "softmax" or "dim" not in vars(layer):
            continue
        dim = layer.resolve(node.input)["dim"]
        if dim == 0:
            yield Finding(catalog.layer_lints.SoftmaxOverBatch(layer=node.type, implicit=layer.dim is None), node)
        elif layer.dim is None:
            yield Finding(catalog.layer_lints.SoftmaxWithoutDim(layer=node.type, dim=dim), node)


def dropout_of_another_rank(chain: Chain) -> Iterator[Finding]:
    """A dropout of channels where the input has no such channels."""
    for node in chain.nodes:
        if node.type in _CHANNELS_OF and len(node.input) != _CHANNELS_OF[node.type][0]:
            fault = catalog.layer_lints.DropoutOfAnotherRank(
                layer=node.type,
                meant=_CHANNELS_OF[node.type][1],
                shape=node.input,
                instead=_DROPOUTS.get(len(node.input)),
            )
            yield Finding(fault, node)


def dropout_between_no_layers(chain: Chain) -> Iterator[Finding]:
    """The dropout of a recurrent layer that has one layer alone."""
    for node in chain.nodes:
        layer: Any = node.layer
        if node.family == "recurrent" and layer.dropout and layer.num_layers == 1:
            fault = catalog.layer_lints.DropoutBetweenNoLayers(field="dropout", layer=node.type, p=layer.dropout)
            yield Finding(fault, Argument(node, "dropout"))


def rows_dropped(chain: Chain) -> Iterator[Finding]:
    """A window that stops before the end of its input."""
    for node in chain.nodes:
        if node.family in ("convolution", "pool"):
            layer: Any = node.layer
            unseen = _unseen(layer, node.input, node.output)
            if any(NOTICED * lost > size for lost, size in zip(unseen, node.input[1:], strict=True)):
                fault = catalog.layer_lints.RowsDropped(
                    layer=node.type,
                    shape=node.input[1:],
                    unseen=unseen,
                    padding=_enough(layer, node),
                    rounded_up=_rounded_up(layer, node),
                )
                yield Finding(fault, node)


def _unseen(layer: Any, x: Shape, y: Shape, more: int = 0) -> Shape:
    """How many positions at the end of each axis no window sees, beyond those that a stride skips everywhere."""
    if layer.padding == "same":
        return (0,) * (len(x) - 1)
    unseen = []
    for axis, (size, positions) in enumerate(zip(x[1:], y[1:], strict=True)):
        stride = (layer.stride or layer.kernel_size)[axis]
        reach = span(layer.kernel_size[axis], _dilation(layer, axis))
        last = (positions - 1) * stride + reach - 1 - _padding(layer, axis) - more
        unseen.append(max(0, size - 1 - last - max(0, stride - reach)))
    return tuple(unseen)


def _dilation(layer: Any, axis: int) -> int:
    return int(getattr(layer, "dilation", (1,) * (axis + 1))[axis])


def _padding(layer: Any, axis: int) -> int:
    return 0 if isinstance(layer.padding, str) else int(layer.padding[axis])


def _slid(layer: Any, x: Shape, more: int, *, ceil: bool) -> Shape:
    """The output with more padding, or rounded up."""
    sizes = []
    for axis, size in enumerate(x[1:]):
        window, stride = layer.kernel_size[axis], (layer.stride or layer.kernel_size)[axis]
        padding = 2 * (_padding(layer, axis) + more)
        sizes.append(slide(size, window, stride, padding, _dilation(layer, axis), ceil))
    return (x[0], *sizes)


def _enough(layer: Any, node: Node) -> Shape | None:
    """The least padding with which every position is seen, and that the layer can have."""
    limit = min(layer.kernel_size) // 2 if node.family == "pool" else max(layer.kernel_size)
    for more in range(1, limit + 1):
        y = _slid(layer, node.input, more, ceil=False)
        padding = tuple(_padding(layer, axis) + more for axis in range(len(y) - 1))
        if max(padding) <= limit and not any(_unseen(layer, node.input, y, more)):
            return padding
    return None


def _rounded_up(layer: Any, node: Node) -> Shape | None:
    """The output with `ceil_mode`, where the layer has it and it sees every position."""
    if node.family != "pool" or layer.ceil_mode:
        return None
    y = _slid(layer, node.input, 0, ceil=True)
    return None if any(_unseen(layer, node.input, y)) else y[1:]


def redundant_size(chain: Chain) -> Iterator[Finding]:
    """A written size that follows from the input."""
    for node in chain.nodes:
        places = node.places
        if places is None or not node.layer.sizes:
            continue
        for name in node.layer.sizes:
            entry, value = places.arguments.get(name), places.values.get(name)
            if entry is None or value is None or entry == value or "${" in value.text:
                continue
            yield Finding(catalog.layer_lints.RedundantSize(field=name, layer=node.type), Argument(node, name))
