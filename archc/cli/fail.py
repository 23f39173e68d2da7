"""A report -> standard error and an exit code, as every command but `check` ends when something is wrong."""

from __future__ import annotations

import argparse
import sys

from archc.cli import codes
from archc.cli.arguments import colour
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report


def show(report: Report, options: argparse.Namespace) -> int:
    """Print a report to standard error, and return the exit code. With `--quiet` warnings are left out."""
    if options.quiet and report.ok:
        return codes.OK
    from archc.diagnostics.formats import MOST
    from archc.diagnostics.text import render, summary

    text = render(report, colour=colour(options.color, sys.stderr), most=MOST)
    if text:
        print(text, end="", file=sys.stderr)
    if not report.ok:
        print(f"archc: {summary([report])}", file=sys.stderr)
    return codes.of_report(report)


def fail(fault: Fault, options: argparse.Namespace) -> int:
    """Print one fault that has no place in a spec."""
    report = Report()
    report.add(fault)
    return show(report, options)
