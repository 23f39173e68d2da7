"""archc check: everything that is wrong with specs, without torch.

A folder stands for the specs in it: .yaml, .yml and .json files with the key `archc`.
Hidden folders and links are left out.

`--fix` mends what can be mended without a decision of yours; `--unsafe-fixes` also guesses, and changes what a network
computes. A file is written only where its faults are gone and no new one came. Files that are included are not written.

Exit codes: 0 fine (warnings are allowed), 1 a spec has errors, 2 a file cannot be read or written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

from archc.cli import codes
from archc.cli.arguments import add_input, add_levels, add_spec, colour, settings, utf8
from archc.cli.codes import OK, USAGE
from archc.cli.findings import Findings, Manner, ReportFile
from archc.cli.specs import files_of
from archc.diagnostics.formats import FORMATS, MOST
from archc.front import Front, read_file
from archc.syntax.read import STDIN


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc check`."""
    add_spec(command, nargs="+")
    add_input(command)
    add_levels(command)
    command.add_argument("--format", choices=FORMATS, default="text", help="how to print (default: text)")
    command.add_argument(
        "--report",
        metavar="FORMAT=FILE",
        action="append",
        type=_report,
        default=[],
        dest="reports",
        help="also write a file, as in --report sarif=archc.sarif; can be repeated",
    )
    command.add_argument(
        "--max-diagnostics",
        metavar="N",
        type=_count,
        default=MOST,
        help=f"show at most N diagnostics of a file as text (default: {MOST}; 0: all)",
    )
    command.add_argument("--fix", action="store_true", help="mend what can be mended, in the files themselves")
    command.add_argument("--unsafe-fixes", action="store_true", help="with --fix or --diff: also apply guesses")
    command.add_argument("--diff", action="store_true", help="show what --fix would change, and write nothing")

    width = max(map(len, FORMATS))
    formats = "".join(f"  {name.ljust(width)}  {found.reader}\n" for name, found in FORMATS.items())
    command.epilog = f"formats of --format and --report:\n{formats}\n{command.epilog}"


def _report(text: str) -> tuple[str, str]:
    """The format and the file of `sarif=archc.sarif`."""
    name, equals, file = text.partition("=")
    if not equals or not file or "\0" in file or name not in FORMATS:
        raise argparse.ArgumentTypeError(f"expected FORMAT=FILE with one of {', '.join(FORMATS)}, got {text!r}")
    return name, file


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"expected a number of at least 0, got {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Check every file, print and write what was found, and return the exit code."""
    utf8(sys.stdout)
    options.spec = files_of(options.spec)
    if problem := _misuse(options):
        print(f"archc check: {problem}", file=sys.stderr)
        return USAGE
    if options.fix or options.diff:
        return _fix(options)
    levels = settings(options)
    return _tell((read_file(path, options.overrides, options.input, levels) for path in options.spec), options)


def _fix(options: argparse.Namespace) -> int:
    """`--fix` and `--diff`, which are about the files as they are written."""
    from archc.cli import fix

    if options.diff:
        return fix.show_diff(options)
    fronts, code = fix.fixed_fronts(options)
    left = fix.print_left(fronts, options) if STDIN in options.spec else _tell(fronts, options)
    return max(code, left)


def _tell(fronts: Iterable[Front], options: argparse.Namespace) -> int:
    """Print and write what was found, file by file, and return the exit code."""
    most = options.max_diagnostics
    tried = options.fix and options.unsafe_fixes
    shown = Findings(options.format, Manner(colour(options.color, sys.stdout), options.quiet, most, tried))
    files = [ReportFile(name, path, most=most) for name, path in options.reports]
    code = OK
    for front in fronts:
        code = max(code, codes.of_report(front.report))
        print(shown.add(front), end="")
        for file in files:
            file.add(front)
    print(shown.finish(), end="")
    return max([code, *(_write(file, options) for file in files)])


def _misuse(options: argparse.Namespace) -> str | None:
    """What is wrong with the combination of options: a report must not take the place of something else."""
    mends = options.fix or options.diff
    if mends and (options.overrides or options.input):
        return "--fix and --diff go without --set and --input"
    if options.unsafe_fixes and not mends:
        return "--unsafe-fixes needs --fix or --diff"
    if not options.reports:
        return None
    import os

    taken = {os.path.realpath(path): f"the spec `{path}`" for path in options.spec}
    for name, path in options.reports:
        place = os.path.realpath(path)
        if place in taken:
            from archc.diagnostics.visible import visible

            return visible(f"--report {name}={path} would be written over {taken[place]}")
        taken[place] = f"--report {name}={path}"
    return None


def _write(file: ReportFile, options: argparse.Namespace) -> int:
    try:
        file.write()
    except OSError as error:
        from archc.cli.output import cannot_write

        cannot_write(file.path, error, options)
        return USAGE
    return OK
