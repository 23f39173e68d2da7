"""Reports -> a SARIF 2.1.0 log, which code scanning services read.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from archc.diagnostics.documentation import EXAMPLE, documentation
from archc.diagnostics.fault import Fault
from archc.diagnostics.json import dumps
from archc.diagnostics.report import Diagnostic, Fix, Label, Report
from archc.diagnostics.visible import visible
from archc.source import Span

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION: Final = "2.1.0"

_LINK = re.compile(r"\[(?=[^\[\]]*\]\()")

Data = dict[str, Any]


def render(reports: Sequence[Report]) -> str:
    """One log with one run for all files. Columns count code points; file names are relative to where archc ran."""
    return dumps({"$schema": SCHEMA, "version": VERSION, "runs": [_Run(reports).data()]}, indent=1)


class _Run:
    """The tables that results point into by index: rules and artifacts (files)."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.found = [diagnostic for report in reports for diagnostic in report]
        faults = {diagnostic.code: type(diagnostic.fault) for diagnostic in self.found}
        self.faults = [faults[code] for code in sorted(faults)]
        self.rules = {fault.code: index for index, fault in enumerate(self.faults)}
        self.checked = {report.file for report in reports if report.file}
        self.files: dict[str, int] = {file: index for index, file in enumerate(sorted(self.checked))}

    def data(self) -> Data:
        from archc.version import __version__

        results = [self.result(diagnostic) for diagnostic in self.found]
        driver = {"name": "archc", "version": __version__, "rules": [_rule(fault) for fault in self.faults]}
        return {
            "tool": {"driver": driver},
            "invocations": [{"executionSuccessful": True}],
            "columnKind": "unicodeCodePoints",
            "artifacts": [self.artifact(file) for file in self.files],
            "results": results,
        }

    def artifact(self, file: str) -> Data:
        role = {"roles": ["analysisTarget"]} if file in self.checked else {}
        return {"location": {"uri": uri(file)}, **role}

    def result(self, diagnostic: Diagnostic) -> Data:
        said = (diagnostic.message, *diagnostic.notes, *(f"help: {text}" for text in diagnostic.helps))
        data: Data = {
            "ruleId": diagnostic.code,
            "ruleIndex": self.rules[diagnostic.code],
            "level": diagnostic.severity,
            "message": _message("\n".join(map(visible, said))),
        }
        if diagnostic.filename:
            data["locations"] = [{"physicalLocation": self.place(diagnostic.filename, diagnostic.span)}]
        if diagnostic.labels:
            data["relatedLocations"] = [self.related(index, label) for index, label in enumerate(diagnostic.labels)]
        if diagnostic.fixes:
            data["fixes"] = [self.fix(fix) for fix in diagnostic.fixes]
        return data

    def related(self, index: int, label: Label) -> Data:
        place = self.place(label.span.source.name, label.span)
        return {"id": index, "physicalLocation": place, "message": _message(visible(label.text))}

    def fix(self, fix: Fix) -> Data:
        """The edits of a fix, file by file."""
        files = dict.fromkeys(edit.span.source.name for edit in fix.edits)
        changes = [
            {
                "artifactLocation": self.location(file),
                "replacements": [
                    {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
                    for edit in fix.edits
                    if edit.span.source.name == file
                ],
            }
            for file in files
        ]
        safety = {"applicability": "safe" if fix.safe else "unsafe"}
        return {"description": _message(visible(fix.title)), "artifactChanges": changes, "properties": safety}

    def place(self, file: str, span: Span | None) -> Data:
        region = {"region": _region(span)} if span else {}
        return {"artifactLocation": self.location(file), **region}

    def location(self, file: str) -> Data:
        return {"uri": uri(file), "index": self.files.setdefault(file, len(self.files))}


def uri(file: str) -> str:
    """A file name as a URI reference, with everything escaped that is not plain in one."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def _region(span: Span) -> Data:
    first, last = span.first, span.last
    return {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
        "charOffset": first.offset,
        "charLength": last.offset - first.offset,
    }


def _message(text: str) -> Data:
    """Plain text. In a message `[text](target)` would be a link, which nothing that a spec says may become."""
    return {"text": _LINK.sub(r"\\[", text)}


def _rule(fault: type[Fault]) -> Data:
    text = documentation(fault)
    prose = EXAMPLE.split(text)[0].strip()
    return {
        "id": fault.code,
        "name": fault.__name__,
        "shortDescription": {"text": prose.split("\n\n")[0].replace("\n", " ")},
        "fullDescription": {"text": prose},
        "help": {"text": EXAMPLE.sub(r"\g<text>", text), "markdown": EXAMPLE.sub(r"```yaml\n\g<text>```", text)},
        "defaultConfiguration": {"level": fault.severity},
        "properties": {"slug": fault.slug},
    }
