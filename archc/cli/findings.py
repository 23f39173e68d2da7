"""What `archc check` found -> standard output and report files, in any of the formats, file by file."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from archc.diagnostics.formats import FORMATS, render_all, render_file
from archc.diagnostics.report import Report
from archc.front import Front
from archc.network import Network


class Manner(NamedTuple):
    """How people want their text. `most` is how many diagnostics of one file are shown; 0 is all.

    `tried` says that all fixes were tried, so that none that is left helps.
    """

    colour: bool = False
    quiet: bool = False
    most: int = 0
    tried: bool = False


class Findings:
    """What one format says: `add` gives what can be written after a file, `finish` what is left at the end."""

    def __init__(self, format: str, manner: Manner) -> None:  # noqa: A002 - the command's word
        self.format = format
        self.manner = manner
        self.reports: list[Report] = []

    def add(self, front: Front) -> str:
        """The text for one more file; whole formats have none yet."""
        report, quiet = front.report, self.manner.quiet
        self.reports.append(report)
        if FORMATS[self.format].whole:
            return ""
        if self.format == "text":
            return self._text(front)
        return "" if quiet and report.ok and self.format == "concise" else render_file(self.format, report)

    def finish(self) -> str:
        """The text at the end: the whole document, or people's summary."""
        if FORMATS[self.format].whole:
            return render_all(self.format, self.reports)
        return _summary(self.reports, self.manner) if self.format == "text" else ""

    def _text(self, front: Front) -> str:
        report, (colour, quiet, most, _) = front.report, self.manner
        text = ""
        if len(report) and not (quiet and report.ok):
            from archc.diagnostics.text import render

            text = render(report, colour=colour, most=most)
        if front.network and report.ok and not quiet:
            text += _fine(report, front.network)
        return text


def _fine(report: Report, network: Network) -> str:
    from archc.diagnostics.visible import line_start, visible
    from archc.diagnostics.words import dimensions

    if network.input_axes is None:
        shapes = f"{dimensions(network.input)} -> {dimensions(network.output)}"
    else:
        from archc.axes import hold

        holding = hold(network)
        shapes = " -> ".join([dimensions(x.shape, x.holds, always=True) for x in (holding.input, holding.output)])
    layers = f"{network.layers:,} layer{'' if network.layers == 1 else 's'}"
    return f"{line_start(visible(report.file or ''))}: ok, {shapes}, {layers}, {network.params:,} parameters\n"


def _summary(reports: list[Report], manner: Manner) -> str:
    """How many files failed, and how many of the diagnostics can be fixed; nothing where there is nothing to say."""
    text = ""
    if failed := sum(not report.ok for report in reports):
        from archc.diagnostics.text import summary

        text = f"{summary(reports)} in {failed} of {len(reports)} file{'' if len(reports) == 1 else 's'}\n"
    if not (manner.quiet or manner.tried) and any(d.fixes for report in reports for d in report):
        from archc.cli.fix import hint

        if line := hint(reports):
            text += f"{line}\n"
    return text


class ReportFile:
    """A file of `--report FORMAT=FILE`, written when every spec is checked."""

    def __init__(self, format: str, path: str, *, most: int) -> None:  # noqa: A002 - the command's word
        self.path = path
        self._findings = Findings(format, Manner(most=most))
        self._pieces: list[str] = []

    def add(self, front: Front) -> None:
        """Take what was found in one more file."""
        self._pieces.append(self._findings.add(front))

    def write(self) -> None:
        """Write the file, whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        text = "".join((*self._pieces, self._findings.finish()))
        _write(Path(self.path), text.encode(errors="backslashreplace"))


def _write(path: Path, content: bytes) -> None:
    """A regular file is replaced in one step, also behind a link; a pipe or a device is written to."""
    from archc.files.durable import replace_file

    if path.exists() and not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
        with path.open("wb") as stream:
            stream.write(content)
    else:
        replace_file(Path(os.path.realpath(path)), content)
