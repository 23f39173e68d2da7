"""The front end as one call: text -> tree -> spec -> network, with every finding of the passes in one report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Final, NamedTuple

from archc import checks
from archc.checks.check import add_all
from archc.diagnostics.fault import Stage
from archc.diagnostics.levels import Levels
from archc.diagnostics.report import Report
from archc.elaborate import elaborate
from archc.elaborate.overrides import apply_overrides, place_of
from archc.errors import SpecError
from archc.findings.levels import apply_levels
from archc.infer import infer
from archc.language import name_like
from archc.layers import Shape
from archc.network import Network
from archc.settings import LintSettings
from archc.source import SourceFile, Span
from archc.spec import Spec
from archc.syntax.document import Document, Format
from archc.syntax.read import parse, read_source
from archc.syntax.tree import Tree


class Front(NamedTuple):
    """What is known of a spec. A stage that could not run leaves None, with the reasons in `report`."""

    report: Report
    source: SourceFile | None = None
    document: Document | None = None
    """The text as it was read, with its comments; `tree` is its tree, with the overrides."""
    tree: Tree | None = None
    spec: Spec | None = None
    network: Network | None = None
    changed: bool = False
    """True where the tree is not the one of the text, because of overrides."""
    stage: int = 0
    """The last `Stage` that found all that it can find; 0 where not even the text could be read to its end."""

    def network_or_raise(self) -> Network:
        """The network of a spec without errors.

        Raises:
            SpecError: there are some.
        """
        if self.network is None or not self.report.ok:
            raise SpecError(self.report)
        return self.network


class _Asked(NamedTuple):
    """What a reading is asked for, beside the text."""

    overrides: tuple[str, ...]
    input_shape: Shape | None
    format: Format | None


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
        settings: the levels of lints; without them no archc.toml is read, and every lint has its own level.
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
    asked = _Asked(tuple(overrides), input_shape, format)
    front = _read(source, report, asked)
    if len(report) and (asked.overrides or input_shape is not None):
        _show_options(report, source, asked)
    complete = front.network is not None and report.ok and not front.changed and input_shape is None
    levels = settings.levels(source.name, report) if settings else Levels()
    assert front.document, "the first step always gives one"
    apply_levels(report, front.document, levels, complete=complete)
    if len(report):
        from archc.findings import remedies  # loaded where there is something to mend

        remedies.complete(report, front.tree, front.document)
    return front._replace(stage=Stage.COMMENTS) if complete else front


def _read(source: SourceFile, report: Report, asked: _Asked) -> Front:
    """How far the steps come."""
    front = Front(report, source)
    for step in _STEPS:
        after = step(front, source, asked)
        if after is None:
            break
        front = after
    return front


def _show_options(report: Report, source: SourceFile, asked: _Asked) -> None:
    """Give findings that come from an option, and stand in the text, a label there."""
    from archc.findings.options import show_options  # loaded where something is wrong

    options = [place_of(override) for override in asked.overrides]
    readings = [
        asked._replace(overrides=(*asked.overrides[:number], *asked.overrides[number + 1 :]))
        for number in range(len(options))
    ]
    if asked.input_shape is not None:
        options.append(_place_of_input(asked.input_shape))
        readings.append(asked._replace(input_shape=None))
    show_options(report, tuple(options), lambda number: _read(source, Report(report.file), readings[number]).report)


def _parse(front: Front, source: SourceFile, asked: _Asked) -> Front | None:
    document = parse(source, front.report, asked.format)
    stage = Stage.SYNTAX if document.tree else front.stage
    return front._replace(document=document, tree=document.tree, stage=stage)


def _elaborate(front: Front, source: SourceFile, asked: _Asked) -> Front | None:
    if front.tree is None:
        return None
    tree = apply_overrides(front.tree, asked.overrides, front.report)
    spec = elaborate(tree, default_name(source), front.report)
    front = front._replace(tree=tree, spec=spec, changed=bool(asked.overrides))
    return front._replace(stage=Stage.DOCUMENT) if front.report.ok else front


def _infer(front: Front, source: SourceFile, asked: _Asked) -> Front | None:
    if front.spec is None:
        return None
    spec = front.spec if asked.input_shape is None else _asked_about(front.spec, asked.input_shape)
    network = infer(spec, front.report, asked.input_shape)
    if network is None:
        _offer_input(spec, front.report, asked.input_shape)
        add_all(checks.without_network(spec, source.folder), spec, front.report)
        return None
    return front._replace(spec=spec, network=network, stage=Stage.SHAPES)


def _asked_about(spec: Spec, shape: Shape) -> Spec:
    """The spec with another shape of its input, which stands on the command line."""
    place = _place_of_input(shape)
    given = spec.input and spec.input._replace(shape=shape, span=place, sizes=place)
    return spec._replace(input=given)


def _check(front: Front, source: SourceFile, _: _Asked) -> Front | None:
    assert front.spec, "the step before has made it"
    assert front.network, "the step before has made it"
    findings = checks.of_spec(front.tree, front.spec, front.network, source.folder)
    add_all(findings, front.spec, front.report, front.network)
    return front._replace(stage=Stage.CHECKS)


_STEPS: Final[tuple[Callable[[Front, SourceFile, _Asked], Front | None], ...]] = (_parse, _elaborate, _infer, _check)
"""From the text to the checks, in this order: each adds what it makes, or ends the reading."""


def _place_of_input(shape: Shape) -> Span:
    text = ",".join(map(str, shape))
    return SourceFile("--input", text, origin="override").span(0, len(text))


def _offer_input(spec: Spec, report: Report, input_shape: Shape | None) -> None:
    if any(diagnostic.slug in ("window-too-large", "nothing-left") for diagnostic in report):
        from archc.analysis.smallest import offer_input  # loaded where it is used: `archc check` starts faster

        offer_input(spec, report, input_shape)
    if any(diagnostic.slug == "branches-differ" for diagnostic in report):
        from archc.analysis.merging import offer_ways

        offer_ways(spec, report, input_shape)


def default_name(source: SourceFile) -> str:
    """The name of a network that its spec does not name: the file's stem, or what is like it and can name a folder."""
    stem = "" if source.name.startswith("<") else PurePath(source.name).stem
    return name_like(stem) or "network"
