"""A spec with fixes -> a spec without the faults that they mend, or the text as it was.

A batch of fixes is kept when the text that it gives, read again, has lost the mended faults and got no new one.
Otherwise smaller batches are tried, down to single fixes. A fix that is a guess may show faults that it does not bring;
where they cannot be mended too, it was a wrong guess, and is taken back.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from itertools import accumulate
from typing import Final, NamedTuple

from archc.diagnostics.fault import Stage
from archc.diagnostics.report import Diagnostic, Edit, Fix
from archc.front import Front
from archc.source import SourceFile

MAX_READINGS: Final = 100
"""How often one spec is read again, at most."""

Read = Callable[[SourceFile], Front]


class Mended(NamedTuple):
    """What became of a spec: what is known of it now, and the faults that were mended, in the order of mending."""

    front: Front
    fixed: tuple[Diagnostic, ...]


class Candidate(NamedTuple):
    """A diagnostic with the fix that is tried for it."""

    diagnostic: Diagnostic
    fix: Fix

    @property
    def start(self) -> int:
        return min(edit.span.start for edit in self.fix.edits)

    @property
    def end(self) -> int:
        return max(edit.span.end for edit in self.fix.edits)


def candidates(front: Front, *, unsafe: bool) -> list[Candidate]:
    """The first fix of each diagnostic that may be tried: its edits are all in the spec's own file."""
    found = []
    for diagnostic in front.report:
        fixes = [fix for fix in diagnostic.fixes if fix.safe or unsafe]
        own = [fix for fix in fixes if fix.edits and all(edit.span.source is front.source for edit in fix.edits)]
        found += [Candidate(diagnostic, fix) for fix in own[:1]]
    return sorted(found, key=lambda candidate: candidate.start)


def mend(front: Front, read: Read, *, unsafe: bool = False) -> Mended:
    """Apply fixes until there are none left that help. `read` reads a changed text."""
    return _Mender(front, read, unsafe).run()


class _Mender:
    def __init__(self, front: Front, read: Read, unsafe: bool) -> None:
        self.front = front
        self.read = read
        self.unsafe = unsafe
        self.fixed: list[Diagnostic] = []
        self.readings = 0
        self.refused: set[_Identity] = set()
        """Fixes that do not help now, and may when others are applied."""
        self.wrong: set[_Identity] = set()
        """Guesses that were taken back."""

    def run(self) -> Mended:
        start = self.state()
        self.mend(unsafe=self.unsafe)
        if self.unsafe and _errors(self.front) - _errors(start.front):
            self.take(start)
            self.one_by_one()
        return Mended(self.front, tuple(self.fixed))

    def mend(self, *, unsafe: bool) -> None:
        """Apply what helps, until nothing is left that does."""
        while self.readings < MAX_READINGS and (batch := self.batch(unsafe=unsafe)):
            while batch and not self.keeps(batch) and self.readings < MAX_READINGS:
                if len(batch) == 1:
                    self.refused.add(_identity(batch[0]))
                batch = batch[: len(batch) // 2]

    def one_by_one(self) -> None:
        """Apply each guess, and all that follows where it brings an error; take it back if that remains."""
        self.mend(unsafe=False)
        while self.readings < MAX_READINGS and (guess := self.batch(unsafe=True)[:1]):
            before, diagnostic = self.state(), guess[0].diagnostic
            if not self.keeps(guess):
                self.refused.add(_identity(guess[0]))
                continue
            if _brings(diagnostic, before.front, self.front):
                self.mend(unsafe=True)
            if _brings(diagnostic, before.front, self.front):
                self.take(before)
                self.wrong.add(_identity(guess[0]))

    def state(self) -> Mended:
        return Mended(self.front, tuple(self.fixed))

    def take(self, state: Mended) -> None:
        self.front, self.fixed = state.front, [*state.fixed]
        self.refused.clear()

    def batch(self, *, unsafe: bool) -> list[Candidate]:
        """The fixes to try together: those that do not overlap, from the first."""
        chosen: list[Candidate] = []
        end, out = -1, self.refused | self.wrong
        for candidate in candidates(self.front, unsafe=unsafe):
            if candidate.start > end and _identity(candidate) not in out:
                chosen.append(candidate)
                end = candidate.end
        return chosen

    def keeps(self, batch: list[Candidate]) -> bool:
        """Apply a batch, and keep what comes out if it is better."""
        source = self.front.source
        assert source is not None, "a fix has a text to edit"
        edits = [edit for candidate in batch for edit in candidate.fix.edits]
        after = self.read(SourceFile(source.name, apply(source.text, edits)))
        self.readings += 1
        if not _is_better(self.front, after, [candidate.diagnostic for candidate in batch], edits):
            return False
        self.front = after
        self.fixed += [candidate.diagnostic for candidate in batch]
        self.refused.clear()
        return True


def apply(text: str, edits: list[Edit]) -> str:
    """The text after edits that do not overlap."""
    parts = []
    end = 0
    for edit in sorted(edits, key=lambda edit: edit.span[1:]):
        parts += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*parts, text[end:]])


def _errors(front: Front, of: Callable[[Diagnostic], bool] = lambda _: True) -> Counter[str]:
    """How many errors there are of each code."""
    return Counter(diagnostic.code for diagnostic in front.report.errors if of(diagnostic))


def _brings(guess: Diagnostic, before: Front, after: Front) -> bool:
    """Whether errors come with a guess that it cannot have hidden.

    A guess at the grammar says what belongs to what, so that all of the document tells whether it is right. One in the
    document may have hidden any error but those of its own place. Errors of shapes are told whatever else is wrong, and
    hide only what is checked of whole networks.
    """
    stage, own = guess.fault.stage, guess.path or ""

    def is_brought(new: Diagnostic) -> bool:
        match stage:
            case Stage.SYNTAX:
                return new.fault.stage <= Stage.DOCUMENT
            case Stage.DOCUMENT:
                return new.fault.stage < stage or _is_inside(new.path or "", own)
            case _:
                return new.fault.stage <= stage

    return bool(_errors(after, is_brought) - _errors(before, is_brought))


_Identity = tuple[str, str, int]


def _identity(candidate: Candidate) -> _Identity:
    return candidate.diagnostic.code, candidate.diagnostic.message, candidate.start


def _is_better(before: Front, after: Front, mended: list[Diagnostic], edits: list[Edit]) -> bool:
    """Whether the mended faults are gone, and no fault is new that was not hidden by one of them."""
    if before.tree is not None and after.tree is None:
        return False
    moved = _Moved(before.source, edits)
    keys = {diagnostic.key for diagnostic in mended}
    kept = {place for d in before.report if d.key not in keys for place in moved.places(d)}
    places = [(place, old) for old in mended for place in moved.places(old)]
    stays = {(*place, old.message) for place, old in places}
    if any((*_place(d), d.message) in stays for d in after.report):
        return False
    new = [d for d in after.report if _place(d) not in kept]
    brought = {(place[1:], old.fault.stage) for place, old in places}
    return all(_was_hidden(d, before, mended) and not _was_brought(d, mended, brought) for d in new)


def _was_brought(new: Diagnostic, mended: list[Diagnostic], places: set[tuple[tuple[str, int], Stage]]) -> bool:
    """Whether a fault, whatever its code, is where one was mended that would not have hidden it.

    A layer tells one fault of its shapes at a time, so that another one of the same layer stands in its place.
    """
    at, stage = _place(new)[1:], new.fault.stage
    if any(at == place and stage <= old for place, old in places):
        return True
    return stage == Stage.SHAPES and any(old.fault.stage == stage and old.path == new.path for old in mended)


def _was_hidden(new: Diagnostic, before: Front, mended: list[Diagnostic]) -> bool:
    """Whether a fault may have been there before, out of sight.

    A stage that ended without a fault has told all. Otherwise a fault hides those of later stages, and of its own stage
    those that stand behind it.
    """
    stage = new.fault.stage
    if stage <= before.stage:
        return False
    return any(old.fault.stage < stage or (old.fault.stage == stage and _is_behind(new, old)) for old in mended)


def _is_behind(new: Diagnostic, old: Diagnostic) -> bool:
    """Whether a stage could not get to a fault because of another one of its own.

    The text is read up to the first fault. In the document a fault hides what is inside its place, and a block is read
    where it is called. Shapes are unknown behind the first layer with a fault.
    """
    match new.fault.stage:
        case Stage.SYNTAX:
            return _start(new) >= _start(old)
        case Stage.DOCUMENT:
            return any(_is_inside(new.path or "", path) for path in (old.path, "blocks") if path)
        case stage:
            return stage == Stage.SHAPES


def _start(diagnostic: Diagnostic) -> int:
    return diagnostic.span.start if diagnostic.span else -1


def _is_inside(path: str, outer: str) -> bool:
    return path.startswith(outer) and path[len(outer) :][:1] in ("", ".", "[")


_Place = tuple[str, str, int]


def _place(diagnostic: Diagnostic) -> _Place:
    span = diagnostic.span
    return diagnostic.code, span.source.name if span else "", span.start if span else -1


class _Moved:
    """Where the places of a text are after some edits."""

    def __init__(self, source: SourceFile | None, edits: list[Edit]) -> None:
        self.source = source
        self.edits = sorted(edits, key=lambda edit: edit.span[1:])
        self.starts = [edit.span.start for edit in self.edits]
        grown = (len(edit.text) - (edit.span.end - edit.span.start) for edit in self.edits)
        self.shifts = list(accumulate(grown, initial=0))

    def places(self, diagnostic: Diagnostic) -> tuple[_Place, ...]:
        """The code with the offset of a diagnostic after the edits; two where text is inserted right before it."""
        span = diagnostic.span
        if span is None or span.source is not self.source:
            return (_place(diagnostic),)
        return tuple((diagnostic.code, span.source.name, offset) for offset in self.offsets(span.start))

    def offsets(self, offset: int) -> tuple[int, ...]:
        index = bisect_right(self.starts, offset)
        after = offset + self.shifts[index]
        if index == 0:
            return (after,)
        edit, before = self.edits[index - 1].span, self.shifts[index - 1]
        if offset < edit.end:
            return (edit.start + before,)
        return (after, offset + before) if edit.start == edit.end == offset else (after,)
