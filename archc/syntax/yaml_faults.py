"""libyaml's errors -> faults: what an author did, rather than what the parser expected."""

from __future__ import annotations

import re

import yaml

from archc.diagnostics.catalog import syntax as faults
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.source import SourceFile, Span

_GLUED = re.compile(
    r"(?:^|[\[{,]|- )[ \t]*"
    r"(?P<word>(?P<key>[A-Za-z_][\w.-]*):(?P<value>[^\s:,\]}]+|[\[{][^#]*[\]}]))"
    r"[ \t]*(?:[ \t]#.*)?$"
)
_DOCUMENT_END = re.compile(r"^\.\.\.\s", re.MULTILINE)
_PROBLEMS = {
    "found unknown escape character": (
        "this escape is not one of YAML's",
        "write a backslash as `\\\\`, or use single quotes",
    ),
    "mapping values are not allowed in this context": (
        "a `:` is not allowed here",
        "put a text with a colon in quotes; indent the keys of one mapping alike",
    ),
    "could not find expected ':'": ("expected a `:` after this key", "write `key: value`"),
    "did not find expected key": (
        "this line does not fit the block that it stands in",
        "indent it like the lines of its block, or close the brackets before it",
    ),
    "did not find expected '-' indicator": (
        "expected a list element that begins with `- `",
        "indent it like the lines of its block",
    ),
    "did not find expected <document start>": (
        "this line is indented less than the document that it stands in",
        "indent the keys of one mapping alike",
    ),
    "did not find expected node content": ("expected a value here", None),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin on this line",
        "begin the list on a line of its own",
    ),
}


def add(error: yaml.YAMLError, source: SourceFile, report: Report) -> None:
    """Record a syntax error of libyaml at its place."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        report.add(faults.InvalidYaml(problem=f"this is not YAML: {error}"), source.span(0, 0))
        return
    problem = error.problem or "this is not YAML"
    at = min(error.problem_mark.index, len(source.text))
    context = error.context_mark.index if error.context_mark else None
    fault, span, labels = _explain(problem, error.context or "", at, context, source)
    report.add(fault, span, labels=labels)


def _explain(
    problem: str, while_doing: str, at: int, context: int | None, source: SourceFile
) -> tuple[Fault, Span, list[Label]]:
    here = source.span(at, min(at + 1, len(source.text)))
    if "flow" in while_doing and "did not find expected ','" in problem and context is not None:
        opening = source.text[context]
        labels = [Label(source.span(context, context + 1), "opened here")]
        return faults.UnclosedBracket(opening=opening), here, labels
    if "quoted scalar" in while_doing and "end of stream" in problem and context is not None:
        return faults.UnclosedQuote(quote=source.text[context]), source.span(context, context + 1), []
    if slip := _slip(problem, source, at):
        return *slip, []
    if "cannot start any token" in problem:
        character = source.text[at : at + 1]
        text = f"a value cannot begin with `{character}`"
        return faults.InvalidYaml(problem=text, advice="put the text in quotes"), here, []
    message, advice = _PROBLEMS.get(problem, (problem, None))
    return faults.InvalidYaml(problem=message, advice=advice), here, []


def _slip(problem: str, source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """What the author did before the place where the parser gave up."""
    if "expected <document start>" in problem and _DOCUMENT_END.search(source.text, 0, at):
        return faults.SeveralDocuments(), source.span(at, min(at + 1, len(source.text)))
    if tab := _tab(source, at):
        return faults.TabIndentation(), tab
    return _glued(source, at)


def _lines_at(source: SourceFile, at: int) -> list[tuple[int, str]]:
    """The line of an offset and the line before it, each with the offset of its start."""
    number = source.position(at).line
    return [(source.line_start(n), source.line(n)) for n in (number, number - 1) if n >= 1]


def _tab(source: SourceFile, at: int) -> Span | None:
    """A tab that indents the line of an error, or the line before it."""
    for start, line in _lines_at(source, at):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent:
            tab = start + indent.index("\t")
            return source.span(tab, tab + 1)
    return None


def _glued(source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """`key:value` at the end of the line of an error, or of the line before it."""
    for start, line in _lines_at(source, at):
        if found := _GLUED.search(line):
            fault = faults.NoSpaceAfterColon(key=found["key"], value=found["value"])
            return fault, source.span(start + found.start("word"), start + found.end("word"))
    return None
