"""How the tests read a spec, and how they say what was found."""

import re

from archc.diagnostics.catalog import faults
from archc.diagnostics.levels import Levels, Setting
from archc.diagnostics.report import Diagnostic, Report
from archc.front import Front, read
from archc.layers import Shape
from archc.settings import LintSettings
from archc.source import SourceFile

MARK = re.compile(r"# (?P<severity>error|warning): (?P<slug>[a-z0-9-]+)")
HEAD = "archc: 1\ninput: [1, 28, 28]\nlayers:\n"


class WithTaste(LintSettings):
    """Lints of taste are asked for, and no archc.toml is read."""

    def levels(self, name: str, report: Report) -> Levels:
        return Levels([Setting("warn", fault.code) for fault in faults() if fault.taste])


def front(text: str, *overrides: str, name: str = "x.yaml", input_shape: Shape | None = None) -> Front:
    """Everything that is known of a spec, matters of taste too."""
    source, settings = SourceFile(name, text), WithTaste()
    return read(source, Report(name), overrides=overrides, input_shape=input_shape, settings=settings)


def findings(text: str, *overrides: str) -> list[str]:
    """Each diagnostic as `slug: marked text`."""
    return [f"{d.slug}: {d.span.text if d.span else ''}" for d in front(text, *overrides).report]


def layer(line: str, input_: str = "[1, 28, 28]") -> str:
    """A spec with one layer, written on one line."""
    return f"archc: 1\ninput: {input_}\nlayers:\n  - {line}\n"


def train(**changes: str | None) -> str:
    """A spec with a `train` section; None leaves a key out."""
    keys = {
        "data": "{name: MNIST}",
        "loss": "CrossEntropyLoss",
        "optimizer": "SGD",
        "epochs": "1",
    } | changes
    lines = [f"  {key}: {value}" for key, value in keys.items() if value is not None]
    return "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, {Linear: 10}]\ntrain:\n" + "\n".join(lines) + "\n"


def not_allowed(report: Report) -> list[Diagnostic]:
    """The diagnostics, but for the lints that a comment on their line allows, with its reason."""
    lines = {d: d.span.source.line(d.span.first.line) if d.span else "" for d in report}
    return [d for d, line in lines.items() if f"# archc: allow[{d.code}] " not in line]


def marked(text: str) -> list[tuple[int, str, str]]:
    """The diagnostics that a text announces: line, severity, slug."""
    return sorted(
        (number, found["severity"], found["slug"])
        for number, line in enumerate(text.splitlines(), 1)
        for found in MARK.finditer(line)
    )
