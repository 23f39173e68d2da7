"""The command line: one file a command. Only this folder prints, reads argv, and chooses exit codes."""

from archc.cli.main import main

__all__ = ["main"]
