"""archc new: a starter spec, with the line that gives editors completion.

The line names the nearest schema/archc.schema.json in the spec's folder or above it. Where there is none, the schema
is written beside the spec.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from shlex import quote

from archc import language
from archc.cli import fail
from archc.cli.arguments import say
from archc.cli.codes import OK, USAGE
from archc.cli.output import cannot_write, write
from archc.cli.schema import render_schema
from archc.diagnostics import catalog
from archc.syntax.write import write_yaml

SCHEMA = Path("schema/archc.schema.json")
BESIDE = "archc.schema.json"

STARTER = """\
# yaml-language-server: $schema={schema}
archc: 1
{name}
input: [1, 28, 28]  # one sample: channels, height, width

layers:
  - Conv2d: {{out_channels: 32, kernel_size: 3, padding: 1, bias: false}}
  - BatchNorm2d
  - ReLU
  - MaxPool2d: 2
  - Flatten  # its width is computed, here and everywhere
  - Linear: 128
  - ReLU
  - Linear: 10

train:
  data: {{name: FashionMNIST, source: bundled, validation: {{fraction: 0.1}}}}
  loss: CrossEntropyLoss
  optimizer: {{Adam: {{lr: 1e-3}}}}
  epochs: 5
  batch_size: 100
  seed: 1
"""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `archc new`."""
    command.add_argument("name", metavar="NAME", help="the network's name; the file is NAME.yaml")


def run(options: argparse.Namespace) -> int:
    """Write NAME.yaml, unless it exists."""
    path = Path(options.name if options.name.endswith((".yaml", ".yml")) else f"{options.name}.yaml")
    name = path.stem
    if reason := language.why_no_name(name):
        suggestion = language.name_like(name) or None
        fail.fail(catalog.names.BadName(name=name, reason=reason, suggestion=suggestion), options)
        return USAGE
    schema = nearest_schema(path)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(STARTER.format(name=write_yaml({"name": name}).rstrip("\n"), schema=schema or BESIDE))
    except FileExistsError:
        return fail.fail(catalog.runs.FileExists(file=str(path)), options)
    except OSError as error:
        return cannot_write(str(path), error, options)
    if schema is None and (code := write(path.with_name(BESIDE), render_schema().encode(), options)):
        return code
    print(path)
    quoted = quote(str(path))
    say(f"next: archc check {quoted}; archc train {quoted}", options)
    return OK


def nearest_schema(path: Path) -> str | None:
    """The way from a spec to the schema of the project that it stands in; None where there is none."""
    folder = path.resolve().parent
    for steps, candidate in enumerate((folder, *folder.parents)):
        if (candidate / SCHEMA).is_file():
            return "../" * steps + SCHEMA.as_posix()
    return None
