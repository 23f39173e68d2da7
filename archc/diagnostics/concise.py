"""A report -> one line a diagnostic, as compilers print them: `file:line:column: error[E301]: message`."""

from __future__ import annotations

from archc.diagnostics.report import Report
from archc.diagnostics.visible import line_start, visible


def render(report: Report) -> str:
    """One line for each diagnostic; empty where there is none. Lines and columns count from 1."""
    return "".join(f"{line_start(visible(str(diagnostic)))}\n" for diagnostic in report)
