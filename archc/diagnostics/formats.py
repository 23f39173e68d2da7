"""The formats of `archc check`: their names, what they are for, and their renderers, each a module of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final, NamedTuple

from archc.diagnostics.report import Report

MOST: Final = 100
"""People are shown at most this many diagnostics of one file, unless they ask for more. Programs get all."""


class Format(NamedTuple):
    """Who reads a format. A `whole` one is one document for all files; the others are written file by file."""

    reader: str
    whole: bool


FORMATS: Final = {
    "text": Format("people: the line, the place under it, the cause and the remedy", whole=False),
    "concise": Format("editors and grep: one line a diagnostic", whole=False),
    "json": Format("programs: one document", whole=True),
    "jsonl": Format("programs: one object a line", whole=False),
    "sarif": Format("code scanning: SARIF 2.1.0", whole=True),
    "github": Format("GitHub Actions: workflow commands", whole=False),
    "gitlab": Format("GitLab: a Code Quality report", whole=True),
    "junit": Format("test reports: JUnit XML, a test case for each file", whole=True),
}
"""Every format. The module of the same name has `render`, of one report, or of all of them where it is whole."""


def render_file(name: str, report: Report) -> str:
    """What a format that is written file by file says of one file, with a line end; empty where it says nothing."""
    assert not FORMATS[name].whole
    text: str = import_module(f"archc.diagnostics.{name}").render(report)
    return text


def render_all(name: str, reports: Sequence[Report]) -> str:
    """The one document of a whole format, with a line end."""
    assert FORMATS[name].whole
    return f"{import_module(f'archc.diagnostics.{name}').render(reports)}\n"
