"""What archc raises to Python callers. A mistake in calling it is Python's own TypeError or ValueError."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report

_SIGINT: Final = 2
"""That of every POSIX system. Importing `signal` for it would make `archc check` start later."""


class ArchcError(Exception):
    """Base of them all. `report` says everything that is wrong; it is empty where nothing is."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.report.errors)


class SpecError(ArchcError):
    """A spec has errors."""


class RunError(ArchcError):
    """A training, its data, or its run directory has errors."""

    @classmethod
    def of(cls, fault: Fault, file: str | None = None) -> Self:
        """The error of one fault. `file` is shown as its place: the spec, usually. A warning was denied."""
        report = Report(file)
        report.add(fault)
        report.revise(lambda diagnostic: diagnostic._replace(denied=fault.severity == "warning"))
        return cls(report)


class Interrupted(ArchcError):  # noqa: N818 - it is what happened, in one word
    """A training was told to stop, and has saved a checkpoint that it can go on from: `archc.resume(directory)`.

    `step` is the last step it did; `signum` the signal that came, SIGINT or SIGTERM.
    """

    def __init__(self, directory: Path, step: int, signum: int = _SIGINT) -> None:
        super().__init__(Report())
        self.directory = directory
        self.step = step
        self.signum = signum

    def __str__(self) -> str:
        return f"interrupted after step {self.step}; `{self.directory}` can be resumed"


class Elsewhere(ArchcError):  # noqa: N818 - it is where the reason is told, in one word
    """A training of several processes has ended, and another of them raises why.

    `resumable`: it was told to stop, and was saved.
    """

    def __init__(self, *, resumable: bool = False) -> None:
        super().__init__(Report())
        self.resumable = resumable

    def __str__(self) -> str:
        return "another process of the training says why it has ended"
