"""archc check: everything that is wrong with specs, without torch.

`--fix` mends what can be mended without a decision of yours; `--unsafe-fixes` also guesses, and changes what a network
computes. A file is written only where its faults are gone and no new one came. Files that are included are not written.

Exit codes: 0 fine (warnings are allowed), 1 a spec has errors, 2 a file cannot be read.
"""

from __future__ import annotations

import argparse
import sys

from archc.cli import fail
from archc.cli.arguments import add_input, add_spec, colour, utf8
from archc.cli.main import USAGE
from archc.diagnostics.report import Report
from archc.front import Front, read_file
from archc.syntax.read import STDIN


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc check`."""
    add_spec(command, several=True)
    add_input(command)
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")
    command.add_argument("--fix", action="store_true", help="mend what can be mended, in the files themselves")
    command.add_argument("--unsafe-fixes", action="store_true", help="with --fix or --diff: also apply guesses")
    command.add_argument("--diff", action="store_true", help="show what --fix would change, and write nothing")


def run(options: argparse.Namespace) -> int:
    """Check every file, print what was found, and return the exit code."""
    utf8(sys.stdout)
    if options.fix or options.diff or options.unsafe_fixes:
        return _fix(options)
    return _print_all([read_file(path, options.overrides, options.input) for path in options.spec], options)


def _fix(options: argparse.Namespace) -> int:
    """`--fix` and `--diff`, which are about the files as they are written."""
    from archc.cli import fix

    if options.overrides or options.input or not (options.fix or options.diff):
        mends = options.fix or options.diff
        wrong = "--fix and --diff go without --set and --input" if mends else "--unsafe-fixes needs --fix or --diff"
        print(f"archc check: error: {wrong}", file=sys.stderr)
        return USAGE
    if options.diff:
        return fix.show_diff(options)
    fronts, code = fix.fixed_fronts(options)
    left = fix.print_left(fronts, options) if STDIN in options.spec else _print_all(fronts, options)
    return max(code, left)


def _print_all(fronts: list[Front], options: argparse.Namespace) -> int:
    """Print what was found in the chosen format, and return the exit code."""
    reports = [front.report for front in fronts]
    if options.format == "json":
        from archc.diagnostics import json

        print(json.render(reports))
    else:
        for front in fronts:
            _print(front, options)
        _print_summary(reports, options)
    return max(fail.exit_code(report) for report in reports)


def _print(front: Front, options: argparse.Namespace) -> None:
    from archc.diagnostics.text import render

    report, network = front.report, front.network
    if len(report) and not (options.quiet and report.ok):
        print(render(report, colour=colour(options.color, sys.stdout)), end="")
    if network and report.ok and not options.quiet:
        from archc.diagnostics.catalog.shapes import dimensions
        from archc.diagnostics.visible import visible

        shapes = f"{dimensions(network.input)} -> {dimensions(network.output)}"
        layers = f"{network.layers:,} layer{'' if network.layers == 1 else 's'}"
        print(f"{visible(report.file or '')}: ok, {shapes}, {layers}, {network.params:,} parameters")


def _print_summary(reports: list[Report], options: argparse.Namespace) -> None:
    from archc.diagnostics.text import summary

    text = summary(reports)
    if any(not report.ok for report in reports):
        files = sum(not report.ok for report in reports)
        print(f"{text} in {files} of {len(reports)} file{'' if len(reports) == 1 else 's'}")
    if not options.quiet and any(d.fixes for report in reports for d in report):
        from archc.cli.fix import hint

        if line := hint(reports):
            print(line)
