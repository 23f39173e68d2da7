"""What commands exit with. Only this file knows the numbers, which scripts rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archc.diagnostics import catalog
from archc.diagnostics.report import Report

if TYPE_CHECKING:
    from archc.errors import ArchcError

OK: Final = 0
ERRORS: Final = 1
"""The spec, the data or the run has errors."""
USAGE: Final = 2
"""Wrong options, or a file that cannot be read."""
BUG: Final = 70
RESUMABLE: Final = 75
"""Interrupted, and saved: `archc train --resume` goes on."""
INTERRUPTED: Final = 130


def of_report(report: Report) -> int:
    """OK without errors; USAGE where a file cannot be read or an option is wrong; ERRORS for all others."""
    if report.ok:
        return OK
    usage = all(isinstance(d.fault, catalog.syntax.UnreadableFile | catalog.names.OverridePath) for d in report.errors)
    return USAGE if usage else ERRORS


def of_error(error: ArchcError) -> int:
    """The code of what a training raises."""
    from archc.errors import Elsewhere, Interrupted

    if isinstance(error, Interrupted) or (isinstance(error, Elsewhere) and error.resumable):
        return RESUMABLE
    return ERRORS if isinstance(error, Elsewhere) else of_report(error.report)
