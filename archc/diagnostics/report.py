"""Faults and their places, collected: `Diagnostic`, `Report`, and the `SpecError` that carries one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, TypeAlias

from archc.diagnostics.fault import Fault, Severity
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


Key: TypeAlias = tuple[str, Span | None, str]
"""The code, the place and the message of a diagnostic."""


class Diagnostic(NamedTuple):
    """A fault with its places. `path` is the place in the document, as in `layers[0]` or `train.epochs`.

    A remedy that replaces text or deletes a comment acts on `target`, or on what is marked. It is not `fixable` where
    the text is none that is mended, or does not hold the value at fault. A lint that is `denied` is an error.
    """

    fault: Fault
    span: Span | None = None
    path: str | None = None
    labels: tuple[Label, ...] = ()
    extra_notes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    file: str | None = None
    denied: bool = False
    target: Span | None = None
    fixable: bool = True

    @property
    def key(self) -> Key:
        """What no other diagnostic of the same report has."""
        return self.code, self.span, self.message

    @property
    def code(self) -> str:
        return self.fault.code

    @property
    def slug(self) -> str:
        return self.fault.slug

    @property
    def severity(self) -> Severity:
        return "error" if self.denied else self.fault.severity

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


class _Count:
    """In how many repetitions of a place a fault is, and the first and last of them, from 1."""

    __slots__ = ("first", "last", "place", "times")

    def __init__(self, place: Span) -> None:
        self.place = place
        self.first = 0
        self.last = 0
        self.times = 0


class _Repetitions:
    """The rounds of everything that repeats, and which faults are in which of them."""

    def __init__(self) -> None:
        self._inside: list[Span] = []
        self._rounds: dict[Span, int] = {}
        self._counts: dict[tuple[str, Span], _Count] = {}

    def __bool__(self) -> bool:
        return bool(self._inside)

    @contextmanager
    def another(self, place: Span) -> Iterator[None]:
        """Inside is one more round of what stands at a place."""
        self._rounds[place] = self._rounds.get(place, 0) + 1
        self._inside.append(place)
        try:
            yield
        finally:
            self._inside.pop()

    def is_known(self, fault: Fault, span: Span) -> bool:
        """Whether an earlier round has this fault at this place; it is counted."""
        place = self._inside[-1]
        now = self._rounds[place]
        count = self._counts.setdefault((fault.code, span), _Count(place))
        before, count.last = count.last, now
        count.times += now != before
        count.first = count.first or now
        return before > 0

    def noted(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic with the number of rounds that have it."""
        count = self._counts.get((diagnostic.code, diagnostic.span)) if diagnostic.span else None
        if count is None or self._rounds[count.place] == 1:
            return diagnostic
        total = self._rounds[count.place]
        first = f", first in repetition {count.first}" if count.times < total else ""
        note = f"in {count.times} of {total} repetitions{first}"
        return diagnostic._replace(extra_notes=(*diagnostic.extra_notes, note))


class Report:
    """Every diagnostic of one input, in the order of its text.

    `file` is the name shown for faults that have no place in a text (an unreadable file, say).
    """

    def __init__(self, file: str | None = None) -> None:
        self.file = file
        self._diagnostics: list[Diagnostic] = []
        self._explained: set[Span] = set()
        self._context: tuple[Label, ...] = ()
        self._seen: set[tuple[str, Span | None, str]] = set()
        self._repetitions = _Repetitions()

    @contextmanager
    def inside(self, labels: tuple[Label, ...]) -> Iterator[None]:
        """Inside, every diagnostic gets these labels: the calls that lead to its place."""
        before, self._context = self._context, labels
        try:
            yield
        finally:
            self._context = before

    def repetition(self, place: Span) -> AbstractContextManager[None]:
        """Inside is one repetition of what stands at `place`: a fault that several of them share is shown once."""
        return self._repetitions.another(place)

    def add(
        self,
        fault: Fault,
        span: Span | None = None,
        *,
        path: str | None = None,
        labels: Iterable[Label] = (),
        notes: Iterable[str] = (),
        target: Span | None = None,
        fixable: bool = True,
    ) -> None:
        """Record a fault at its place, with what its remedy acts on where that is not what is marked.

        The same fault at the same place is recorded once: a block that is called twice has its mistakes once.
        """
        counted = self._repetitions and not fault.whole
        if counted and span is not None and self._repetitions.is_known(fault, span):
            return
        key = (fault.code, span, fault.message())
        if span is not None and (span in self._explained or key in self._seen):
            return
        self._seen.add(key)
        diagnostic = Diagnostic(
            fault,
            span,
            path,
            labels=(*labels, *self._context),
            extra_notes=tuple(notes),
            file=self.file,
            target=target,
            fixable=fixable,
        )
        self._diagnostics.append(diagnostic)

    def mark_explained(self, span: Span) -> None:
        """Leave out later faults of exactly this place: it has one already, and what it means is unknown."""
        self._explained.add(span)

    def is_explained(self, span: Span) -> bool:
        """Whether the meaning of a place is unknown, with the reason in the report."""
        return span in self._explained

    def revise(self, change: Callable[[Diagnostic], Diagnostic | None]) -> None:
        """Put what `change` makes of each diagnostic in its place; None leaves it out."""
        self._diagnostics = [new for old in self._diagnostics if (new := change(old)) is not None]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return tuple(sorted(map(self._repetitions.noted, self._diagnostics), key=_place))

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
