"""Every fault there is, one class each, in a file for each family of codes or for a part of it.

`from archc.diagnostics import catalog`, then `catalog.windows.WindowTooLarge`: a family is loaded when its first fault
is named, so a command that finds nothing wrong loads none.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from archc.diagnostics.catalog import (
        allow,
        axes,
        axis_lints,
        blocks,
        chain_lints,
        control,
        distances,
        evaluation,
        expect,
        expressions,
        grammar,
        graphs,
        image_lints,
        images,
        layer_lints,
        names,
        output_lints,
        preflight,
        run_warnings,
        runs,
        samples,
        scale,
        settings,
        shapes,
        steps,
        syntax,
        tables,
        targets,
        tasks,
        timing_lints,
        tokens,
        train_lints,
        training,
        unused,
        values,
        windows,
    )
    from archc.diagnostics.fault import Fault

__all__ = [
    "allow",
    "axes",
    "axis_lints",
    "blocks",
    "chain_lints",
    "control",
    "distances",
    "evaluation",
    "expect",
    "expressions",
    "faults",
    "find",
    "grammar",
    "graphs",
    "image_lints",
    "images",
    "layer_lints",
    "names",
    "output_lints",
    "preflight",
    "run_warnings",
    "runs",
    "samples",
    "scale",
    "settings",
    "shapes",
    "steps",
    "syntax",
    "tables",
    "targets",
    "tasks",
    "timing_lints",
    "tokens",
    "train_lints",
    "training",
    "unused",
    "values",
    "windows",
]

_FAMILIES: Final = frozenset(__all__) - {"faults", "find"}


def __getattr__(name: str) -> ModuleType:
    if name in _FAMILIES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def faults() -> tuple[type[Fault], ...]:
    """All faults, in the order of their codes."""
    from archc.diagnostics.fault import Fault

    families = [import_module(f"{__name__}.{name}") for name in _FAMILIES]
    found = [
        item
        for family in families
        for item in vars(family).values()
        if isinstance(item, type) and issubclass(item, Fault) and item.__module__ == family.__name__
    ]
    return tuple(sorted(found, key=lambda item: item.code))


def find(text: str) -> type[Fault] | None:
    """The fault of a code or a slug, in any case."""
    return next((item for item in faults() if text.upper() == item.code or text.lower() == item.slug), None)
