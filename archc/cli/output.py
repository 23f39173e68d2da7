"""What a command writes: a file whole or not at all, and the fault where that cannot be."""

from __future__ import annotations

import argparse
from pathlib import Path

from archc.cli import fail
from archc.cli.codes import OK
from archc.diagnostics import catalog


def write(path: Path, content: bytes, options: argparse.Namespace, *, shown: str | None = None) -> int:
    """Replace a file by new content in one step, and return the exit code; on an error the old file stays as it was.

    `shown` is what the user calls the file.
    """
    from archc.files.durable import replace_file  # loaded by those alone that come to write

    try:
        replace_file(path, content)
    except OSError as error:
        return cannot_write(shown or str(path), error, options)
    return OK


def cannot_write(path: str, error: OSError, options: argparse.Namespace) -> int:
    """Say that a file cannot be written, and return the exit code."""
    return fail.fail(catalog.runs.CannotWrite(path=path, reason=error.strerror or str(error)), options)
