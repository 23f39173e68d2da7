"""YAML text -> document, from libyaml's events. Never raises: what is wrong goes to the report."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.source import SourceFile, Span
from archc.syntax import limits, scalars
from archc.syntax.builder import Builder, Frame
from archc.syntax.document import Document
from archc.syntax.tree import MappingNode, ScalarNode, Tree, clip, kind

LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)
_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]+|!(?:<[^>\s]*>|[^\s,\[\]{}]*))\s*)+")
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JOINED = re.compile(r"[\r\n][ \t]*(-[ \t]+[^\r\n]*)")
_SPACED = re.compile(r"([A-Za-z_]\w*)(?:\s*+=\s*+|\s++)([^\s=].*)", re.DOTALL)
_TUPLE = re.compile(r"\([^()\n]*\)")
_SURELY_SHORT: Final = limits.SCALAR_BYTES // 4
"""A text of at most this many code points is within the limit, as none has more than four bytes in UTF-8."""


def _template(key: Tree) -> str | None:
    """The name in `{{ name }}`."""
    entry = key.entries[0] if isinstance(key, MappingNode) and len(key.entries) == 1 else None
    return entry.name if entry and entry.name.isidentifier() else None


def _place(event: Any) -> tuple[int, int]:
    """The offsets of an event's start and end."""
    return event.start_mark.index, event.end_mark.index


def read_yaml(source: SourceFile, report: Report) -> Document:
    """A YAML text as a document; its tree is None where the text is broken."""
    if bad := _NOT_YAML.search(source.text):
        report.add(catalog.syntax.ControlCharacter(character=bad.group()), source.span(*bad.span()))
        return Document(source, "yaml", None, 0)
    parser = LOADER(source.text)
    reader = _Reader(source, report, parser)
    try:
        return reader.read()
    except yaml.YAMLError as error:
        from archc.syntax import yaml_faults  # loaded where it is used

        yaml_faults.add(error, source, report)
        return reader.broken(error)
    finally:
        parser.dispose()


class _Reader:
    def __init__(self, source: SourceFile, report: Report, parser: Any) -> None:
        self.source = source
        self.report = report
        self.parser = parser
        self.builder = Builder(source, report, self.is_entry)
        self.anchors: dict[str, tuple[Tree, int, int] | None] = {}
        self.nodes = 0
        self.expanded = 0
        self.documents = 0
        self.marker: int | None = None
        self.directive = False
        self.at = 0

    def read(self) -> Document:
        """The document, from all events. libyaml's own errors pass through."""
        handlers = {
            yaml.DocumentStartEvent: self.begin,
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.SequenceStartEvent: self.open,
            yaml.MappingStartEvent: self.open,
            yaml.SequenceEndEvent: self.close,
            yaml.MappingEndEvent: self.close,
        }
        get_event, builder = self.parser.get_event, self.builder
        while self.documents < 2 and not builder.stopped and (event := get_event()) is not None:
            if handler := handlers.get(type(event)):
                handler(event)
        if self.documents == 0:
            self.report.add(catalog.syntax.EmptyDocument(), self.source.span(0, 0))
        return self.document(self.at if builder.stopped else None)

    def broken(self, error: yaml.YAMLError) -> Document:
        """The document as far as libyaml could read it."""
        # Where a quote or a bracket begins that is not closed; what follows may be inside of it.
        marks = [getattr(error, name, None) for name in ("context_mark", "problem_mark")]
        return self.document(min((mark.index for mark in marks if mark), default=0))

    def document(self, broken_at: int | None) -> Document:
        document = Document(self.source, "yaml", self.builder.best_known(), broken_at)
        document.marker, document.directive = self.marker, self.directive
        return document

    # Events

    def begin(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self.fault(catalog.syntax.SeveralDocuments(), *_place(event))
            return
        self.marker = event.end_mark.index - len("---") if event.explicit else None
        self.directive = bool(event.version or event.tags)

    def scalar(self, event: Any) -> None:
        self.count(event)
        first, last = event.start_mark, event.end_mark
        start, end = first.index, last.index
        if event.anchor or event.tag is not None:
            start = min(self.after_properties(event, start), end)
        text: str = event.value
        if len(text) > _SURELY_SHORT:
            self.check_length(text, start, end)
        span = Span(self.source, start, end)
        value: str | int | float | bool | None = text
        if not event.style:
            try:
                value = scalars.resolve(text)
            except scalars.IntTooLargeError:
                self.fault(catalog.syntax.IntTooLarge(), start, end)
                self.report.mark_explained(span)
                value = None
            if first.line != last.line:
                self.check_joined(start, end)
        tree = ScalarNode(value, span, event.style or "", event.anchor)
        if event.anchor:
            self.anchors[event.anchor] = (tree, 1, 0)
        self.builder.place(tree)

    def alias(self, event: Any) -> None:
        start, end = _place(event)
        known = self.anchors.get(event.anchor)
        self.count(event, known[1] if known else 1)
        here = Span(self.source, start, end)
        if known is None:
            inside = event.anchor in self.anchors
            self.fault(catalog.syntax.UnknownAlias(name=event.anchor, inside=inside), start, end)
            self.report.mark_explained(here)
            self.builder.place(ScalarNode(None, here, alias=here))
            return
        tree, size, depth = known
        if len(self.builder.stack) + depth > limits.NESTING:
            self.builder.stop(catalog.syntax.NestedTooDeep(limit=limits.NESTING), start, end)
        else:
            self.builder.place(tree._replace(alias=here), size, depth)

    def open(self, event: Any) -> None:
        self.count(event)
        self.at = start = event.start_mark.index
        if event.anchor or event.tag is not None:
            start = self.after_properties(event, start)
        if event.anchor:
            self.anchors[event.anchor] = None
        mapping = isinstance(event, yaml.MappingStartEvent)
        self.builder.open(start, event.anchor, mapping=mapping, flow=bool(event.flow_style))

    def close(self, event: Any) -> None:
        tree, frame = self.builder.close(event.end_mark.index if self.builder.stack[-1].flow else None)
        if frame.anchor:
            self.anchors[frame.anchor] = (tree, frame.size, frame.depth)
        self.builder.place(tree, frame.size, frame.depth)

    # Keys

    def is_entry(self, frame: Frame, key: Tree, value: Tree) -> bool:
        """Whether a key and its value are an entry of a mapping; else that is reported."""
        if not isinstance(key, ScalarNode):
            self.report.add(catalog.syntax.KeyNotText(found=kind(key), template=_template(key)), key.span)
            frame.lacking = True
            return False
        if frame.flow and self.is_tuple(frame, key, value):
            return False
        return self.is_new_key(frame, key, value) and not self.is_glued(frame, key, value)

    def is_new_key(self, frame: Frame, key: ScalarNode, value: Tree) -> bool:
        if not isinstance(key.value, str):
            alone = clip(key.span.text) if frame.flow and value.span.start == value.span.end else None
            self.report.add(catalog.syntax.KeyNotText(found=kind(key), alone=alone), key.span)
            frame.lacking = frame.lacking or alone is not None
            return False
        if key.value == "<<" and not key.quoted:
            self.report.add(catalog.syntax.MergeKey(), key.span)
            frame.lacking = True
            return False
        return self.builder.is_new_key(frame, key, value)

    def is_glued(self, frame: Frame, key: ScalarNode, value: Tree) -> bool:
        """`{out_features:3}`, which YAML reads as a key without a value."""
        if key.quoted or value.span.start != value.span.end:
            return False
        name, colon, rest = str(key.value).partition(":")
        if frame.flow and (found := _SPACED.fullmatch(str(key.value))):
            fault = catalog.grammar.MissingColon(written=clip(str(key.value)), key=found[1], value=clip(found[2]))
            self.report.add(fault, key.span)
            frame.lacking = True
            return True
        if not (colon and rest and name.isidentifier()):
            return False
        self.report.add(catalog.grammar.NoSpaceAfterColon(key=name, value=clip(rest)), key.span)
        frame.lacking = True
        return True

    def is_tuple(self, frame: Frame, key: ScalarNode, value: Tree) -> bool:
        """Whether an entry is the rest of `(3, 3)`, which YAML cuts at its comma. The tuple is reported, once."""
        before = frame.entries[-1].value if frame.entries else None
        if value.span.start != value.span.end or not isinstance(before, ScalarNode) or before.quoted:
            return False
        start, text = before.span.start, self.source.text
        if not str(before.value).startswith("("):
            return False
        if ")" in str(key.value):
            found = _TUPLE.match(text, start)
            span = self.source.span(start, found.end() if found else key.span.end)
            self.report.add(catalog.grammar.RoundBrackets(written=clip(span.text)), span)
            self.report.mark_explained(before.span)
        return True

    # Checks

    def fault(self, fault: Fault, start: int, end: int) -> None:
        self.report.add(fault, self.source.span(start, end))

    def count(self, event: Any, expanded: int = 1) -> None:
        self.nodes += 1
        self.expanded += expanded
        if self.nodes <= limits.NODES and self.expanded <= limits.EXPANDED_NODES:
            return
        written = self.nodes > limits.NODES
        limit = limits.NODES if written else limits.EXPANDED_NODES
        fault = catalog.syntax.TooManyNodes(limit=limit, expanded=not written)
        self.builder.stop(fault, *_place(event))

    def after_properties(self, event: Any, start: int) -> int:
        """The offset after an anchor and a tag, where there are any; a tag is a fault."""
        found = _PROPERTIES.match(self.source.text, start)
        end = found.end() if found else start
        if event.tag is not None:
            at = max(self.source.text.find("!", start, end), start)
            tag = self.source.text[at:end].split()[0] if end > at else event.tag
            self.fault(catalog.syntax.YamlTag(tag=tag), at, at + len(tag))
        return end

    def check_length(self, text: str, start: int, end: int) -> None:
        if len(text.encode()) > limits.SCALAR_BYTES:
            self.builder.stop(catalog.syntax.ScalarTooLong(limit=limits.SCALAR_BYTES), start, end)

    def check_joined(self, start: int, end: int) -> None:
        """A plain text over several lines, one of which looks like a list element, is a wrong indentation."""
        if self.builder.stack and self.builder.stack[-1].flow:
            return
        if joined := _JOINED.search(self.source.text, start, end):
            self.report.mark_explained(Span(self.source, start, end))
            line = joined.group(1).split(" #", 1)[0].strip()
            self.fault(catalog.grammar.JoinedLine(line=line), joined.start(1), joined.start(1) + len(line))
