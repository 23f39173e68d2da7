"""Spec whose branches cannot be merged -> what makes them fit, paddings or sizes of the input, said by the fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count, islice
from typing import Any, Final, NamedTuple

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.fitting import Fit, Padded
from archc.diagnostics.report import Diagnostic, Report
from archc.infer import infer
from archc.layers import Layer, Shape
from archc.source import Span
from archc.spec import LayerSpec, Spec
from archc.terms.engine import ValidationError
from archc.terms.record import declared

MAX_LAYERS: Final = 1_000
"""Larger networks are not inferred again and again for the sake of a hint."""
MOST_TRIED: Final = 16
"""Layers without whose padding it is tried."""
MOST_FAULTS: Final = 8
"""Faults that are looked into: where there are more, these show what is wrong."""
MOST: Final = 64
"""The largest step between sizes that is looked for: six layers that halve."""

_MORE: Final = (1, 2, 3)
"""How many more multiples of a step are tried."""

_Paddings = Mapping[Span, Layer]
"""Layers with another padding, by the places of their names."""


def offer_ways(spec: Spec, report: Report, input_shape: Shape | None = None) -> None:
    """Give every fault of branches what makes them fit: paddings of layers inside, or another size of the input."""
    shape = input_shape or (spec.input.shape if spec.input else ())
    if not shape or next(islice(_all(spec.layers), MAX_LAYERS, None), None) is not None:
        return

    fits = cache(lambda: None if spec.has_train else _fits(spec, shape))
    left = count(MOST_FAULTS, -1)

    def told(diagnostic: Diagnostic) -> Diagnostic:
        fault = diagnostic.fault
        if not isinstance(fault, catalog.blocks.BranchesDiffer) or fault.taken or not _differ_in_size(fault):
            return diagnostic
        if next(left) <= 0:
            return diagnostic
        if padding := _padded(spec, shape, diagnostic):
            alone = padding.more is None
            better = fault.with_(padded=padding.layers, remedy_text=padding.more, ways=())
            return diagnostic._replace(fault=better, fixable=alone)
        fit = fits()
        return diagnostic._replace(fault=fault.with_(fits=fit, ways=())) if fit else diagnostic

    report.revise(told)


def _differ_in_size(fault: catalog.blocks.BranchesDiffer) -> bool:
    """Whether tensors with positions differ in one of them."""
    return all(len(shape) > 1 for shape in fault.shapes) and len({shape[1:] for shape in fault.shapes}) > 1


class _Padding(NamedTuple):
    """The layers that want a padding, and what is to be done beside it."""

    layers: tuple[Padded, ...]
    more: str | None = None


def _padded(spec: Spec, shape: Shape, diagnostic: Diagnostic) -> _Padding | None:
    """The fewest layers of the branches that want a padding, with it; None where that does not make their sizes fit."""
    at = [found for found in _all(spec.layers) if found.places.path == diagnostic.path]
    inside = [layer for found in at for layer in _inside(found, spec)]
    wanted = {layer.places.type: other for layer in inside if (other := _with_padding(layer))}
    left = _left(spec, shape, wanted, diagnostic) if wanted else [diagnostic.fault]
    if not all(isinstance(fault, catalog.blocks.BranchesDiffer) and fault.remedy_text for fault in left):
        return None
    if any(isinstance(fault, catalog.blocks.BranchesDiffer) and _differ_in_size(fault) for fault in left):
        return None
    for place in list(wanted)[:MOST_TRIED]:
        fewer = {other: layer for other, layer in wanted.items() if other != place}
        if fewer and _left(spec, shape, fewer, diagnostic) == left == []:
            wanted = fewer
    more = next((getattr(fault, "remedy_text", None) for fault in left), None)
    padded = (Padded(type(layer).__name__, _text(vars(layer)["padding"]), at) for at, layer in wanted.items())
    return _Padding(tuple(padded), more)


def _inside(found: LayerSpec, spec: Spec) -> Iterator[LayerSpec]:
    """The layers of a container's branches; around a node of a Graph that merges, those of all its nodes."""
    if not found.merge:
        yield from _all(found.children)
        return
    for graph in _all(spec.layers):
        if found in graph.children:
            yield from _all(graph.children)


def _with_padding(spec: LayerSpec) -> Layer | None:
    """A layer with the padding that keeps the size, or what its stride leaves of it; None where it has it already."""
    layer = spec.layer
    if layer is None or not {"padding", "kernel_size"} <= set(declared(type(layer))):
        return None
    given: Mapping[str, Any] = vars(layer)
    kernel, padding = given["kernel_size"], given["padding"]
    if not isinstance(kernel, tuple) or padding == "same":
        return None
    dilation = given.get("dilation") or (1,) * len(kernel)
    if any(d * (k - 1) % 2 for d, k in zip(dilation, kernel, strict=True)):
        return _with_same(layer)
    keeps = tuple(d * (k - 1) // 2 for d, k in zip(dilation, kernel, strict=True))
    return layer.replace(padding=keeps) if padding != keeps and any(keeps) else None


def _with_same(layer: Layer) -> Layer | None:
    """A layer with `padding: same`; None where it cannot have it."""
    try:
        same = layer.replace(padding="same")
        same.check()
    except (ValidationError, Fault):
        return None
    return same


def _left(spec: Spec, shape: Shape, paddings: _Paddings, diagnostic: Diagnostic) -> list[Fault]:
    """What is still wrong at a place, and inside it, with these paddings."""
    report = Report()
    infer(spec._replace(layers=_replaced(spec.layers, paddings)), report, shape)
    return [other.fault for other in report if other.path == diagnostic.path or _is_inside(other, diagnostic)]


def _is_inside(other: Diagnostic, diagnostic: Diagnostic) -> bool:
    return (other.path or "").startswith(f"{diagnostic.path}.")


def _replaced(layers: tuple[LayerSpec, ...], paddings: _Paddings) -> tuple[LayerSpec, ...]:
    return tuple(
        spec._replace(
            layer=paddings.get(spec.places.type, spec.layer),
            children=_replaced(spec.children, paddings) if spec.children else (),
        )
        for spec in layers
    )


def _text(padding: tuple[int, ...] | str) -> str:
    if isinstance(padding, str):
        return padding
    return str(padding[0]) if len(set(padding)) == 1 else str(list(padding))


def _fits(spec: Spec, shape: Shape) -> Fit | None:
    """The next larger input with which the network is valid, and the step from one such size to the next."""
    axes = range(min(1, len(shape) - 1), len(shape))
    step = 2
    while not _hold(spec, shape, steps := dict.fromkeys(axes, step)):
        step *= 2
        if step > MOST:
            return None
    for axis in axes:
        smaller = (2**power for power in range(step.bit_length() - 1))
        steps[axis] = next((less for less in smaller if _hold(spec, shape, {**steps, axis: less})), step)
    return Fit(_rounded(shape, steps), tuple(steps.get(axis, 1) for axis in range(len(shape))))


def _hold(spec: Spec, shape: Shape, steps: Mapping[int, int]) -> bool:
    """Whether the next multiples of the steps of all axes are sizes for which the network is valid."""
    first = _rounded(shape, steps)
    others = (
        (*first[:axis], first[axis] + step * more, *first[axis + 1 :]) for axis, step in steps.items() for more in _MORE
    )
    return all(infer(spec, Report(), given) is not None for given in (first, *others))


def _rounded(shape: Shape, steps: Mapping[int, int]) -> Shape:
    """Each size, raised to a multiple of the step of its axis."""
    return tuple(-(-size // steps.get(axis, 1)) * steps.get(axis, 1) for axis, size in enumerate(shape))


def _all(layers: tuple[LayerSpec, ...]) -> Iterator[LayerSpec]:
    for layer in layers:
        yield layer
        yield from _all(layer.children)
