"""The `include` list -> the definitions of other files of the project, read before the document's own."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from archc import language
from archc.diagnostics import catalog
from archc.diagnostics.report import Label, Report
from archc.elaborate.definitions import Definitions
from archc.elaborate.keys import known_entries, unknown_key
from archc.project import project_root
from archc.source import SourceFile, Span
from archc.syntax.limits import NESTING
from archc.syntax.read import parse, read_source
from archc.syntax.tree import Entry, MappingNode, SequenceNode, Tree, kind, text_of

TOTAL_BYTES: Final = 16 * 1024 * 1024
"""A spec and all files that it includes have at most this many bytes."""


def include(entry: Entry, definitions: Definitions, report: Report) -> None:
    """Add the definitions of every file that an `include` entry names, and of those that these include."""
    source = entry.key.span.source
    if source.origin != "file" or source.name.startswith("<"):
        reason = "a spec that is not a file has no folder that its paths could start from"
        report.add(catalog.blocks.IncludeOutside(file="include", reason=reason), entry.key.span, path="include")
        return
    spec = Path(source.name).resolve()
    _Includer(definitions, report, project_root(spec.parent), source).entry(entry, spec, (spec,))


class _Includer:
    def __init__(self, definitions: Definitions, report: Report, root: Path, source: SourceFile) -> None:
        self.definitions = definitions
        self.report = report
        self.root = root
        self.bytes = len(source.text.encode())
        self.done: set[Path] = set()

    def entry(self, entry: Entry, file: Path, chain: tuple[Path, ...]) -> None:
        """Include the files of one list, which stands in `file`."""
        if not isinstance(entry.value, SequenceNode):
            fault = catalog.values.WrongStructure(
                where="`include`", expected="a list of paths", found=kind(entry.value)
            )
            self.report.add(fault, entry.key.span, path="include")
            return
        for index, item in enumerate(entry.value.items):
            self.path(item, f"include[{index}]", file, chain)

    def path(self, tree: Tree, path: str, file: Path, chain: tuple[Path, ...]) -> None:
        text = text_of(tree)
        if text is None or not text or "\0" in text:
            fault = catalog.values.WrongValue(name="include", expected="a relative path", found=kind(tree))
            self.report.add(fault, tree.span, path=path)
            return
        if reason := self.why_outside(text, file):
            self.report.add(catalog.blocks.IncludeOutside(file=text, reason=reason), tree.span, path=path)
            return
        target = (file.parent / text).resolve()
        if target in chain:
            shown = tuple(self.shown(part) for part in (*chain[chain.index(target) :], target))
            self.report.add(catalog.blocks.IncludeCircle(chain=shown), tree.span, path=path)
        elif len(chain) > NESTING:
            self.report.add(catalog.blocks.IncludesTooDeep(limit=NESTING), tree.span, path=path)
        elif target not in self.done:
            self.done.add(target)
            self.file(target, tree.span, path, chain)

    def why_outside(self, text: str, file: Path) -> str | None:
        """Why a path may not be included; None where it may."""
        if PurePosixPath(text).is_absolute() or PureWindowsPath(text).drive or text.startswith("~"):
            return "the path is absolute"
        try:
            target = (file.parent / text).resolve()
        except (OSError, RuntimeError) as error:
            return str(error)
        if not target.is_relative_to(self.root):
            return f"it is outside the project, `{self.root.name or self.root}`"
        return None

    def file(self, target: Path, span: Span, path: str, chain: tuple[Path, ...]) -> None:
        trial = Report(self.shown(target))
        source = read_source(str(target), trial) if target.is_file() else None
        if source is None:
            reason = trial.errors[0].message if trial.errors else "there is no such file"
            self.report.add(catalog.blocks.IncludeNotFound(file=self.shown(target), reason=reason), span, path=path)
            return
        self.bytes += len(source.text.encode())
        if self.bytes > TOTAL_BYTES:
            self.report.add(catalog.blocks.IncludesTooLarge(limit=TOTAL_BYTES), span, path=path)
            return
        source.name = self.shown(target)
        with self.report.inside((Label(span, "included here"),)):
            self.fragment(source, target, chain)

    def fragment(self, source: SourceFile, target: Path, chain: tuple[Path, ...]) -> None:
        """Read a file of definitions. Its own includes come first, as its expressions may use them."""
        tree = parse(source, self.report).tree
        if tree is None:
            return
        if not isinstance(tree, MappingNode):
            fault = catalog.values.WrongStructure(where="a fragment", expected="a mapping", found=kind(tree))
            self.report.add(fault, tree.span)
            return
        entries = tuple(entry for entry in tree.entries if not entry.name.startswith("x-"))
        known = language.names(language.FRAGMENT)
        given = known_entries(entries, known, unknown_key("a fragment", known), "", self.report)
        if "include" in given:
            self.entry(given["include"], target, (*chain, target))
        self.definitions.add(given)

    def shown(self, file: Path) -> str:
        """A file as a message names it: relative to the project."""
        return str(file.relative_to(self.root)) if file.is_relative_to(self.root) else str(file)
