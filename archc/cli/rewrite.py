"""A spec's new text -> its file, whole or not at all, with the bytes around the text as they were."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from archc.cli import fail
from archc.cli.arguments import colour
from archc.cli.output import cannot_write, write
from archc.diagnostics import catalog
from archc.edit.unified import unified
from archc.source import SourceFile
from archc.syntax.read import STDIN

_BOM = b"\xef\xbb\xbf"


def rewrite(path: str, before: SourceFile, after: str, options: argparse.Namespace) -> int:
    """Write the new text of a spec, and return the exit code. A symbolic link stays; the file that it names is written.

    Line ends are those of the text; a byte order mark and the permissions stay.
    """
    try:
        file = Path(path).resolve(strict=True)
        now = file.read_bytes()
    except OSError as error:
        return cannot_write(path, error, options)
    mark = _BOM if now.startswith(_BOM) else b""
    if now != mark + before.text.encode():
        return fail.fail(catalog.runs.ChangedMeanwhile(file=path), options)
    return write(file, mark + after.encode(), options, shown=path)


def print_text(text: str) -> None:
    """The text of a spec from standard input, to standard output, with its line ends as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def print_diff(path: str, before: SourceFile, after: str, options: argparse.Namespace) -> None:
    """What a command would change in a spec."""
    diff = unified("<stdin>" if path == STDIN else path, before.text, after)
    if not colour(options.color, sys.stdout):
        print(diff, end="")
        return
    for line in diff.splitlines():
        print(_coloured(line))


def _coloured(line: str) -> str:
    code = {"@": "36", "+": "32", "-": "31"}.get(line[:1], "")
    if line.startswith(("--- ", "+++ ")):
        code = "1"
    return f"\x1b[{code}m{line}\x1b[0m" if code else line
