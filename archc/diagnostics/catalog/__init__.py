"""Every fault there is, one class each, in one file for each family of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archc.diagnostics.fault import Fault


def catalog() -> tuple[type[Fault], ...]:
    """All faults, family by family. They are the classes of this folder's modules, in the order of the files."""
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

    errors = (syntax, names, expressions, blocks, settings, shapes, expect, training, control, runs)
    modules = (*errors, lints, layers, run_warnings, allow)
    return tuple(
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Fault) and item.__module__ == module.__name__
    )


def find(text: str) -> type[Fault] | None:
    """The fault of a code or a slug, in any case."""
    return next((item for item in catalog() if text.upper() == item.code or text.lower() == item.slug), None)
