"""archc schema: the JSON Schema of specs, for editors and other tools."""

from __future__ import annotations

import argparse
import json

from archc.cli.main import OK


def add_arguments(command: argparse.ArgumentParser) -> None:
    """`archc schema` has no options of its own."""


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    from archc.reference import json_schema

    print(json.dumps(json_schema(), indent=1))
    return OK
