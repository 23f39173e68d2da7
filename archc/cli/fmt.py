"""archc fmt: specs in one style, with every comment kept and nothing of their meaning changed, without torch.

Two columns a level; a list or mapping on one line stays there while it fits 100 columns; quotes only where they are
needed; two spaces before a comment. Formatting is about syntax alone: a spec with a wrong layer is formatted, one that
cannot be read is left as it is, with its errors. `-` formats standard input to standard output.

Exit codes: 0 fine, 1 a file has errors, or with --check or --diff would change, 2 a file cannot be read.
"""

from __future__ import annotations

import argparse
import sys

from archc.cli import fail, rewrite
from archc.cli.arguments import say, utf8
from archc.cli.codes import ERRORS, OK
from archc.cli.specs import files_of
from archc.diagnostics.report import Report
from archc.diagnostics.visible import visible
from archc.edit.fmt import format_text
from archc.syntax.read import STDIN, read_source


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc fmt`."""
    command.add_argument(
        "spec", metavar="SPEC", nargs="+", help="a spec file, or a folder of them; - is standard input"
    )
    command.add_argument("--check", action="store_true", help="name the files that would change, and write nothing")
    command.add_argument("--diff", action="store_true", help="show what would change, and write nothing")


def run(options: argparse.Namespace) -> int:
    """Format every file, and return the exit code."""
    utf8(sys.stdout)
    options.spec = files_of(options.spec)
    done = [_format(path, options) for path in options.spec]
    changed = sum(changes for _, changes in done)
    files = f"{changed:,} of {len(done):,} file{'' if len(done) == 1 else 's'}"
    if changed and STDIN not in options.spec:
        say(f"{files} would change" if options.check or options.diff else f"formatted {files}", options)
    return max(code for code, _ in done)


def _format(path: str, options: argparse.Namespace) -> tuple[int, bool]:
    """Format one file: the exit code, and whether it changes."""
    report = Report(path)
    source = read_source(path, report)
    text = format_text(source, report) if source else None
    if source is None or text is None:
        return fail.show(report, options), False
    changed = text != source.text
    code = ERRORS if changed else OK
    if options.diff:
        rewrite.print_diff(path, source, text, options)
    elif options.check:
        if changed:
            print(visible(path))
    elif path == STDIN:
        rewrite.print_text(text)
        code = OK
    else:
        code = rewrite.rewrite(path, source, text, options) if changed else OK
        changed = changed and code == OK
    return code, changed
