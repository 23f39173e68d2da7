"""`archc check --fix` and `--diff`: fixes are applied, or shown, as far as they leave no new fault."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from archc.cli import fail, rewrite
from archc.cli.arguments import say, settings
from archc.cli.codes import ERRORS, OK
from archc.diagnostics.report import Diagnostic, Fix, Report
from archc.edit.repair import Mended, candidates, mend
from archc.front import Front, read, read_file
from archc.source import SourceFile
from archc.syntax.read import STDIN, format_of


def fixed_fronts(options: argparse.Namespace) -> tuple[list[Front], int]:
    """What is known of every file after its fixes are written, and the exit code of the writing."""
    code = OK
    fronts, fixed = [], 0
    for path in options.spec:
        before = read_file(path, settings=settings(options))
        mended = _mended(before, options)
        failed = _write(path, before, mended, options)
        code = max(code, failed)
        fronts.append(before if failed else mended.front)
        fixed += 0 if failed else len(mended.fixed)
    more = "" if options.unsafe_fixes else _more(_unsafe(fronts))
    if fixed or more:
        say(f"fixed {_problems(fixed)}{more}", options)
    return fronts, code


def show_diff(options: argparse.Namespace) -> int:
    """Print what `--fix` would change, and return 1 where that is something. Nothing is written."""
    fixed, code, fronts = 0, OK, []
    for path in options.spec:
        before = read_file(path, settings=settings(options))
        if before.source is None:
            code = max(code, fail.show(before.report, options))
            continue
        mended = _mended(before, options)
        assert mended.front.source is not None, "a spec that was read has a text"
        rewrite.print_diff(path, before.source, mended.front.source.text, options)
        fixed += len(mended.fixed)
        fronts.append(mended.front)
    more = "" if options.unsafe_fixes else _more(_unsafe(fronts))
    if fixed or more:
        say(f"would fix {_problems(fixed)}{more}", options)
    return max(code, ERRORS if fixed else OK)


def hint(reports: Sequence[Report]) -> str:
    """A line on how many of the diagnostics `--fix` may mend; empty where there is none."""
    fixes = [own for report in reports for d in report if (own := _own_fixes(d, report))]
    safe = sum(any(fix.safe for fix in own) for own in fixes)
    unsafe = len(fixes) - safe
    if not fixes:
        return ""
    return f"{safe:,} fixable with --fix{_more(unsafe)}" if safe else f"{unsafe:,} fixable with --fix --unsafe-fixes"


def _own_fixes(diagnostic: Diagnostic, report: Report) -> list[Fix]:
    """The fixes that edit the file itself, and none that it includes."""
    names = (report.file, "<stdin>")
    return [fix for fix in diagnostic.fixes if all(edit.span.source.name in names for edit in fix.edits)]


def _mended(front: Front, options: argparse.Namespace) -> Mended:
    source = front.source
    if source is None:
        return Mended(front, ())
    format_ = format_of(source)

    def reread(changed: SourceFile) -> Front:
        return read(changed, Report(front.report.file), format=format_, settings=settings(options))

    return mend(front, reread, unsafe=options.unsafe_fixes)


def _write(path: str, before: Front, mended: Mended, options: argparse.Namespace) -> int:
    """Write a mended text where it came from: standard input's to standard output."""
    if before.source is None or mended.front.source is None:
        return OK
    if path == STDIN:
        rewrite.print_text(mended.front.source.text)
        return OK
    if not mended.fixed:
        return OK
    return rewrite.rewrite(path, before.source, mended.front.source.text, options)


def print_left(fronts: Sequence[Front], options: argparse.Namespace) -> int:
    """What is left after the fixes of standard input, whose text has standard output for itself."""
    sys.stdout.flush()
    return max(fail.show(front.report, options) for front in fronts)


def _unsafe(fronts: Sequence[Front]) -> int:
    return sum(len(candidates(front, unsafe=True)) - len(candidates(front, unsafe=False)) for front in fronts)


def _problems(count: int) -> str:
    return f"{count:,} problem{'' if count == 1 else 's'}"


def _more(unsafe: int) -> str:
    return f" ({unsafe:,} more with --unsafe-fixes)" if unsafe else ""
