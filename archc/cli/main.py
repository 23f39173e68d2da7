"""argv -> the command's module -> exit code. Loads the module of the one command that runs."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Final

from archc.cli import codes

COMMANDS: Final = {
    "check": "validate specs",
    "show": "print the table of layers",
    "fmt": "format specs",
    "diff": "compare two specs",
    "explain": "explain a diagnostic or a layer",
    "new": "write a starter spec",
    "schema": "print the JSON Schema of specs",
    "compile": "write source or weights",
    "data": "show or clear the cache of decoded data",
    "train": "compile and train a spec",
    "eval": "evaluate a run's best weights",
    "predict": "classify images or rows with a run",
}
"""Every command with what it does. The module of the same name in this folder has `add_arguments` and `run`."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. No traceback reaches the user; `ARCHC_DEBUG=1` shows it.

    Without `argv`, the command line is the process's own, and so are Python's warnings.
    """
    if argv is None:
        _keep_warnings_back()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = codes.INTERRUPTED
    except BrokenPipeError:
        _swallow_output()
        code = codes.ERRORS
    except Exception as error:  # the last resort: a bug of archc must not look like the user's
        if os.environ.get("ARCHC_DEBUG") == "1":
            raise
        code = _bug(error)
    return code


def _keep_warnings_back() -> None:
    """Python's warnings are for developers: what the next torch deprecates must not change what a command prints.

    Whoever asks for them, by `python -W` or `PYTHONWARNINGS`, gets them.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        return _top(arguments)
    with _no_garbage_collection() as collect_again:
        from archc.cli.arguments import parser

        name = arguments[0]
        module = import_module(f"archc.cli.{name}")
        command = parser(name, COMMANDS[name], module.__doc__ or "")
        module.add_arguments(command)
        try:
            options = command.parse_args(arguments[1:])
        except SystemExit as stop:
            return int(stop.code or 0)
        if getattr(module, "LONG", False):
            collect_again()
        code: int = module.run(options)
        return code


@contextmanager
def _no_garbage_collection() -> Iterator[Callable[[], None]]:
    """Inside, cycles are not collected, until what it gives is called: a command that is `LONG` makes many.

    A fifth of the time of `archc check` went into looking for cycles among modules that are just being loaded.
    """
    restore = gc.enable if gc.isenabled() else gc.disable
    gc.disable()
    try:
        yield restore
    finally:
        restore()


def _top(arguments: list[str]) -> int:
    """`archc`, `archc --help`, `archc --version`, and names that are no command."""
    if arguments and arguments[0] in ("-V", "--version"):
        from archc.version import __version__

        print(f"archc {__version__}")
        return codes.OK
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(_usage())
        return codes.OK
    if not arguments:
        print(_usage(), file=sys.stderr)
        return codes.USAGE
    from archc.cli import other_words
    from archc.diagnostics.visible import visible
    from archc.elaborate.suggest import suggest

    if written := other_words.command(arguments[0]):
        hint = f"; write {visible(written)}"
    elif near := suggest(arguments[0], COMMANDS):
        hint = f"; did you mean `{near}`?"
    else:
        hint = f"; there is {', '.join(COMMANDS)}"
    print(f"archc: there is no command `{visible(arguments[0])}`{hint}", file=sys.stderr)
    return codes.USAGE


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name.ljust(width)}  {text}" for name, text in COMMANDS.items()]
    return "usage: archc COMMAND ...\n\n" + "\n".join(lines) + "\n\n`archc COMMAND --help` tells the rest."


def _bug(error: Exception) -> int:
    print(
        f"archc: this is a bug in archc, not in your spec: {type(error).__name__}: {error}\n"
        "archc: ARCHC_DEBUG=1 shows the traceback; please report it with the spec",
        file=sys.stderr,
    )
    return codes.BUG


def _swallow_output() -> None:
    """Nobody reads the output any more; what is still buffered must not fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
