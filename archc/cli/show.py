"""archc show: the table of layers with output shapes, parameters, MACs and receptive fields, without torch.

MACs are multiply-accumulates of matrix products and convolutions for one sample; twice that is what torch's
FlopCounterMode counts. The receptive field is in pixels of the input.
"""

from __future__ import annotations

import argparse
import sys

from archc.cli import fail
from archc.cli.arguments import add_input, add_spec, colour, settings, utf8
from archc.cli.main import ERRORS
from archc.front import read_file
from archc.network import Network


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


def run(options: argparse.Namespace) -> int:
    """Print the table of a spec and return the exit code."""
    utf8(sys.stdout)
    front = read_file(options.spec, options.overrides, options.input, settings(options))
    code = fail.show(front.report, options)
    if front.network is None or code:
        return code or ERRORS
    if options.format == "table":
        _print_table(front.network, options)
    else:
        from archc.backends import table

        renderers = {"json": table.render_json, "csv": table.render_csv, "markdown": table.render_markdown}
        print(renderers[options.format](front.network, options.depth).rstrip("\n"))
    return code


def _print_table(network: Network, options: argparse.Namespace) -> None:
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
    width = max(len(name) for name, _ in table.totals(network))
    for name, value in table.totals(network):
        console.print(Text(f"{name.ljust(width)}  {value}"))
