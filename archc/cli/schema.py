"""archc schema: the JSON Schema of specs, for editors and other tools."""

from __future__ import annotations

import argparse
import json

from archc.cli.codes import OK


def add_arguments(command: argparse.ArgumentParser) -> None:
    """`archc schema` has no options of its own."""


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    print(render_schema(), end="")
    return OK


def render_schema() -> str:
    """The schema as text."""
    from archc.reference.schema import json_schema

    return json.dumps(json_schema(), indent=1) + "\n"
