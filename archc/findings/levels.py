"""A report -> the same with its lints at their levels: allowed ones left out, denied ones as errors.

A comment `# archc: allow[W603] reason` wins over the command line, and that over archc.toml.
"""

from __future__ import annotations

from archc.diagnostics.levels import Levels
from archc.diagnostics.report import Diagnostic, Key, Report
from archc.findings.lints import DIRECTIVE
from archc.syntax.document import Document
from archc.syntax.read import parse


def apply_levels(report: Report, document: Document, levels: Levels, *, complete: bool) -> None:
    """Give every lint of a report its level.

    Args:
        report: changed in place.
        document: the spec as it is written.
        levels: those of archc.toml and the command line.
        complete: whether all lints were looked for, so that a comment can be of no use.
    """
    warned = [diagnostic for diagnostic in report if diagnostic.severity == "warning"]
    sources = {document.source: None} | {diagnostic.span.source: None for diagnostic in warned if diagnostic.span}
    allowed: set[Key] = set()
    for text in sources:
        if not DIRECTIVE.search(text.text):
            continue
        from archc.findings.allow import allow

        own = text is document.source
        here = [diagnostic for diagnostic in warned if diagnostic.span and diagnostic.span.source is text]
        # An included file, or the text of an option: rarely one with such comments.
        found = document if own else parse(text, Report())
        allowed |= allow(found, here, report, complete=complete and own)
    if allowed or not levels.all_warn or any(diagnostic.fault.taste for diagnostic in warned):
        report.revise(lambda diagnostic: None if diagnostic.key in allowed else _at_level(diagnostic, levels))


def _at_level(diagnostic: Diagnostic, levels: Levels) -> Diagnostic | None:
    if diagnostic.fault.severity == "error":
        return diagnostic
    level = levels.of_taste(diagnostic.code) if diagnostic.fault.taste else levels.of(diagnostic.code)
    return None if level == "allow" else diagnostic._replace(denied=level == "deny")
