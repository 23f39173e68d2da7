"""Options that several commands share."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from typing import IO, Literal, NoReturn

from archc.diagnostics.levels import Level, Setting
from archc.layers.base import Shape
from archc.settings import LintSettings


class _Parser(argparse.ArgumentParser):
    """A parser that knows the options of other tools, and says how they are written here."""

    def error(self, message: str) -> NoReturn:
        _, unknown, words = message.partition("unrecognized arguments: ")
        if unknown:
            from archc.cli import other_words

            written = other_words.option(words.split(), self._option_string_actions)
            message = f"{message}; {written}" if written else message
        super().error(message)


def parser(name: str, summary: str, doc: str) -> argparse.ArgumentParser:
    """A command's parser, with the options that every command has."""
    command = _Parser(
        prog=f"archc {name}", description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False, epilog=_epilog(doc)
    )
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument("-q", "--quiet", action="store_true", help="print results and errors alone")
    command.add_argument(
        "--color", choices=["auto", "always", "never"], default="auto", help="colours; auto: on a terminal (default)"
    )
    return command


def _epilog(doc: str) -> str:
    """What the module's docstring says after its first line."""
    return doc.partition("\n")[2].strip()


def add_spec(command: argparse.ArgumentParser, *, nargs: Literal["+", "?"] | None = None) -> None:
    """The spec argument, several or none where argparse's `nargs` says so, and `--set`."""
    command.add_argument("spec", metavar="SPEC", nargs=nargs, help="a spec file; - is standard input")
    add_set(command, "change the spec, as in --set train.epochs=1; can be repeated")


def add_set(command: argparse.ArgumentParser, says: str) -> None:
    """`--set`."""
    command.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], dest="overrides", help=says)


def add_device(command: argparse.ArgumentParser, says: str) -> None:
    """`--device`; `says` is what is taken without it."""
    command.add_argument("--device", metavar="DEVICE", help=f"cpu, cuda, cuda:1, mps or auto (without: {says})")


def add_data_dir(command: argparse.ArgumentParser) -> None:
    """`--data-dir`."""
    command.add_argument("--data-dir", metavar="DIR", help="a folder with data sets in torchvision's layout")


def add_max_params(command: argparse.ArgumentParser) -> None:
    """`--max-params`."""
    from archc.checks.capacity import MAX_PARAMS

    says = f"refuse larger networks (default: {MAX_PARAMS:.0e})".replace("e+", "e")
    command.add_argument("--max-params", type=int, default=MAX_PARAMS, metavar="N", help=says)


def add_levels(command: argparse.ArgumentParser, *, trains: bool = False) -> None:
    """`--deny`, `--warn` and `--allow`, also for the lints of a training where the command trains. See `settings`."""
    says: dict[Level, str] = {
        "deny": "make lints errors, by code or slug, as in --deny W601,W606 or --deny all",
        "warn": "make lints warnings",
        "allow": "leave lints out; of several levels for one lint the last wins",
    }
    for level, help_ in says.items():
        command.add_argument(
            f"--{level}",
            metavar="LINT",
            action="append",
            type=partial(_settings, level, trains),
            default=[],
            dest="levels",
            help=help_,
        )


def _settings(level: Level, trains: bool, text: str) -> list[Setting]:
    """A level for each lint of `W601,softmax-without-dim`."""
    from archc.diagnostics.fault import Fault
    from archc.diagnostics.visible import visible
    from archc.findings.lints import lint_called

    try:
        return [Setting(level, lint_called(name.strip(), trains=trains)) for name in text.split(",")]
    except Fault as fault:
        help_ = fault.help()
        raise argparse.ArgumentTypeError(visible(f"{fault.message()}; {help_}" if help_ else fault.message())) from None


def settings(options: argparse.Namespace) -> LintSettings:
    """The levels of lints, by archc.toml and the command line."""
    return LintSettings(setting for given in getattr(options, "levels", ()) for setting in given)


def add_input(command: argparse.ArgumentParser) -> None:
    """`--input`, which asks about another input size."""
    command.add_argument("--input", metavar="SIZES", type=shape, help="ask about another input, as in --input 3,64,64")


def shape(text: str) -> Shape:
    """The shape of `3,64,64`.

    Raises:
        argparse.ArgumentTypeError: it is not a list of positive ints.
    """
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = (0,)
    if not sizes or len(sizes) > 16 or any(not 1 <= size < 2**31 for size in sizes):
        raise argparse.ArgumentTypeError(f"expected positive sizes with commas between them, got {text!r}")
    return sizes


def colour(choice: str, stream: IO[str]) -> bool:
    """Whether to print colours on a stream. `NO_COLOR` in the environment wins over auto."""
    if choice != "auto":
        return choice == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def utf8(stream: IO[str]) -> None:
    """Let a stream carry every character, also where the locale knows few."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(text: str, options: argparse.Namespace) -> None:
    """A remark for the person at the terminal; nothing with `--quiet`."""
    if not options.quiet:
        print(text, file=sys.stderr)
