"""archc check: everything that is wrong with specs, without torch.

Exit codes: 0 fine (warnings are allowed), 1 a spec has errors, 2 a file cannot be read.
"""

from __future__ import annotations

import argparse
import sys

from archc.cli import fail
from archc.cli.arguments import add_input, add_spec, colour, utf8
from archc.diagnostics.report import Report
from archc.front import Front, read_file


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc check`."""
    add_spec(command, several=True)
    add_input(command)
    command.add_argument("--format", choices=["text", "json"], default="text", help="how to print (default: text)")


def run(options: argparse.Namespace) -> int:
    """Check every file, print what was found, and return the exit code."""
    utf8(sys.stdout)
    fronts = [read_file(path, options.overrides, options.input) for path in options.spec]
    reports = [front.report for front in fronts]
    if options.format == "json":
        from archc.diagnostics import json

        print(json.render(reports))
    else:
        for front in fronts:
            _print(front, options)
        _print_summary(reports)
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


def _print_summary(reports: list[Report]) -> None:
    from archc.diagnostics.text import summary

    text = summary(reports)
    if any(not report.ok for report in reports):
        files = sum(not report.ok for report in reports)
        print(f"{text} in {files} of {len(reports)} file{'' if len(reports) == 1 else 's'}")
