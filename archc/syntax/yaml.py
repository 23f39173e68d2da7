"""YAML text -> tree with spans, from libyaml's events. Never raises: what is wrong goes to the report."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.source import SourceFile, Span
from archc.syntax import limits, scalars
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree, clip, kind

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)
_PROPERTIES = re.compile(r"(?:[&!](?:<[^>\s]*>|[^\s,\[\]{}]*)\s*)+")
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JOINED = re.compile(r"[\r\n][ \t]*(-[ \t]+[^\r\n]*)")
_SPACED = re.compile(r"([A-Za-z_]\w*)\s*(?:=\s*|\s)([^\s=].*)", re.DOTALL)
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


def read_yaml(source: SourceFile, report: Report) -> Tree | None:
    """The document of a YAML text; None where nothing could be read."""
    if bad := _NOT_YAML.search(source.text):
        report.add(catalog.syntax.ControlCharacter(character=bad.group()), source.span(*bad.span()))
        return None
    parser = _Loader(source.text)
    try:
        return _Reader(source, report, parser).read()
    except _StopReading:
        return None
    except yaml.YAMLError as error:
        from archc.syntax import yaml_faults  # loaded where it is used

        yaml_faults.add(error, source, report)
        return None
    finally:
        parser.dispose()


class _StopReading(Exception):  # noqa: N818 - it is control flow, not an error
    """A limit is reached; reading on would cost what the limit protects."""


class _Frame:
    """A list or mapping whose end has not been read. `size` and `depth` count it with aliases expanded.

    `lacking` is true where a faulty entry is left out, so that nobody can say what is missing.
    """

    __slots__ = ("anchor", "depth", "entries", "flow", "items", "key", "lacking", "seen", "size", "start")

    def __init__(self, start: int, anchor: str | None, *, mapping: bool, flow: bool) -> None:
        self.start = start
        self.anchor = anchor
        self.flow = flow
        self.items: list[Tree] = []
        self.entries: list[Entry] | None = [] if mapping else None
        self.key: Tree | None = None
        self.lacking = False
        self.seen: dict[str, ScalarNode] = {}
        self.size = 1
        self.depth = 1


class _Reader:
    def __init__(self, source: SourceFile, report: Report, parser: Any) -> None:
        self.source = source
        self.report = report
        self.parser = parser
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Tree, int, int] | None] = {}
        self.nodes = 0
        self.expanded = 0
        self.root: Tree | None = None

    def read(self) -> Tree | None:
        documents = 0
        handlers = {
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.SequenceStartEvent: self.open,
            yaml.MappingStartEvent: self.open,
            yaml.SequenceEndEvent: self.close,
            yaml.MappingEndEvent: self.close,
        }
        get_event = self.parser.get_event
        while (event := get_event()) is not None:
            if handler := handlers.get(type(event)):
                handler(event)
            elif type(event) is yaml.DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self.fault(catalog.syntax.SeveralDocuments(), *_place(event))
                    return self.root
        if documents == 0:
            self.report.add(catalog.syntax.EmptyDocument(), self.source.span(0, 0))
        return self.root

    # Events

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
        quoted = bool(event.style)
        value: str | int | float | bool | None = text
        if not quoted:
            try:
                value = scalars.resolve(text)
            except scalars.IntTooLargeError:
                self.fault(catalog.syntax.IntTooLarge(), start, end)
                self.report.settle(span)
                value = None
            if first.line != last.line:
                self.check_joined(start, end)
        tree = ScalarNode(value, span, quoted)
        if event.anchor:
            self.anchors[event.anchor] = (tree, 1, 0)
        self.place(tree, 1, 0)

    def alias(self, event: Any) -> None:
        start, end = _place(event)
        known = self.anchors.get(event.anchor)
        self.count(event, known[1] if known else 1)
        if known is None:
            inside = event.anchor in self.anchors
            self.fault(catalog.syntax.UnknownAlias(name=event.anchor, inside=inside), start, end)
            self.report.settle(Span(self.source, start, end))
            self.place(ScalarNode(None, Span(self.source, start, end)), 1, 0)
            return
        tree, size, depth = known
        if len(self.stack) + depth > limits.NESTING:
            self.fault(catalog.syntax.NestedTooDeep(limit=limits.NESTING), start, end)
            raise _StopReading
        self.place(tree, size, depth)

    def open(self, event: Any) -> None:
        self.count(event)
        start = event.start_mark.index
        if event.anchor or event.tag is not None:
            start = self.after_properties(event, start)
        if len(self.stack) >= limits.NESTING:
            self.fault(catalog.syntax.NestedTooDeep(limit=limits.NESTING), start, start + 1)
            raise _StopReading
        if event.anchor:
            self.anchors[event.anchor] = None
        mapping = isinstance(event, yaml.MappingStartEvent)
        self.stack.append(_Frame(start, event.anchor, mapping=mapping, flow=bool(event.flow_style)))

    def close(self, event: Any) -> None:
        frame = self.stack.pop()
        parts: list[Any] = frame.items if frame.entries is None else frame.entries
        end = event.end_mark.index
        if not frame.flow:
            end = max((part.span.end for part in parts), default=frame.start)
        span = Span(self.source, frame.start, max(end, frame.start))
        tree = (
            SequenceNode(tuple(frame.items), span) if frame.entries is None else MappingNode(tuple(frame.entries), span)
        )
        if frame.lacking:
            self.report.settle(span)
        if frame.anchor:
            self.anchors[frame.anchor] = (tree, frame.size, frame.depth)
        self.place(tree, frame.size, frame.depth)

    # Building

    def place(self, tree: Tree, size: int, depth: int) -> None:
        """Put a finished value where it belongs: the root, a list, or a mapping's key or value."""
        if not self.stack:
            self.root = tree
            return
        frame = self.stack[-1]
        frame.size += size
        if depth >= frame.depth:
            frame.depth = depth + 1
        if frame.entries is None:
            frame.items.append(tree)
        elif frame.key is None:
            frame.key = tree
        else:
            key, frame.key = frame.key, None
            if not isinstance(key, ScalarNode):
                self.report.add(catalog.syntax.KeyNotText(found=kind(key), template=_template(key)), key.span)
                frame.lacking = True
            elif frame.flow and self.is_tuple(frame, key, tree):
                return
            elif self.is_new_key(frame, key) and not self.is_glued(frame, key, tree):
                frame.entries.append(Entry(key, tree))

    def is_new_key(self, frame: _Frame, key: ScalarNode) -> bool:
        if not isinstance(key.value, str):
            self.report.add(catalog.syntax.KeyNotText(found=kind(key)), key.span)
            return False
        if key.value == "<<" and not key.quoted:
            self.report.add(catalog.syntax.MergeKey(), key.span)
            frame.lacking = True
            return False
        if first := frame.seen.get(key.value):
            labels = [Label(first.span, "first written here")]
            self.report.add(catalog.syntax.DuplicateKey(key=key.value), key.span, labels=labels)
            return False
        frame.seen[key.value] = key
        return True

    def is_glued(self, frame: _Frame, key: ScalarNode, value: Tree) -> bool:
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

    def is_tuple(self, frame: _Frame, key: ScalarNode, value: Tree) -> bool:
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
            self.report.settle(before.span)
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
        self.fault(fault, *_place(event))
        raise _StopReading

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
            self.fault(catalog.syntax.ScalarTooLong(limit=limits.SCALAR_BYTES), start, end)
            raise _StopReading

    def check_joined(self, start: int, end: int) -> None:
        """A plain text over several lines, one of which looks like a list element, is a wrong indentation."""
        if self.stack and self.stack[-1].flow:
            return
        if joined := _JOINED.search(self.source.text, start, end):
            self.report.settle(Span(self.source, start, end))
            line = joined.group(1).split(" #", 1)[0].strip()
            self.fault(catalog.grammar.JoinedLine(line=line), joined.start(1), joined.start(1) + len(line))
