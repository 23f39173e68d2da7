"""A training's events -> a progress bar on a terminal, or a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from math import inf
from time import monotonic
from types import TracebackType
from typing import Any, Final, Self

from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.recipe.figures import FIGURES, line
from archc.training.progress import (
    AlreadyFinished,
    EpochEnded,
    Evaluated,
    Event,
    Finished,
    Logged,
    Reading,
    Started,
    StepProgress,
    Warned,
)

LINE_SECONDS: Final = 5.0
"""Without a terminal, a line about the steps appears this often."""


def observer(*, quiet: bool, colour: bool) -> Watcher:
    """Who watches: nobody with `quiet`, a bar on a terminal, plain lines elsewhere."""
    if quiet:
        return Watcher()
    return Bar(colour=colour) if sys.stderr.isatty() else Lines()


class Watcher:
    """An observer that shows nothing; the base of those that do. A context, as a bar has to be taken down."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the terminal as it was."""

    def write(self, text: str) -> None:
        """Show a line that stays."""

    def __call__(self, event: Event) -> None:
        match event:
            case Reading(done, files):
                self.reading(done, files)
            case Started():
                self.start(event)
            case Warned(fault):
                self.warning(fault)
            case StepProgress():
                self.step(event)
            case Logged():
                self.log(event)
            case Evaluated():
                self.evaluation(event)
            case EpochEnded():
                self.epoch(event)
            case Finished(result):
                self.finish(result)
            case AlreadyFinished(directory, result):
                epochs, steps = _many(result["epochs"], "epoch"), _many(result["steps"], "step")
                self.write(f"{directory} is finished, after {epochs} ({steps}): there is nothing to go on with")

    def reading(self, done: int, files: int) -> None:
        """Before a training, while files of its data are read."""

    def start(self, event: Started) -> None:
        """Say what is trained on what."""
        if event.checkpoint:
            self.write(f"resumed from {event.checkpoint} (step {event.step:,})")
        elif event.resumed:
            self.write("no checkpoint was saved: from the beginning")
        processes = f" in {event.processes} processes" if event.processes > 1 else ""
        epochs = f"{_many(event.epochs, 'epoch')} of " if event.epochs else ""
        validation = f", {event.validation:,} for validation" if event.validation else ""
        self.write(
            f"{event.name}: {event.parameters:,} parameters on {event.device}{processes}, {epochs}"
            f"{_many(event.steps_per_epoch, 'step')} of {event.batch_size}, {_many(event.train, 'sample')}{validation}"
        )

    def warning(self, fault: Fault) -> None:
        """As other commands show it."""
        from archc.diagnostics.text import render

        report = Report()
        report.add(fault)
        self.write(render(report, colour=False).rstrip("\n"))

    def step(self, event: StepProgress) -> None:
        """Between two epochs."""

    def log(self, event: Logged) -> None:
        """One line each time."""
        figures = line({name.removeprefix("train_"): value for name, value in event.figures.items()})
        self.write(f"step {event.step:,}: {figures}, {event.samples / max(event.seconds, 1e-9):,.0f} samples/s")

    def evaluation(self, event: Evaluated) -> None:
        """One line, where that of the epoch does not say the same."""
        if event.apart:
            figures = line({"loss": event.train_loss, **event.figures})
            self.write(f"step {event.step:,}: {figures} ({event.seconds:.1f} s)")

    def epoch(self, event: EpochEnded) -> None:
        """One line an epoch."""
        figures = line({name.removeprefix("train_"): value for name, value in event.figures.items()})
        of = f"/{event.epochs}" if event.epochs else ""
        self.write(f"epoch {event.epoch}{of}: {figures} ({event.seconds:.1f} s)")

    def finish(self, result: Mapping[str, Any]) -> None:
        """The test figures."""
        self.close()
        if result["stopped_early"]:
            best = result["best"]
            self.write(f"stopped early; the best was epoch {best['epoch']} (step {best['step']:,})")
        test = result["test"]
        speed = f"{result['samples_per_second']:,.0f} samples/s"
        figures = line({name: value for name, value in test.items() if name in FIGURES}) if test else "no samples"
        self.write(f"test: {figures} ({result['seconds']:.1f} s, {speed})")


class Lines(Watcher):
    """Plain lines on standard error."""

    def __init__(self) -> None:
        self._next = 0.0

    def write(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    def start(self, event: Started) -> None:
        super().start(event)
        # Who asks for lines gets those alone.
        self._next = inf if event.logs else monotonic() + 1

    def step(self, event: StepProgress) -> None:
        if monotonic() < self._next:
            return
        self._next = monotonic() + LINE_SECONDS
        self.write(
            f"step {event.step:,}/{event.steps:,}: {line(event.figures)}, "
            f"{event.samples_per_second:,.0f} samples/s, {duration(event.seconds_left)} left"
        )


class Bar(Watcher):
    """A bar that moves, with the lines of the epochs above it."""

    def __init__(self, *, colour: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        console = Console(stderr=True, no_color=not colour, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[figures]}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, figures="", visible=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def close(self) -> None:
        self._progress.stop()

    def write(self, text: str) -> None:
        from rich.text import Text

        self._progress.console.print(Text(text))

    def reading(self, done: int, files: int) -> None:
        figures = f"{done:,} of {files:,} files"
        self._progress.update(
            self._task, total=files, completed=done, description="reading", figures=figures, visible=True, refresh=True
        )

    def start(self, event: Started) -> None:
        super().start(event)
        self._progress.update(self._task, total=event.steps, completed=event.step, visible=True)

    def step(self, event: StepProgress) -> None:
        figures = (
            f"{line(event.figures, between='  ')}  {event.samples_per_second:,.0f} samples/s  "
            f"{duration(event.seconds_left)} left"
        )
        self._progress.update(
            self._task, completed=event.step, description=f"epoch {event.epoch}", figures=figures, refresh=True
        )


def duration(seconds: float) -> str:
    """Seconds for people: 5 s, 3:20, 1:05:00."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
