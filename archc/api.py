"""The Python interface: `check`, `load`, `loads`, `build`, `train`. All of it is public as `archc.NAME`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archc.diagnostics.report import Report, SpecError
from archc.front import Front, overrides_of, read, read_file
from archc.network import Network
from archc.settings import LintSettings
from archc.source import SourceFile
from archc.syntax.document import Format

if TYPE_CHECKING:
    from torch import nn

    from archc.runs.run import Run

Settings = Mapping[str, object]
"""Changes to a spec: path to value, as in `{"train.epochs": 1}`."""


def check(spec: str | os.PathLike[str], *, set: Settings | None = None) -> Report:  # noqa: A002 - the command's word
    """Everything that is wrong with a spec file, as `archc check` shows it. Never raises for a wrong spec."""
    return read_file(os.fspath(spec), overrides_of(set), settings=LintSettings()).report


def load(
    spec: str | os.PathLike[str] | Mapping[str, Any],
    *,
    set: Settings | None = None,  # noqa: A002 - the command's word
) -> Network:
    """The network of a spec file, or of a spec that is already a dict.

    Raises:
        SpecError: the spec has errors; its `report` has all of them.
    """
    if isinstance(spec, Mapping):
        return loads(json.dumps(spec, allow_nan=False), format="json", set=set, name="<dict>")
    return _network(read_file(os.fspath(spec), overrides_of(set), settings=LintSettings()))


def loads(
    text: str,
    *,
    format: Format = "yaml",  # noqa: A002 - as in other `loads`
    set: Settings | None = None,  # noqa: A002 - the command's word
    name: str = "<string>",
) -> Network:
    """The network of a spec that is text, in YAML or JSON. `name` is shown in messages.

    Raises:
        SpecError: the spec has errors; its `report` has all of them.
        ValueError: `format` is neither "yaml" nor "json".
    """
    if format not in ("yaml", "json"):
        raise ValueError(f"expected the format 'yaml' or 'json', got {format!r}")
    source = SourceFile(name, text)
    return _network(read(source, Report(name), overrides=overrides_of(set), format=format))


def _network(front: Front) -> Network:
    if front.network is None or not front.report.ok:
        raise SpecError(front.report)
    return front.network


def build(network: Network) -> nn.Sequential:
    """The network as a `torch.nn.Sequential`, with fresh weights from torch's global generator.

    The modules are made in the order of the spec, so that the weights are those of hand-written code under one seed.
    """
    from archc.backends.torch import build as build_modules

    return build_modules(network)


def train(
    spec: str | os.PathLike[str],
    *,
    set: Settings | None = None,  # noqa: A002 - the command's word
    run: str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    device: str | None = None,
) -> Run:
    """Train a spec, as `archc train` does, and return the finished run. Prints nothing.

    Args:
        spec: a spec file.
        set: changes to it, as in `{"train.epochs": 1}`.
        run: the directory to write; `runs/NAME/TIME` where left out.
        data_dir: a folder with data sets in torchvision's layout.
        device: `cpu`, `cuda`, ... instead of the spec's.

    Raises:
        SpecError: the spec has errors.
        RunError: the data or the run directory cannot be used, or the loss became infinite.
        Interrupted: SIGINT or SIGTERM; the run can be resumed.
        Elsewhere: one of those, under torchrun, where the first process raises it.
    """
    from archc.runs.run import start

    front = read_file(os.fspath(spec), overrides_of(set), settings=LintSettings())
    _network(front)
    return start(
        front,
        directory=os.fspath(run) if run is not None else None,
        data_dir=os.fspath(data_dir) if data_dir is not None else None,
        device=device,
    )
