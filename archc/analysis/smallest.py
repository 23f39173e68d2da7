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
    if spec.has_train or len(shape) < 2 or many:
        return
    smallest = _smallest(spec, shape)

    def told(diagnostic: Diagnostic) -> Diagnostic:
        fault = diagnostic.fault
        if isinstance(fault, catalog.windows.WindowTooLarge):
            return diagnostic._replace(fault=fault.with_(smallest=smallest))
        return diagnostic

    report.revise(told)


def _smallest(spec: Spec, shape: Shape) -> Shape | None:
    """The input that is enlarged least: no spatial axis is below some size. None where none is found."""
    low = min(shape[1:])
    high = low + 1
    while not _fits(spec, _enlarged(shape, high)):
        low, high = high, high * 2
        if high > MAX_SIZE:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _fits(spec, _enlarged(shape, middle)) else (middle, high)
    return _enlarged(shape, high)


def _enlarged(shape: Shape, least: int) -> Shape:
    return (shape[0], *(max(size, least) for size in shape[1:]))


def _fits(spec: Spec, shape: Shape) -> bool:
    report = Report()
    infer(spec, report, shape)
    return not any(isinstance(diagnostic.fault, _TOO_SMALL) for diagnostic in report)


def _all(layers: tuple[LayerSpec, ...]) -> Iterator[LayerSpec]:
    for layer in layers:
        yield layer
        yield from _all(layer.children)
