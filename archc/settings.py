"""archc.toml of a spec's project, and the command line -> the levels of lints."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from archc.diagnostics.fault import Fault
from archc.diagnostics.levels import ALL, LEVELS, Levels, Setting
from archc.diagnostics.report import Report
from archc.project import SETTINGS, project_root
from archc.source import SourceFile, Span

MAX_BYTES: Final = 16 * 1024
"""archc.toml has at most this many bytes."""

_PLACE: Final = r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$"


class LintSettings:
    """The levels for each spec that a command reads. `changes` are those of the command line, which come last."""

    def __init__(self, changes: Iterable[Setting] = ()) -> None:
        self._changes = tuple(changes)
        self._of_folder: dict[str, Levels] = {}
        self._of_root: dict[Path, Levels] = {}

    def levels(self, name: str, report: Report) -> Levels:
        """The levels for a spec by the name of its file. Each archc.toml is read once; so its faults are reported
        once, with the first spec that it holds for.
        """
        folder = "" if name.startswith("<") else os.path.dirname(name)
        if folder not in self._of_folder:
            root = project_root(Path(os.path.realpath(folder)))
            if root not in self._of_root:
                self._of_root[root] = Levels(_read(root, report)).then(self._changes)
            self._of_folder[folder] = self._of_root[root]
        return self._of_folder[folder]


def _read(root: Path, report: Report) -> list[Setting]:
    """The settings in a project's archc.toml; none where there is no such file."""
    file = root / SETTINGS
    if not file.is_file():
        return []
    from archc.syntax.read import decode

    shown = os.path.relpath(file)
    try:
        raw = _bytes(file, root)
    except (OSError, ValueError) as error:
        fault = _invalid(getattr(error, "strerror", None) or str(error))
        report.add(fault, SourceFile(shown, "").span(0, 0))
        return []
    source = decode(shown, raw, report)
    document = _parse(source, report) if source else None
    return list(_lints(document, source, report)) if source and document is not None else []


def _bytes(file: Path, root: Path) -> bytes:
    """The content of archc.toml.

    Raises:
        OSError: it cannot be read.
        ValueError: it is a link to outside the project, or too large.
    """
    if not file.resolve().is_relative_to(root):
        raise ValueError("the file is a link to outside the project")
    with file.open("rb") as stream:
        raw = stream.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"the file has more than {MAX_BYTES:,} bytes")
    return raw


def _parse(source: SourceFile, report: Report) -> dict[str, Any] | None:
    import tomllib

    try:
        return tomllib.loads(source.text)
    except RecursionError:
        report.add(_invalid("it is nested too deep"), source.span(0, 0))
    except ValueError as error:  # TOMLDecodeError, or an int with too many digits
        place = re.search(_PLACE, str(error))
        offset = len(source.text.rstrip())
        if place and place["line"]:
            offset = source.line_start(int(place["line"])) + int(place["column"]) - 1
        reason = re.sub(_PLACE, "", str(error))
        report.add(_invalid(reason[:1].lower() + reason[1:]), source.span(offset, offset))
    return None


def _invalid(reason: str) -> Fault:
    from archc.diagnostics import catalog

    return catalog.settings.InvalidSettings(reason=reason)


def _lints(document: dict[str, Any], source: SourceFile, report: Report) -> Iterator[Setting]:
    """The levels of the `lints` table, with `all` before the others, whatever the order of the text."""
    from archc.diagnostics import catalog
    from archc.elaborate.suggest import suggest

    for key in document:
        if key != "lints":
            fault = catalog.names.UnknownKey(
                key=key, where=f"`{SETTINGS}`", known=("lints",), suggestion=suggest(key, ["lints"])
            )
            report.add(fault, _key(source, key), fixable=False)
    table = document.get("lints", {})
    if not isinstance(table, dict):
        wrong = catalog.values.WrongStructure(where="`lints`", expected="a table", found=_kind(table))
        report.add(wrong, _key(source, "lints"), fixable=False)
        return
    settings = [setting for name, value in table.items() if (setting := _setting(name, value, source, report))]
    yield from sorted(settings, key=lambda setting: setting.code != ALL)


def _setting(name: str, value: object, source: SourceFile, report: Report) -> Setting | None:
    from archc.diagnostics import catalog
    from archc.elaborate.suggest import suggest
    from archc.findings.lints import lint_called

    key = _key(source, name)
    try:
        code = lint_called(name, trains=True)
    except Fault as fault:
        report.add(fault, key, fixable=False)
        return None
    for level in LEVELS:
        if value == level:
            return Setting(level, code)
    suggestion = suggest(value, LEVELS) if isinstance(value, str) else None
    wrong = catalog.values.WrongValue(
        name=name, expected="`allow`, `warn` or `deny`", found=_kind(value), suggestion=suggestion
    )
    report.add(wrong, _value(key), fixable=False)
    return None


def _kind(value: object) -> str:
    from archc.syntax.tree import clip

    match value:
        case dict():
            return "a table"
        case list():
            return f"a list of {len(value)}"
        case str():
            return f"the text `{clip(value)}`"
        case bool():
            return f"the boolean `{str(value).lower()}`"
        case int() | float():
            return f"the number `{clip(str(value))}`"
        case _:
            return f"the time `{value}`"


def _key(source: SourceFile, name: str) -> Span:
    """Where a key is written. tomllib does not say, so it is looked for: as a key, else as a word."""
    word = re.escape(name)
    for pattern in (
        rf"(?m)^[ \t]*(?:lints[ \t]*\.[ \t]*)?([\"']?{word}[\"']?)[ \t]*=",
        rf"(?<![\w-])({word})(?![\w-])",
    ):
        if found := re.search(pattern, source.text):
            return source.span(*found.span(1))
    return source.span(0, 0)


def _value(key: Span) -> Span:
    """Where the value of a key is written, to the end of its line; the key where it has none there."""
    found = re.compile(r"[ \t]*=[ \t]*([^#\r\n,}]*[^#\r\n,} \t])").match(key.source.text, key.end)
    return key.source.span(*found.span(1)) if found else key
