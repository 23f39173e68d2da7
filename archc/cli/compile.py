"""archc compile: a spec as readable Python source, or as a file of initial weights.

The ending of FILE says what is written:
  .py           standalone source with a function build(), which needs torch alone
  .safetensors  the initial weights under the spec's seed (or --seed), with the names of state_dict()
`-o -` prints the source. The weights are those that the source gives under the same seed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from archc.checks.capacity import check_capacity
from archc.cli import fail
from archc.cli.arguments import add_levels, add_max_params, add_spec, say, settings, utf8
from archc.cli.codes import ERRORS, OK, USAGE
from archc.cli.extras import missing_extra
from archc.cli.output import write
from archc.diagnostics import catalog
from archc.front import Front, read_file
from archc.network import Network

ENDINGS = (".py", ".safetensors")


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc compile`."""
    add_spec(command)
    add_levels(command)
    command.add_argument("-o", "--output", metavar="FILE", required=True, help="what to write; - prints the source")
    command.add_argument("--seed", type=int, metavar="N", help="seed of the weights (default: the spec's, or 0)")
    add_max_params(command)


def run(options: argparse.Namespace) -> int:
    """Compile a spec and write the result, whole or not at all."""
    utf8(sys.stdout)
    ending = ".py" if options.output == "-" else Path(options.output).suffix
    if ending not in ENDINGS:
        fail.fail(catalog.runs.UnknownOutput(file=options.output, known=ENDINGS), options)
        return USAGE
    front = read_file(options.spec, options.overrides, settings=settings(options))
    code = fail.show(front.report, options)
    if front.network is None or code:
        return code or ERRORS
    if ending == ".py":
        return _write_source(front, front.network, options)
    return _write_weights(front, front.network, options)


def _write_source(front: Front, network: Network, options: argparse.Namespace) -> int:
    from archc.backends.source import render

    text = render(network, Path(front.source.name).name if front.source else network.name)
    if options.output == "-":
        print(text, end="")
        return OK
    return _write(text.encode(), options)


def _write_weights(front: Front, network: Network, options: argparse.Namespace) -> int:
    fault = missing_extra("archc compile to .safetensors", "torch", "safetensors")
    if fault:
        return fail.fail(fault, options)
    check_capacity(network, front.report, max_params=options.max_params, training=False)
    if not front.report.ok:
        return fail.show(front.report, options)
    from archc.backends.export import weights

    seed = options.seed if options.seed is not None else (network.train.seed if network.train else 0)
    return _write(weights(network, seed), options)


def _write(content: bytes, options: argparse.Namespace) -> int:
    code = write(Path(options.output), content, options, shown=options.output)
    if code == OK:
        say(f"wrote {options.output} ({len(content):,} bytes)", options)
    return code
