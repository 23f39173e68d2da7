"""A fault found while training -> the `RunError` that a caller sees."""

from __future__ import annotations

from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report, RunError


def refusal(fault: Fault, file: str | None = None) -> RunError:
    """The error to raise for one fault. `file` is shown as its place: the spec, usually. A lint was denied."""
    report = Report(file)
    report.add(fault)
    report.revise(lambda diagnostic: diagnostic._replace(denied=fault.severity == "warning"))
    return RunError(report)
