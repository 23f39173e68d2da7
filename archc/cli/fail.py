"""A report -> standard error and an exit code, as every command but `check` ends when something is wrong."""

from __future__ import annotations

import argparse
import sys

from archc.cli.arguments import colour
from archc.cli.main import ERRORS, OK, USAGE
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report


def exit_code(report: Report) -> int:
    """0 without errors, 2 where a file cannot be read or an option is wrong, 1 for all other errors."""
    if report.ok:
        return OK
    usage = all(isinstance(d.fault, catalog.syntax.UnreadableFile | catalog.names.OverridePath) for d in report.errors)
    return USAGE if usage else ERRORS


def show(report: Report, options: argparse.Namespace) -> int:
    """Print a report to standard error, and return the exit code. With `--quiet` warnings are left out."""
    if options.quiet and report.ok:
        return OK
    from archc.diagnostics.formats import MOST
    from archc.diagnostics.text import render, summary

    text = render(report, colour=colour(options.color, sys.stderr), most=MOST)
    if text:
        print(text, end="", file=sys.stderr)
    if not report.ok:
        print(f"archc: {summary([report])}", file=sys.stderr)
    return exit_code(report)


def fail(fault: Fault, options: argparse.Namespace) -> int:
    """Print one fault that has no place in a spec."""
    report = Report()
    report.add(fault)
    return show(report, options)
