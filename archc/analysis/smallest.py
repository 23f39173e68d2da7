"""Spec in which a window does not fit -> the smallest input for which all fit, said by the fault."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from archc.diagnostics import catalog
from archc.diagnostics.report import Diagnostic, Report
from archc.infer import infer
from archc.layers import Shape
from archc.spec import LayerSpec, Spec

MAX_SIZE: Final = 2**14
MAX_LAYERS: Final = 2_000
"""Larger networks are not inferred again and again for the sake of a hint."""

_TOO_SMALL: Final = (catalog.windows.WindowTooLarge, catalog.windows.PaddingTooLarge, catalog.windows.NothingLeft)


def offer_input(spec: Spec, report: Report, input_shape: Shape | None = None) -> None:
    """Give every fault of a window the smallest input with which no window is too large.

    A spec with a `train` section has its input from its data, so nothing is offered.
    """
    shape = input_shape or (spec.input.shape if spec.input else ())
    many = next(islice(_all(spec.layers), MAX_LAYERS, None), None) is not None
    if spec.has_train or not shape or many:
        return
    smallest = next(filter(None, (_smallest(spec, shape, axes) for axes in _positions(shape))), None)

    def told(diagnostic: Diagnostic) -> Diagnostic:
        fault = diagnostic.fault
        if isinstance(fault, catalog.windows.WindowTooLarge | catalog.windows.NothingLeft):
            return diagnostic._replace(fault=fault.with_(smallest=smallest))
        return diagnostic

    report.revise(told)


def _positions(shape: Shape) -> Iterator[range]:
    """The axes that may hold positions: those behind the channels, else all others, as of steps or tokens."""
    if len(shape) > 1:
        yield range(1, len(shape))
    yield range(max(1, len(shape) - 1))


def _smallest(spec: Spec, shape: Shape, axes: range) -> Shape | None:
    """The input that is enlarged least: no axis of positions is below some size. None where none is found."""
    low = min(shape[axis] for axis in axes)
    high = low + 1
    while not _fits(spec, _enlarged(shape, high, axes)):
        low, high = high, high * 2
        if high > MAX_SIZE:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(spec, _enlarged(shape, middle, axes)) else (middle, high)
    return _enlarged(shape, high, axes)


def _enlarged(shape: Shape, least: int, axes: range) -> Shape:
    return tuple(max(size, least) if axis in axes else size for axis, size in enumerate(shape))


def _fits(spec: Spec, shape: Shape) -> bool:
    report = Report()
    infer(spec, report, shape)
    return not any(isinstance(diagnostic.fault, _TOO_SMALL) for diagnostic in report)


def _all(layers: tuple[LayerSpec, ...]) -> Iterator[LayerSpec]:
    for layer in layers:
        yield layer
        yield from _all(layer.children)
