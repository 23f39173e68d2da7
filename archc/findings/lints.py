"""The name of a lint, as archc.toml, the command line and comments have it -> its code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archc.diagnostics.fault import Fault, Stage
from archc.diagnostics.levels import ALL
from archc.syntax.tree import clip

DIRECTIVE: Final = re.compile(r"#[ \t]*archc:[ \t]*(?:allow|deny|warn|ignore|disable|noqa)\b")
"""How a comment begins that is, or looks like, one that allows lints."""


def lint_called(name: str, *, trains: bool = False) -> str:
    """The code of a lint that is named by code or slug, in any case; `all` is itself.

    Args:
        name: as it is written.
        trains: whether the level holds for trainings too, so that it can be that of one of their lints.

    Raises:
        catalog.settings.UnknownLint: there is none of that name.
        catalog.settings.ErrorHasNoLevel: it is an error.
        catalog.settings.LintOfATraining: it would have no effect.
    """
    from archc.diagnostics import catalog

    found = _faults().get(name.lower())
    if found is None and name.lower() != ALL:
        from archc.elaborate.suggest import suggest

        known = [ALL, *(word for word, fault in _faults().items() if fault.severity == "warning")]
        raise catalog.settings.UnknownLint(name=clip(name), suggestion=suggest(name, known))
    if found is None:
        return ALL
    if found.severity == "error":
        raise catalog.settings.ErrorHasNoLevel(name=clip(name))
    if found.stage == Stage.RUN and not trains:
        raise catalog.settings.LintOfATraining(name=clip(name))
    return found.code


@lru_cache(maxsize=1)
def _faults() -> dict[str, type[Fault]]:
    """Every fault, by its code in lower case and by its slug."""
    from archc.diagnostics.catalog import faults

    return {word: fault for fault in faults() for word in (fault.code.lower(), fault.slug)}
