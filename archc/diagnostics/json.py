"""Reports -> the JSON of `archc check --format json`, version 1 of docs/interfaces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from archc.diagnostics.report import Diagnostic, Report
from archc.source import Position, Span

VERSION = 1


def render(reports: Sequence[Report]) -> str:
    """One JSON document for all files. Lines and columns count from 1, offsets are code points from 0."""
    found = [diagnostic for report in reports for diagnostic in report]
    errors = sum(diagnostic.severity == "error" for diagnostic in found)
    document = {
        "version": VERSION,
        "summary": {
            "files": len(reports),
            "errors": errors,
            "warnings": len(found) - errors,
        },
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in found],
    }
    return dumps(document, indent=1)


def dumps(data: object, indent: int | None = None) -> str:
    """JSON in which every character can be seen: control and bidi characters are escaped, other letters are not."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """One diagnostic as data."""
    return {
        "code": diagnostic.code,
        "slug": diagnostic.slug,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": diagnostic.filename,
        "span": _span(diagnostic.span) if diagnostic.span else None,
        "path": diagnostic.path,
        "labels": [
            {"file": label.span.source.name, "span": _span(label.span), "text": label.text}
            for label in diagnostic.labels
        ],
        "notes": list(diagnostic.notes),
        "helps": list(diagnostic.helps),
        "fixes": [
            {
                "title": fix.title,
                "applicability": "safe" if fix.safe else "unsafe",
                "edits": [
                    {"file": edit.span.source.name, "start": edit.span.start, "end": edit.span.end, "text": edit.text}
                    for edit in fix.edits
                ],
            }
            for fix in diagnostic.fixes
        ],
    }


def _span(span: Span) -> dict[str, dict[str, int]]:
    return {"start": _position(span.first), "end": _position(span.last)}


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column, "offset": position.offset}
