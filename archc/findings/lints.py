"""The name of a lint, as archc.toml, the command line and comments have it -> its code."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archc.diagnostics.levels import ALL
from archc.syntax.tree import clip

DIRECTIVE: Final = re.compile(r"#[ \t]*archc:[ \t]*(?:allow|deny|warn|ignore|disable|noqa)\b")
"""How a comment begins that is, or looks like, one that allows lints."""


def lint_called(name: str) -> str:
    """The code of a lint that is named by code or slug, in any case; `all` is itself.

    Raises:
        catalog.settings.UnknownLint: there is none of that name.
        catalog.settings.ErrorHasNoLevel: it is an error.
    """
    from archc.diagnostics import catalog

    code = _codes().get(name.lower())
    if code is None:
        from archc.elaborate.suggest import suggest

        known = [word for word, code in _codes().items() if not code.startswith("E")]
        raise catalog.settings.UnknownLint(name=clip(name), suggestion=suggest(name, known))
    if code.startswith("E"):
        raise catalog.settings.ErrorHasNoLevel(name=clip(name))
    return code


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """The code of every fault, by its code in lower case and by its slug."""
    from archc.diagnostics.catalog import faults

    return {ALL: ALL} | {word: fault.code for fault in faults() for word in (fault.code.lower(), fault.slug)}
