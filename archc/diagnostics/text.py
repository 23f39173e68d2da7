"""Diagnostics -> text for people: the line, the place under it, where the cause is, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from archc.diagnostics.report import Diagnostic, Report
from archc.diagnostics.visible import columns, visible
from archc.source import SourceFile, Span

MAX_COLUMNS: Final = 120
"""Source lines wider than this are clipped around the marked place."""

_SHOWN_LINES: Final = 8
"""So many lines are named in which a warning holds too."""

_COLOURS: Final = {"error": "1;31", "warning": "1;33", "help": "1;36", "gutter": "1;34", "bold": "1"}


class Style:
    """Colours for a terminal, or none."""

    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    def __call__(self, name: str, text: str) -> str:
        return f"\x1b[{_COLOURS[name]}m{text}\x1b[0m" if self.colour and text else text


class _Mark(NamedTuple):
    span: Span
    text: str
    primary: bool


def render(report: Report, *, colour: bool = False, most: int = 0) -> str:
    """All diagnostics, a blank line after each; empty where there is nothing to show.

    A warning that says the same of several places is shown once, with the lines of the others. Where there are more
    than `most` (0: no limit), errors are shown rather than warnings, and the rest is counted.
    """
    style = Style(colour=colour)
    told = _together(report.diagnostics)
    shown = _first(tuple(told), most)
    text = "".join(f"{render_one(_with_others(diagnostic, told[diagnostic]), style)}\n\n" for diagnostic in shown)
    left = len(report) - sum(1 + len(told[diagnostic]) for diagnostic in shown)
    return f"{text}... and {left:,} more in {visible(report.file or 'this file')}\n\n" if left else text


def _together(diagnostics: tuple[Diagnostic, ...]) -> dict[Diagnostic, list[Diagnostic]]:
    """Diagnostics, each with those that say the same of other places of its file, with the same remedy."""
    first: dict[tuple[object, ...], Diagnostic] = {}
    told: dict[Diagnostic, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        remedy = diagnostic.fault.remedy()
        key = diagnostic.code, diagnostic.message, diagnostic.filename, remedy and remedy.title
        if diagnostic.severity == "warning" and diagnostic.span and key in first:
            told[first[key]].append(diagnostic)
        else:
            first.setdefault(key, diagnostic)
            told[diagnostic] = []
    return told


def _with_others(diagnostic: Diagnostic, others: list[Diagnostic]) -> Diagnostic:
    """A diagnostic that says where it holds too."""
    lines = [str(line) for line in dict.fromkeys(other.span.first.line for other in others if other.span)]
    if not lines:
        return diagnostic
    more = f" and {len(lines) - _SHOWN_LINES} more" if len(lines) > _SHOWN_LINES else ""
    note = f"the same on line{'' if len(lines) == 1 else 's'} {', '.join(lines[:_SHOWN_LINES])}{more}"
    note = f"{note}: {len(others) + 1} places in all" if len(others) > 1 else note
    return diagnostic._replace(extra_notes=(*diagnostic.extra_notes, note))


def _first(diagnostics: tuple[Diagnostic, ...], most: int) -> tuple[Diagnostic, ...]:
    """At most so many, errors rather than warnings, in the order of the text."""
    if not most or len(diagnostics) <= most:
        return diagnostics
    errors_first = sorted(range(len(diagnostics)), key=lambda index: diagnostics[index].severity != "error")
    return tuple(diagnostics[index] for index in sorted(errors_first[:most]))


def render_one(diagnostic: Diagnostic, style: Style) -> str:
    """One diagnostic, without a line end at its end."""
    title = f"{diagnostic.severity}[{diagnostic.code}]"
    lines = [f"{style(diagnostic.severity, title)}{style('bold', ': ' + visible(diagnostic.message))}"]
    margin = 0
    if diagnostic.span:
        marks = [_Mark(diagnostic.span, diagnostic.fault.label(), True)]
        marks += [_Mark(label.span, label.text, False) for label in diagnostic.labels]
        margin = max(len(str(mark.span.first.line)) for mark in marks)
        lines += _excerpts(marks, margin, diagnostic.severity, style)
    elif diagnostic.file:
        lines.append(f"  {style('gutter', '-->')} {visible(diagnostic.file)}")
    pad = " " * (margin + 1)
    said = [("note", text) for text in diagnostic.notes] + [("help", text) for text in diagnostic.helps]
    if said and diagnostic.span:
        lines.append(f"{pad}{style('gutter', '|')}")
    for word, text in said:
        name = style("help" if word == "help" else "bold", word)
        lines.append(f"{pad}{style('gutter', '=')} {name}: {visible(text)}")
    return "\n".join(lines)


def _excerpts(marks: list[_Mark], margin: int, severity: str, style: Style) -> list[str]:
    """The marked lines of each source, that of the primary mark first."""
    lines = []
    sources: list[SourceFile] = []
    for mark in marks:
        if all(mark.span.source is not source for source in sources):
            sources.append(mark.span.source)
    for index, source in enumerate(sources):
        own = [mark for mark in marks if mark.span.source is source]
        place = own[0].span.first
        arrow = "-->" if index == 0 else ":::"
        where = f"{visible(source.name)}:{place.line}:{place.column}"
        lines.append(f"{' ' * margin}{style('gutter', arrow)} {where}")
        lines += _excerpt(source, own, margin, severity, style)
    return lines


def _excerpt(source: SourceFile, marks: list[_Mark], margin: int, severity: str, style: Style) -> list[str]:
    bar = style("gutter", "|")
    pad = " " * (margin + 1)
    lines = [f"{pad}{bar}"]
    previous = None
    for number in sorted({mark.span.first.line for mark in marks}):
        if previous is not None and number > previous + 1:
            lines.append(style("gutter", "..."))
        previous = number
        here = sorted((m for m in marks if m.span.first.line == number), key=lambda m: (not m.primary, m.span.start))
        text, shift = _clip(source.line(number), here[0].span)
        lines.append(f"{style('gutter', str(number).rjust(margin))} {bar} {visible(text)}".rstrip())
        lines += [f"{pad}{bar} {_underline(mark, text, shift, severity, style)}" for mark in here]
    return lines


def _clip(line: str, span: Span) -> tuple[str, int]:
    """The part of a line around a span that fits the screen, and how many code points were cut before it."""
    if len(line) <= MAX_COLUMNS and columns(line) <= MAX_COLUMNS:
        return line, 0
    at = min(span.first.column - 1, len(line))
    start = at - _fitting(line[max(0, at - MAX_COLUMNS) : at][::-1], MAX_COLUMNS // 3)
    end = start + _fitting(line[start : start + MAX_COLUMNS], MAX_COLUMNS - 6)
    head, tail = ("..." if start else ""), ("..." if end < len(line) else "")
    return f"{head}{line[start:end]}{tail}", start - len(head)


def _fitting(text: str, most: int) -> int:
    """How many code points of a text fit into so many columns."""
    width = 0
    for count, character in enumerate(text):
        width += columns(character)
        if width > most:
            return count
    return len(text)


def _underline(mark: _Mark, text: str, shift: int, severity: str, style: Style) -> str:
    """The carets under a span, as wide as what they mark, with the label beside them."""
    first, last = mark.span.first, mark.span.last
    begin = max(0, min(first.column - 1 - shift, len(text)))
    end = last.column - 1 - shift if last.line == first.line else len(text.rstrip())
    before = columns(text[:begin])
    width = max(1, columns(text[begin : max(begin, min(end, len(text)))]))
    sign = "^" if mark.primary else "-"
    name = severity if mark.primary else "gutter"
    label = f" {visible(mark.text)}" if mark.text else ""
    return f"{' ' * before}{style(name, sign * width + label)}"


def summary(reports: Iterable[Report]) -> str:
    """A line that counts errors and warnings; empty where there are none."""
    reports = list(reports)
    errors = sum(len(report.errors) for report in reports)
    warnings = sum(len(report.warnings) for report in reports)
    parts = [_count(errors, "error"), _count(warnings, "warning")]
    return ", ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
