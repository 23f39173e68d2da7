"""Scalars, and the beginnings and ends of lists and mappings, in the order of a text -> its tree. For YAML and JSON."""

from __future__ import annotations

from collections.abc import Callable

from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Label, Report
from archc.source import SourceFile, Span
from archc.syntax import limits
from archc.syntax.tree import Entry, MappingNode, ScalarNode, SequenceNode, Tree


class Frame:
    """A list or mapping whose end has not been read. `size` and `depth` count it with aliases expanded.

    `lacking` is true where a faulty entry is left out, so that nobody can say what is missing.
    """

    __slots__ = ("anchor", "depth", "entries", "flow", "items", "key", "lacking", "refused", "seen", "size", "start")

    def __init__(self, start: int, anchor: str | None, *, mapping: bool, flow: bool) -> None:
        self.start = start
        self.anchor = anchor
        self.flow = flow
        self.items: list[Tree] = []
        self.entries: list[Entry] | None = [] if mapping else None
        self.key: Tree | None = None
        self.lacking = False
        self.refused: list[Tree] = []
        self.seen: dict[str, ScalarNode] = {}
        self.size = 1
        self.depth = 1

    @property
    def begun(self) -> bool:
        """Whether it has a part already."""
        return bool(self.items or self.entries or self.refused)

    def end(self) -> int:
        """The offset behind its last part."""
        last = [*self.items[-1:], *self.refused[-2:], *(self.entries[-1] if self.entries else ())]
        return max((part.place.end for part in last), default=self.start)


class Builder:
    """Puts parts together. `accepts` says whether a key and its value are an entry, and reports why not."""

    def __init__(
        self, source: SourceFile, report: Report, accepts: Callable[[Frame, Tree, Tree], bool] | None = None
    ) -> None:
        self.source = source
        self.report = report
        self.stack: list[Frame] = []
        self.root: Tree | None = None
        self.stopped = False
        """Whether reading on would cost what a limit protects, or the text cannot be read on."""
        self._accepts = accepts or self.is_new_key

    def stop(self, fault: Fault, start: int, end: int) -> None:
        """Report what makes it impossible to read on."""
        self.report.add(fault, self.source.span(start, end))
        self.stopped = True

    def open(self, start: int, anchor: str | None, *, mapping: bool, flow: bool) -> None:
        """Begin a list or a mapping."""
        if len(self.stack) >= limits.NESTING:
            self.stop(catalog.syntax.NestedTooDeep(limit=limits.NESTING), start, start + 1)
        else:
            self.stack.append(Frame(start, anchor, mapping=mapping, flow=flow))

    def close(self, end: int | None) -> tuple[Tree, Frame]:
        """End the innermost list or mapping; behind its last part, where there is no `end`. It is not placed yet."""
        frame = self.stack.pop()
        span = Span(self.source, frame.start, max(frame.end() if end is None else end, frame.start))
        if frame.lacking:
            self.report.mark_explained(span)
        if frame.entries is None:
            return SequenceNode(tuple(frame.items), span, frame.flow, frame.anchor), frame
        refused = tuple(frame.refused)
        return MappingNode(tuple(frame.entries), span, frame.flow, frame.anchor, None, refused), frame

    def place(self, tree: Tree, size: int = 1, depth: int = 0) -> None:
        """Put a finished part where it belongs: the root, a list, or a mapping's key or value."""
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
            if self._accepts(frame, key, tree):
                assert isinstance(key, ScalarNode), "only texts are accepted as keys"
                frame.entries.append(Entry(key, tree))
            else:
                frame.refused += (key, tree)

    def is_new_key(self, frame: Frame, key: Tree, value: Tree) -> bool:
        """Whether a mapping has no such key yet; else that is reported."""
        assert isinstance(key, ScalarNode)
        name = str(key.value)
        if first := frame.seen.get(name):
            labels = [Label(first.span, "first written here")]
            self.report.add(catalog.syntax.DuplicateKey(key=name), key.span, labels=labels)
            return False
        frame.seen[name] = key
        return True

    def best_known(self) -> Tree | None:
        """The tree of a text that cannot be read on: what is open ends where its last part does."""
        # What is wrong with a part that nobody has written to its end is not worth a report.
        self._accepts = lambda frame, key, value: isinstance(key, ScalarNode)
        while self.stack:
            frame = self.stack[-1]
            if frame.key is not None:
                frame.refused.append(frame.key)
                frame.key = None
            tree, _ = self.close(None)
            self.place(tree)
        return self.root
