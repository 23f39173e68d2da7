"""archc data: the cache of decoded data, how large it is, and its removal.

Data sets that were downloaded are not decoded data, and stay.
"""

from __future__ import annotations

import argparse
import json
import sys

from archc.cli import fail
from archc.cli.arguments import utf8
from archc.cli.codes import OK
from archc.cli.extras import missing_extra
from archc.diagnostics import catalog


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc data`."""
    command.add_argument("--clear-cache", action="store_true", help="remove what is decoded; it is decoded again")
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")


def run(options: argparse.Namespace) -> int:
    """Look into the cache, or empty it, and return the exit code."""
    utf8(sys.stdout)
    if fault := missing_extra("archc data", "numpy"):
        return fail.fail(fault, options)
    from archc.backends.table import size
    from archc.data import cache

    folder = cache.folder_of_entries()
    try:
        if options.clear_cache:
            count, total = cache.clear()
        else:
            found = cache.entries()
            count, total = len(found), sum(found.values())
    except OSError as error:
        reason = error.strerror or str(error)
        return fail.fail(catalog.runs.CannotWrite(path=str(error.filename or folder), reason=reason), options)
    if options.format == "json":
        print(
            json.dumps(
                {"version": 1, "folder": str(folder), "entries": count, "bytes": total, "cleared": options.clear_cache}
            )
        )
        return OK
    entries = f"{count:,} {'entry' if count == 1 else 'entries'}, {size(total)}"
    print(f"removed {entries}, from {folder}" if options.clear_cache else f"{folder}: {entries}")
    return OK
