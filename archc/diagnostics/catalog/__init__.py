"""Every fault there is, one class each, in one file for each family of codes.

`from archc.diagnostics import catalog`, then `catalog.shapes.WindowTooLarge`: a family is loaded when its first fault
is named, so a command that finds nothing wrong loads none.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from archc.diagnostics.catalog import (
        allow,
        blocks,
        control,
        expect,
        expressions,
        layers,
        lints,
        names,
        run_warnings,
        runs,
        settings,
        shapes,
        syntax,
        training,
    )
    from archc.diagnostics.fault import Fault

__all__ = [
    "allow",
    "blocks",
    "control",
    "expect",
    "expressions",
    "faults",
    "find",
    "layers",
    "lints",
    "names",
    "run_warnings",
    "runs",
    "settings",
    "shapes",
    "syntax",
    "training",
]

_ERRORS: Final = (
    "syntax",
    "names",
    "expressions",
    "blocks",
    "settings",
    "shapes",
    "expect",
    "training",
    "control",
    "runs",
)
_WARNINGS: Final = ("lints", "layers", "run_warnings", "allow")


def __getattr__(name: str) -> ModuleType:
    if name in _ERRORS or name in _WARNINGS:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def faults() -> tuple[type[Fault], ...]:
    """All faults, family by family, in the order of the files."""
    from archc.diagnostics.fault import Fault

    families = [import_module(f"{__name__}.{name}") for name in (*_ERRORS, *_WARNINGS)]
    return tuple(
        item
        for family in families
        for item in vars(family).values()
        if isinstance(item, type) and issubclass(item, Fault) and item.__module__ == family.__name__
    )


def find(text: str) -> type[Fault] | None:
    """The fault of a code or a slug, in any case."""
    return next((item for item in faults() if text.upper() == item.code or text.lower() == item.slug), None)
