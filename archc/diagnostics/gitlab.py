"""Reports -> the Code Quality report of GitLab.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

from archc.diagnostics.json import dumps
from archc.diagnostics.report import Diagnostic, Report
from archc.diagnostics.visible import visible

_SEVERITIES: Final = {"error": "major", "warning": "minor"}


def render(reports: Sequence[Report]) -> str:
    """One JSON list for all files."""
    seen: Counter[str] = Counter()
    return dumps([_issue(diagnostic, seen) for report in reports for diagnostic in report], indent=1)


def _issue(diagnostic: Diagnostic, seen: Counter[str]) -> dict[str, Any]:
    identity = _identity(diagnostic)
    seen[identity] += 1
    span = diagnostic.span
    lines = {"begin": span.first.line, "end": span.last.line} if span else {"begin": 1}
    return {
        "description": visible(diagnostic.message),
        "check_name": diagnostic.slug,
        "fingerprint": _digest(identity, seen[identity]),
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": visible(diagnostic.filename or ""), "lines": lines},
    }


def _identity(diagnostic: Diagnostic) -> str:
    """What a diagnostic is, whatever the lines above it: a fingerprint must outlive changes elsewhere in the file."""
    marked = diagnostic.span.text if diagnostic.span else ""
    return "\0".join((diagnostic.code, diagnostic.filename or "", diagnostic.message, marked))


def _digest(identity: str, occurrence: int) -> str:
    """Equal diagnostics of one file are told apart by their order."""
    return sha256(f"{identity}\0{occurrence}".encode(errors="surrogatepass")).hexdigest()
