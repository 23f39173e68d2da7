"""archc show: the table of layers with output shapes, parameters, MACs and receptive fields, without torch.

MACs are multiply-accumulates of matrix products and convolutions for one sample; twice that is what torch's
FlopCounterMode counts. The receptive field is in pixels of the input.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from archc.cli import fail
from archc.cli.arguments import add_input, add_spec, colour, settings, utf8
from archc.cli.codes import ERRORS, USAGE
from archc.front import Front, read_file
from archc.network import Network

if TYPE_CHECKING:
    from archc.analysis.sizes import LegalSizes


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc show`."""
    add_spec(command)
    add_input(command)
    command.add_argument(
        "--format", choices=["table", "json", "csv", "markdown"], default="table", help="how to print (default: table)"
    )
    command.add_argument(
        "--depth", type=int, metavar="N", help="fold layers that are nested deeper than N, in all formats but json"
    )
    command.add_argument(
        "--sizes",
        action="store_true",
        help="say for which heights and widths the network is valid, and for which its weights stay the same",
    )


def run(options: argparse.Namespace) -> int:
    """Print the table of a spec and return the exit code."""
    if options.sizes and options.format == "csv":
        print("archc show: --sizes has no place in CSV; take table, json or markdown", file=sys.stderr)
        return USAGE
    utf8(sys.stdout)
    front = read_file(options.spec, options.overrides, options.input, settings(options))
    code = fail.show(front.report, options)
    if front.network is None or code:
        return code or ERRORS
    sizes = _sizes(front) if options.sizes else None
    if options.format == "table":
        _print_table(front.network, sizes, options)
    else:
        from archc.backends import table

        renderers = {"json": table.render_json, "csv": table.render_csv, "markdown": table.render_markdown}
        print(renderers[options.format](front.network, options.depth, sizes).rstrip("\n"))
    return code


def _sizes(front: Front) -> LegalSizes:
    from archc.analysis.sizes import legal_sizes

    assert front.spec is not None, "a network is made of a spec"
    assert front.network is not None
    return legal_sizes(front.spec, front.network)


def _print_table(network: Network, sizes: LegalSizes | None, options: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from archc.backends import table

    terminal = sys.stdout.isatty()
    colours = colour(options.color, sys.stdout)
    console = Console(
        file=sys.stdout,
        highlight=False,
        force_terminal=colours,
        no_color=not colours,
        width=None if terminal else 1000,
    )
    shown = Table(title=None, box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in table.COLUMNS:
        number = column in ("params", "macs")
        shown.add_column(column, justify="right" if number else "left", overflow="fold")
    for cells in table.rows(network, options.depth):
        shown.add_row(*(Text(cell) for cell in cells))
    console.print(Text(network.name, style="bold"))
    console.print(shown)
    console.print()
    totals = table.totals(network, sizes)
    width = max(len(name) for name, _ in totals)
    for name, value in totals:
        console.print(Text(f"{name.ljust(width)}  {value}"))
