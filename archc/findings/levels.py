"""A report -> the same with its lints at their levels: allowed ones left out, denied ones as errors.

A comment `# archc: allow[W603] reason` wins over the command line, and that over archc.toml.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from archc.diagnostics.levels import ALL, Levels
from archc.diagnostics.report import Diagnostic, Report
from archc.source import SourceFile
from archc.syntax.tree import clip

DIRECTIVE: Final = re.compile(r"#[ \t]*archc:[ \t]*(?:allow|deny|warn|ignore|disable|noqa)\b")
"""How a comment begins that is, or looks like, one that allows lints."""


def apply_levels(report: Report, source: SourceFile, levels: Levels, *, complete: bool) -> None:
    """Give every lint of a report its level. `complete`: all lints were looked for, so that an allow can be unused."""
    warned = [diagnostic for diagnostic in report if diagnostic.code.startswith("W")]
    sources = {source: None} | {diagnostic.span.source: None for diagnostic in warned if diagnostic.span}
    allowed: set[int] = set()
    for text in sources:
        if not DIRECTIVE.search(text.text):
            continue
        here = [diagnostic for diagnostic in warned if diagnostic.span and diagnostic.span.source is text]
        from archc.findings.allow import allow

        allowed |= allow(text, here, report, complete=complete and text is source)
    if allowed or not levels.plain:
        report.revise(lambda diagnostic: None if id(diagnostic.fault) in allowed else _at_level(diagnostic, levels))


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


def _at_level(diagnostic: Diagnostic, levels: Levels) -> Diagnostic | None:
    if diagnostic.fault.severity == "error":
        return diagnostic
    level = levels.of(diagnostic.code)
    return None if level == "allow" else diagnostic._replace(denied=level == "deny")
