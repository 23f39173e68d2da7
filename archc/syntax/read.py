"""A file, standard input or a string -> source and document."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from archc.diagnostics import catalog
from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax import limits
from archc.syntax.document import Document, Format

STDIN = "-"
_JSON_START = re.compile(r'\s*\{\s*"')


def read_source(path: str, report: Report) -> SourceFile | None:
    """The text of a file; `-` is standard input. None where it cannot be read, with the reason in the report."""
    try:
        raw = _bytes(path)
    except OSError as error:
        report.add(catalog.syntax.UnreadableFile(file=path, reason=error.strerror or str(error)))
        return None
    except ValueError as error:  # a NUL in the path
        report.add(catalog.syntax.UnreadableFile(file=path, reason=str(error)))
        return None
    if len(raw) > limits.FILE_BYTES:
        report.add(catalog.syntax.FileTooLarge(limit=limits.FILE_BYTES))
        return None
    return decode("<stdin>" if path == STDIN else path, raw, report)


def decode(name: str, raw: bytes, report: Report) -> SourceFile | None:
    """UTF-8 bytes as a source. A byte order mark is dropped, and line ends stay as they are."""
    try:
        return SourceFile(name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        readable = SourceFile(name, raw.decode("utf-8-sig", errors="replace"))
        at = readable.text.find("\ufffd")
        fault = catalog.syntax.NotUtf8(byte=raw[error.start], offset=error.start)
        report.add(fault, readable.span(at, at + 1))
        return None


def format_of(source: SourceFile) -> Format:
    """JSON for a `.json` file, or for standard input that begins like a JSON object; YAML otherwise."""
    if source.name.lower().endswith(".json"):
        return "json"
    if source.name == "<stdin>" and _JSON_START.match(source.text):
        return "json"
    return "yaml"


def parse(source: SourceFile, report: Report, format: Format | None = None) -> Document:  # noqa: A002 - public API's word
    """A source as a document, in the given format or the one its name says."""
    if (format or format_of(source)) == "json":
        from archc.syntax.json import read_json

        return read_json(source, report)
    from archc.syntax.yaml import read_yaml

    return read_yaml(source, report)


def _bytes(path: str) -> bytes:
    """At most one byte more than a spec may have."""
    if path == STDIN:
        return sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(limits.FILE_BYTES + 1)
