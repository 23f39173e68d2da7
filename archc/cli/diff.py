"""archc diff: which layers, shapes, parameters and MACs changed between two specs, without torch.

Layers are matched by name, type and arguments, so that an inserted layer does not shift the others: `+` added,
`-` removed, `~` changed. Sizes that follow from the input count as arguments.

Exit codes: 0 fine, 1 a spec has errors, or with --exit-code the networks differ, 2 a file cannot be read.
"""

from __future__ import annotations

import argparse
import sys

from archc.analysis.difference import Difference, compare
from archc.cli import fail
from archc.cli.arguments import add_input, add_set, colour, utf8
from archc.cli.codes import ERRORS, OK
from archc.front import read_file

_COLOURS = {"+": "32", "-": "31", "~": "33"}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc diff`."""
    command.add_argument("a", metavar="A", help="a spec file; - is standard input")
    command.add_argument("b", metavar="B", help="the spec file that it is compared with")
    add_set(command, "change both specs, as in --set vars.width=64; can be repeated")
    add_input(command)
    command.add_argument(
        "--format", choices=["table", "json", "markdown"], default="table", help="how to print (default: table)"
    )
    command.add_argument("--exit-code", action="store_true", help="exit with 1 where the networks differ")


def run(options: argparse.Namespace) -> int:
    """Print what differs between two specs, and return the exit code."""
    utf8(sys.stdout)
    fronts = [read_file(path, options.overrides, options.input) for path in (options.a, options.b)]
    code = max(fail.show(front.report, options) for front in fronts)
    a, b = (front.network for front in fronts)
    if code or a is None or b is None:
        return code or ERRORS
    difference = compare(a, b)
    _print(difference, options)
    return ERRORS if options.exit_code and not difference.same else OK


def _print(difference: Difference, options: argparse.Namespace) -> None:
    from archc.backends import comparison

    if options.format == "json":
        print(comparison.render_json(difference))
    elif options.format == "markdown":
        print(comparison.render_markdown(difference))
    else:
        colours = colour(options.color, sys.stdout)
        for line in comparison.render_text(difference):
            code = _COLOURS.get(line[:1]) if colours else None
            print(f"\x1b[{code}m{line}\x1b[0m" if code else line)
