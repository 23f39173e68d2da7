"""Faults and their places, collected: `Diagnostic`, `Report`, and the `SpecError` that carries one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from archc.diagnostics.fault import Fault
from archc.source import Span


class Label(NamedTuple):
    """A second place that explains a fault."""

    span: Span
    text: str


class Edit(NamedTuple):
    """Replace the text of `span` by `text`."""

    span: Span
    text: str


class Fix(NamedTuple):
    """Edits that mend a fault. A safe fix cannot change what a correct spec means."""

    title: str
    safe: bool
    edits: tuple[Edit, ...]


class Diagnostic(NamedTuple):
    """A fault with its places. `path` is the place in the document, as in `layers[0]` or `train.epochs`."""

    fault: Fault
    span: Span | None = None
    path: str | None = None
    labels: tuple[Label, ...] = ()
    extra_notes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    file: str | None = None

    @property
    def code(self) -> str:
        return self.fault.code

    @property
    def slug(self) -> str:
        return self.fault.slug

    @property
    def severity(self) -> str:
        return self.fault.severity

    @property
    def message(self) -> str:
        return self.fault.message()

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.fault.notes(), *self.extra_notes)

    @property
    def helps(self) -> tuple[str, ...]:
        text = self.fault.help()
        return (text,) if text else ()

    @property
    def filename(self) -> str | None:
        return self.span.source.name if self.span else self.file

    def __str__(self) -> str:
        where = ""
        if self.span:
            where = f"{self.span.source.name}:{self.span.first.line}:{self.span.first.column}: "
        elif self.file:
            where = f"{self.file}: "
        return f"{where}{self.severity}[{self.code}]: {self.message}"


class Report:
    """Every diagnostic of one input, in the order of its text.

    `file` is the name shown for faults that have no place in a text (an unreadable file, say).
    """

    def __init__(self, file: str | None = None) -> None:
        self.file = file
        self._diagnostics: list[Diagnostic] = []
        self._settled: set[Span] = set()
        self._context: tuple[Label, ...] = ()
        self._seen: set[tuple[str, Span | None, str]] = set()

    @contextmanager
    def inside(self, labels: tuple[Label, ...]) -> Iterator[None]:
        """Inside, every diagnostic gets these labels: the calls that lead to its place."""
        before, self._context = self._context, labels
        yield
        self._context = before

    def add(
        self,
        fault: Fault,
        span: Span | None = None,
        *,
        path: str | None = None,
        labels: Iterable[Label] = (),
        notes: Iterable[str] = (),
        fixes: Iterable[Fix] | None = None,
    ) -> None:
        """Record a fault at its place. Its remedy replaces the marked text, unless `fixes` says otherwise.

        The same fault at the same place is recorded once: a block that is called twice has its mistakes once.
        """
        key = (fault.code, span, fault.message())
        if span is not None and (span in self._settled or key in self._seen):
            return
        self._seen.add(key)
        remedy = fault.remedy()
        if fixes is None and remedy and span and remedy.action == "replace":
            fixes = [Fix(remedy.title, remedy.safe, (Edit(span, remedy.text),))]
        diagnostic = Diagnostic(
            fault, span, path, (*labels, *self._context), tuple(notes), tuple(fixes or ()), self.file
        )
        self._diagnostics.append(diagnostic)

    def settle(self, span: Span) -> None:
        """Leave out later faults of exactly this place: it has one already, and what it means is unknown."""
        self._settled.add(span)

    def settled(self, span: Span) -> bool:
        """Whether the meaning of a place is unknown, with the reason in the report."""
        return span in self._settled

    def revise(self, fixes: Callable[[Diagnostic], tuple[Fix, ...]]) -> None:
        """Give each diagnostic the fixes that the function has for it."""
        self._diagnostics = [diagnostic._replace(fixes=fixes(diagnostic)) for diagnostic in self._diagnostics]

    def extend(self, other: Report) -> None:
        """Take over the diagnostics of another report."""
        self._diagnostics.extend(other._diagnostics)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(self._diagnostics, key=_place))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self.diagnostics if d.severity == "warning")

    @property
    def ok(self) -> bool:
        """True when nothing is an error; warnings are allowed."""
        return not any(d.severity == "error" for d in self._diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.diagnostics)

    def __len__(self) -> int:
        return len(self._diagnostics)

    def __repr__(self) -> str:
        return f"Report({len(self.errors)} errors, {len(self.warnings)} warnings)"


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    span = diagnostic.span
    return (diagnostic.filename or "", span.start if span else -1, span.end if span else -1)


class ArchcError(Exception):
    """Base of the errors that archc raises to Python callers. `report` says everything that is wrong."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.report.errors)


class SpecError(ArchcError):
    """A spec has errors."""


class RunError(ArchcError):
    """A training, its data, or its run directory has errors."""
