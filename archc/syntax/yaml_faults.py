"""libyaml's errors -> faults: what an author did, rather than what the parser expected. Loaded where YAML is wrong."""

from __future__ import annotations

import re

import yaml

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.source import SourceFile, Span
from archc.syntax import limits, yaml_words
from archc.syntax.indentation import misplaced
from archc.syntax.tree import clip

_GLUED = re.compile(
    r"(?:^|[\[{,]|- )[ \t]*"
    r"(?P<word>(?P<key>[A-Za-z_][\w.-]*):(?P<value>[^\s:,\]}]+|[\[{][^#]*[\]}]))"
    r"[ \t]*(?:[ \t]#.*)?$"
)
_DASHED = re.compile(r"[ \t]*(?P<word>-[A-Za-z_][^#\n]*?)[ \t]*(?:[ \t]#.*)?$")
_BARE = re.compile(r"[ \t]*(?P<word>[A-Za-z_][^:#\n]*?)[ \t]*(?:[ \t]#.*)?$")
_HEADING = re.compile(r"[ \t]*(?:- +)*(?P<word>[A-Za-z_]\w*)[ \t]*(?:[ \t]#.*)?$")
_ENTRY = re.compile(r"[ \t]*(?:- +)*[A-Za-z_][\w.-]*:(?:\s|$)")
_SPACED = re.compile(r"([A-Za-z_]\w*)(?:\s*+=\s*+|\s++)(\S.*)")
_COLONS = re.compile(r"(?P<key>[A-Za-z_][\w.-]*): +(?P<value>[^\"'\[{|>&*!#\s][^#\n]*?: [^#\n]*?)[ \t]*(?:[ \t]#.*)?$")
_EXPRESSION = re.compile(r"\$\{[^{}\n]*\}")
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
    "did not find expected alphabetic or numeric character": (
        "a `*` or `&` needs a name after it",
        "put the text in quotes",
    ),
    "block sequence entries are not allowed in this context": (
        "a list cannot begin on this line",
        "begin the list on a line of its own",
    ),
}
_INDENTATION = (
    "did not find expected key",
    "did not find expected '-' indicator",
    "did not find expected <document start>",
    "mapping values are not allowed in this context",
)
"""What libyaml says, among others, where a line is indented wrongly."""


_LONGEST = 1000
"""Code points of a line that is searched for slips."""


def add(error: yaml.YAMLError, source: SourceFile, report: Report) -> None:
    """Record a syntax error of libyaml at its place."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        report.add(catalog.grammar.InvalidYaml(problem=f"this is not YAML: {error}"), source.span(0, 0))
        return
    problem, doing, at, context = yaml_words.problem(error)
    at = min(at, len(source.text))
    if problem == "exceeded maximum nesting depth":
        report.add(catalog.syntax.NestedTooDeep(limit=limits.NESTING), source.span(at, min(at + 1, len(source.text))))
    elif fault := _bracket(problem, doing, at, context, source):
        report.add(fault[0], fault[1], labels=fault[2])
    elif slip := _slip(problem, source, at, context):
        report.add(slip[0], slip[1])
    elif problem in _INDENTATION and (line := misplaced(source, at)):
        labels = [Label(line.model, f"indented by {line.indent}")]
        here = source.span(line.span.start, line.span.start + line.found)
        told = catalog.grammar.InvalidYaml(problem=line.problem, advice=line.advice, indent=line.indent)
        report.add(told, line.text, labels=labels, target=here)
    else:
        report.add(_other(problem, source, at), source.span(at, min(at + 1, len(source.text))))


def _bracket(
    problem: str, while_doing: str, at: int, context: int | None, source: SourceFile
) -> tuple[Fault, Span, list[Label]] | None:
    """A bracket or a quote that is not closed, or closed where none is open."""
    here = source.span(at, min(at + 1, len(source.text)))
    if context is not None and "flow" in while_doing and "did not find expected ','" in problem:
        opening = source.span(context, context + 1)
        found = _EXPRESSION.match(source.text, max(at - 1, 0))
        if found and source.text[found.start() - 1] not in "\"'":
            return catalog.grammar.UnquotedExpression(expression=clip(found[0])), source.span(*found.span()), []
        if not source.text[at:].strip():
            return catalog.grammar.UnclosedBracket(opening=opening.text), opening, []
        fault = catalog.grammar.UnclosedBracket(opening=opening.text, found=here.text)
        return fault, here, [Label(opening, "opened here")]
    if context is not None and "quoted scalar" in while_doing and "end of stream" in problem:
        return catalog.grammar.UnclosedQuote(quote=source.text[context]), source.span(context, context + 1), []
    if here.text and here.text in "]}" and "quoted" not in while_doing:
        text = f"this `{here.text}` closes no bracket"
        return catalog.grammar.InvalidYaml(problem=text, advice="delete it, or open the bracket before"), here, []
    return None


def _other(problem: str, source: SourceFile, at: int) -> Fault:
    if "cannot start any token" in problem and source.text[at : at + 1] == "\t":
        return catalog.grammar.InvalidYaml(problem="a tab cannot stand here", advice="write a space")
    if "cannot start any token" in problem:
        text = f"a value cannot begin with `{source.text[at : at + 1]}`"
        return catalog.grammar.InvalidYaml(problem=text, advice="put the text in quotes")
    message, advice = _PROBLEMS.get(problem, (problem, None))
    return catalog.grammar.InvalidYaml(problem=message, advice=advice)


def _slip(problem: str, source: SourceFile, at: int, context: int | None) -> tuple[Fault, Span] | None:
    """What the author did before the place where the parser gave up."""
    if "expected <document start>" in problem and _DOCUMENT_END.search(source.text, 0, at):
        return catalog.syntax.SeveralDocuments(), source.span(at, min(at + 1, len(source.text)))
    if tab := _tab(source, at):
        return catalog.grammar.TabIndentation(), tab
    found = _glued(source, at)
    if found is None and problem == "could not find expected ':'" and context is not None:
        found = _bare(source, context)
    if found is None and problem in _INDENTATION:
        found = _glued_dash(source, at) or _heading(source, at)
    if found is None and problem == "mapping values are not allowed in this context":
        found = _second_colon(source, at) or _bare_before(source, at)
    return found


def _lines_at(source: SourceFile, at: int) -> list[tuple[int, str]]:
    """The line of an offset and the line before it, each with the offset of its start."""
    number = source.position(at).line
    lines = [(source.line_start(n), source.line(n)) for n in (number, number - 1) if n >= 1]
    # A slip is on a line that a person can see; patterns would take long for others.
    return [(start, line if len(line) <= _LONGEST else "") for start, line in lines]


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
            fault = catalog.grammar.NoSpaceAfterColon(key=found["key"], value=found["value"])
            return fault, source.span(start + found.start("word"), start + found.end("word"))
    return None


def _bare(source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """A line without a colon where a key is expected: `ReLU`, `-ReLU` or `input [4]`."""
    number = source.position(at).line
    start, line = source.line_start(number), source.line(number)
    if len(line) > _LONGEST:
        return None
    if found := _DASHED.match(line):
        fault: Fault = catalog.grammar.NoSpaceAfterDash(written=clip(found["word"]))
    elif found := _BARE.match(line):
        parts = _SPACED.fullmatch(found["word"])
        key, value = (parts[1], clip(parts[2])) if parts else ("", "")
        fault = catalog.grammar.MissingColon(written=clip(found["word"]), key=key, value=value)
    else:
        return None
    return fault, source.span(start + found.start("word"), start + found.end("word"))


def _glued_dash(source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """`-ReLU` on the line of an error, or on the line before it."""
    for start, line in _lines_at(source, at):
        if found := _DASHED.match(line):
            fault = catalog.grammar.NoSpaceAfterDash(written=clip(found["word"]))
            return fault, source.span(start + found.start("word"), start + found.end("word"))
    return None


def _heading(source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """A word without a colon above a block that it should be the key of: `- Conv2d`, then `out_channels: 8`."""
    (_, line), *before = _lines_at(source, at)
    found = _HEADING.match(before[0][1]) if before else None
    if not found or not _ENTRY.match(line) or len(line) - len(line.lstrip()) <= found.start("word"):
        return None
    start = before[0][0] + found.start("word")
    return catalog.grammar.MissingColon(written=found["word"], key=found["word"]), source.span(
        start, start + len(found["word"])
    )


def _bare_before(source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """A line without a colon, before a line of the same mapping that has one."""
    (start, line), *before = _lines_at(source, at)
    if not before or len(line) - len(line.lstrip()) != len(before[0][1]) - len(before[0][1].lstrip()):
        return None
    return _bare(source, before[0][0]) if start else None


def _second_colon(source: SourceFile, at: int) -> tuple[Fault, Span] | None:
    """`key: a: b`, where the value needs quotes."""
    start, line = _lines_at(source, at)[0]
    if (found := _COLONS.search(line)) and start + found.start("value") < at <= start + found.end("value"):
        advice = f'write `{found["key"]}: "{clip(found["value"])}"`'
        fault = catalog.grammar.InvalidYaml(problem="a text with a colon and a space in it needs quotes", advice=advice)
        return fault, source.span(start + found.start("value"), start + found.end("value"))
    return None
