"""The Python interface, public as `archc.NAME`: check, load, loads, build, train, resume, open, evaluate."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from archc.diagnostics.report import Report
from archc.front import Front, read, read_file
from archc.network import Network
from archc.settings import LintSettings
from archc.source import SourceFile
from archc.syntax.document import Format

if TYPE_CHECKING:
    from torch import nn

    from archc.data.memory import Given
    from archc.data.whole import Whole
    from archc.runs.evaluation import SplitName
    from archc.runs.records import Evaluation
    from archc.runs.run import Run

Settings = Mapping[str, object]
"""Changes to a spec: path to value, as in `{"train.epochs": 1}`."""


def check(
    spec: str | os.PathLike[str] | Mapping[str, Any],
    *,
    set: Settings | None = None,  # noqa: A002 - the command's word
) -> Report:
    """Everything that is wrong with a spec file or a dict, as `archc check` shows it. Never raises for a wrong spec."""
    return _front(spec, _overrides(set)).report


def load(
    spec: str | os.PathLike[str] | Mapping[str, Any],
    *,
    set: Settings | None = None,  # noqa: A002 - the command's word
) -> Network:
    """The network of a spec file, or of a spec that is already a dict.

    Raises:
        SpecError: the spec has errors; its `report` has all of them.
    """
    return _front(spec, _overrides(set)).network_or_raise()


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
    return read(source, Report(name), overrides=_overrides(set), format=format).network_or_raise()


def build(network: Network) -> nn.Sequential:
    """The network as a `torch.nn.Sequential`, with fresh weights from torch's global generator.

    The modules are made in the order of the spec, so that the weights are those of hand-written code under one seed.
    """
    from archc.backends.torch import build as build_modules
    from archc.machine.quiet import without_warnings

    with without_warnings():
        return build_modules(network)


def train(
    spec: str | os.PathLike[str] | Mapping[str, Any],
    *,
    set: Settings | None = None,  # noqa: A002 - the command's word
    data: Given | None = None,
    run: str | os.PathLike[str] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    device: str | None = None,
    cuda_graph: bool = False,
) -> Run:
    """Train a spec, as `archc train` does, and return the finished run. Prints nothing.

    Args:
        spec: a spec file, or a spec that is already a dict.
        set: changes to it, as in `{"train.epochs": 1}`.
        data: samples and targets instead of the spec's data: `(X, y)`, or a mapping with such pairs for `train` and,
            where there are, `validation` and `test`. `X` is (N, ...), `y` (N,) classes, as whole numbers or texts, or
            (N, ...) floats, which are numbers to predict. Arrays of NumPy, tensors, or lists. The spec's `validation`
            and `transform` still hold.
        run: the directory to write; `runs/NAME/TIME` where left out.
        data_dir: a folder with data sets in torchvision's layout.
        device: `cpu`, `cuda`, ... instead of the spec's.
        cuda_graph: record a step once and launch it as one from then on, which is faster for small networks. CUDA only.

    Raises:
        SpecError: the spec has errors.
        RunError: the data or the run directory cannot be used, or the loss became infinite.
        Interrupted: SIGINT or SIGTERM; the run can be resumed.
        Elsewhere: one of those, under torchrun, where the first process raises it.
    """
    from archc.runs.passed import passing
    from archc.runs.run import start

    changes = _overrides(set)
    passed = None
    if data is not None:
        more, passed = passing(data, _front(spec, changes))
        changes = (*changes, *more)
    front = _front(spec, changes)
    front.network_or_raise()
    return start(
        front,
        directory=os.fspath(run) if run is not None else None,
        data_dir=os.fspath(data_dir) if data_dir is not None else None,
        device=device,
        passed=passed,
        cuda_graph=cuda_graph,
    )


def _front(spec: str | os.PathLike[str] | Mapping[str, Any], changes: tuple[str, ...]) -> Front:
    """Everything about a spec file, or a spec that is a dict."""
    if not isinstance(spec, Mapping):
        return read_file(os.fspath(spec), changes, settings=LintSettings())
    # What JSON cannot say, as a learning rate that is no number, is wrong in a spec, too, and reported as such.
    source = SourceFile("<dict>", json.dumps(spec, default=_plain))
    return read(source, Report(source.name), overrides=changes, format="json")


def _plain(value: object) -> object:
    """A value of a dict as JSON has it: numbers of NumPy and torch, arrays of them, paths.

    Raises:
        TypeError: it is none of them.
    """
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"expected a spec of texts, numbers, lists and dicts, got {type(value).__name__}")


def resume(
    run: str | os.PathLike[str],
    *,
    data: Given | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    device: str | None = None,
    cuda_graph: bool = False,
) -> Run:
    """Go on with a run from its newest whole checkpoint, as `archc train --resume` does. A finished one is returned.

    Args:
        run: its directory; of `runs/NAME`, or of a spec, the newest run.
        data: the arrays that it began with, where a Python program has them.
        data_dir: as for `train`.
        device: as for `train`.
        cuda_graph: as for `train`.

    Raises:
        SpecError: the run's copy of its spec has errors.
        RunError: there is nothing to resume, or the data are others.
        Interrupted, Elsewhere: as for `train`.
    """
    from archc.runs.run import resume as go_on

    folder = os.fspath(data_dir) if data_dir is not None else None
    return go_on(run, data_dir=folder, device=device, passed=_again(data, run), cuda_graph=cuda_graph)


def open(run: str | os.PathLike[str]) -> Run:  # noqa: A001 - the contract's word
    """The finished run in a directory; of `runs/NAME`, or of a spec, the newest that is finished.

    Raises:
        SpecError: its copy of its spec has errors.
        RunError: there is no finished run, or a file of it is damaged.
    """
    from archc.runs.run import Run

    return Run.open(run)


def evaluate(
    run: Run,
    split: SplitName = "test",
    *,
    data: Given | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    device: str | None = None,
) -> Evaluation:
    """The figures of a run's best weights on a split of its data, as `archc eval` has them.

    Args:
        run: a finished run.
        split: `test`, `validation` or `train`.
        data: the arrays that it was trained on, where a Python program has them.
        data_dir: as for `train`.
        device: as for `train`.

    Raises:
        RunError: the data or the device cannot be used, or there are no such samples.
    """
    from archc.runs.evaluation import evaluate as measure

    folder = os.fspath(data_dir) if data_dir is not None else None
    return measure(run, split, data_dir=folder, device=device, passed=_again(data, run.directory))


def _again(data: Given | None, run: str | os.PathLike[str]) -> Whole | None:
    """Arrays that are passed once more for a run that began with them."""
    if data is None:
        return None
    from archc.runs import places
    from archc.runs.passed import passing

    return passing(data, read_file(os.fspath(places.begun(run).spec)))[1]


def _overrides(settings: Mapping[str, object] | None) -> tuple[str, ...]:
    """The settings of a Python caller as `PATH=VALUE` texts."""
    return tuple(f"{path}={json.dumps(value, default=_plain)}" for path, value in (settings or {}).items())
