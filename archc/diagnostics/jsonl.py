"""A report -> JSON Lines: each diagnostic as it is in `--format json`, on a line of its own."""

from __future__ import annotations

from archc.diagnostics.json import diagnostic_json, dumps
from archc.diagnostics.report import Report


def render(report: Report) -> str:
    """One line for each diagnostic; empty where there is none."""
    return "".join(f"{dumps(diagnostic_json(diagnostic))}\n" for diagnostic in report)
