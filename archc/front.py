"""The front end as one call: text -> tree -> spec -> network, with every finding of the passes in one report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from archc import checks
from archc.checks.check import add_all
from archc.diagnostics.levels import Levels
from archc.diagnostics.report import Report
from archc.elaborate import elaborate
from archc.elaborate.overrides import apply_overrides
from archc.findings.levels import apply_levels
from archc.infer import infer
from archc.layers import Shape
from archc.network import Network
from archc.settings import LintSettings
from archc.source import SourceFile
from archc.spec import Spec
from archc.syntax.read import Format, format_of, parse, read_source
from archc.syntax.tree import Tree


class Front(NamedTuple):
    """What is known of a spec. A stage that could not run leaves None, with the reasons in `report`."""

    report: Report
    source: SourceFile | None = None
    tree: Tree | None = None
    spec: Spec | None = None
    network: Network | None = None
    changed: bool = False
    """True where the tree is not the one of the text, because of overrides."""


def read_file(
    path: str,
    overrides: Iterable[str] = (),
    input_shape: Shape | None = None,
    settings: LintSettings | None = None,
) -> Front:
    """Everything about a spec file; `-` is standard input.

    Args:
        path: the file.
        overrides: changes as `PATH=VALUE`, as for `--set`.
        input_shape: another shape of the input.
        settings: the levels of lints; without them no archc.toml is read, and every lint is a warning.
    """
    report = Report(path)
    source = read_source(path, report)
    if source is None:
        return Front(report)
    return read(source, report, overrides=overrides, input_shape=input_shape, settings=settings)


def read(
    source: SourceFile,
    report: Report,
    *,
    overrides: Iterable[str] = (),
    input_shape: Shape | None = None,
    format: Format | None = None,  # noqa: A002 - public API's word
    settings: LintSettings | None = None,
) -> Front:
    """Everything about a spec that is already text, with its lints at their levels."""
    front = _read(source, report, tuple(overrides), input_shape, format)
    complete = front.network is not None and report.ok and not front.changed and input_shape is None
    levels = settings.levels(source.name, report) if settings else Levels()
    apply_levels(report, source, levels, complete=complete)
    if len(report):
        from archc.findings import remedies  # loaded where there is something to mend

        remedies.complete(report, front.tree, source, format or format_of(source))
    return front


def _read(
    source: SourceFile,
    report: Report,
    overrides: tuple[str, ...],
    input_shape: Shape | None,
    format: Format | None,  # noqa: A002 - public API's word
) -> Front:
    tree = parse(source, report, format)
    if tree is None:
        return Front(report, source)
    tree = apply_overrides(tree, overrides, report)
    spec = elaborate(tree, default_name(source), report)
    if spec is None:
        return Front(report, source, tree)
    network = infer(spec, report, input_shape)
    if network is None:
        _offer_input(spec, report, input_shape)
    else:
        add_all(checks.of_spec(tree, spec, network), spec, report)
    return Front(report, source, tree, spec, network, bool(overrides))


def _offer_input(spec: Spec, report: Report, input_shape: Shape | None) -> None:
    if any(diagnostic.slug == "window-too-large" for diagnostic in report):
        from archc.analysis.smallest import offer_input  # loaded where it is used: `archc check` starts faster

        offer_input(spec, report, input_shape)


def default_name(source: SourceFile) -> str:
    """The name of a network that its spec does not name: the file's stem, as far as it can name a folder."""
    stem = "" if source.name.startswith("<") else PurePath(source.name).stem
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", stem)[:64].strip(".-") or "network"


def overrides_of(settings: Mapping[str, object] | None) -> tuple[str, ...]:
    """The settings of a Python caller as `PATH=VALUE` texts."""
    return tuple(f"{path}={json.dumps(value)}" for path, value in (settings or {}).items())
