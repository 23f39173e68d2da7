"""A report -> workflow commands, which GitHub Actions shows beside the lines of a pull request.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from archc.diagnostics.report import Diagnostic, Report
from archc.diagnostics.visible import visible


def render(report: Report) -> str:
    """One command a line for each diagnostic; empty where there is none."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in report)


def _command(diagnostic: Diagnostic) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(diagnostic).items())
    said = (
        diagnostic.message,
        *(f"note: {text}" for text in diagnostic.notes),
        *(f"help: {text}" for text in diagnostic.helps),
    )
    return f"::{diagnostic.severity} {properties}::{_data(chr(10).join(map(visible, said)))}"


def _properties(diagnostic: Diagnostic) -> dict[str, str]:
    """Where and what. Columns belong to places on one line only; GitHub refuses them elsewhere."""
    found = {"file": visible(diagnostic.filename)} if diagnostic.filename else {}
    if diagnostic.span:
        first, last = diagnostic.span.first, diagnostic.span.last
        found |= {"line": str(first.line), "endLine": str(last.line)}
        if first.line == last.line:
            found |= {"col": str(first.column), "endColumn": str(last.column)}
    return found | {"title": f"{diagnostic.code} {diagnostic.slug}"}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
