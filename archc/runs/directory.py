"""The directory of a run: its place, its files, and the lines of metrics.jsonl."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from archc.data.fitted import NOTHING, Fitted
from archc.diagnostics import catalog
from archc.files import durable, lock
from archc.files.plain import NotPlainError, check_plain, read_plain
from archc.runs.records import Begun, Environment, NotARecordError, Result, line_of, read, read_line
from archc.training.progress import EpochEnded, Evaluated, Logged

TENSORBOARD: Final = "tensorboard"
RECORD_BYTES: Final = 64 * 2**20
FITTED_BYTES: Final = 2**30
METRICS_BYTES: Final = 4 * 2**30
"""More than any training writes: what is larger was not written by one."""

R = TypeVar("R")


class RunDirectory:
    """Where the files of a run are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spec = path / "spec.yaml"
        self.environment = path / "environment.json"
        self.fitted = path / "fitted.json"
        self.metrics = path / "metrics.jsonl"
        self.checkpoints = path / "checkpoints"
        self.best = path / "best.safetensors"
        self.last = path / "last.safetensors"
        self.result = path / "result.json"

    def check_plain(self) -> None:
        """See that all that archc may read or write in it is its own, and leads nowhere else.

        Raises:
            RunNotPlain: something is a symbolic link, a pipe, ...
        """
        files = (
            self.spec,
            self.environment,
            self.fitted,
            self.metrics,
            self.best,
            self.last,
            self.result,
            self.path / lock.NAME,
        )
        folders = (self.checkpoints, self.path / TENSORBOARD)
        for name in (*files, *folders):
            try:
                check_plain(name, directory=name in folders)
            except OSError:
                continue
            except NotPlainError as error:
                raise catalog.runs.RunNotPlain(directory=str(self.path), reason=str(error)) from None

    @property
    def finished(self) -> bool:
        """True when the training is complete: result.json is written last."""
        return self.result.is_file()

    def read_result(self) -> Result:
        """What result.json holds.

        Raises:
            NotARun: it is missing.
            FileCorrupt: it is no such record.
        """
        return self._record(Result, self.result)

    def read_environment(self) -> Environment:
        """What environment.json holds.

        Raises:
            NotARun: it is missing.
            FileCorrupt: it is no such record.
        """
        return self._record(Environment, self.environment)

    def read_fitted(self) -> Fitted:
        """What was learnt of the training samples; nothing where fitted.json is not there.

        Raises:
            FileCorrupt: it is no such record.
        """
        if not self.fitted.exists():
            return NOTHING
        try:
            return Fitted.of_json(json.loads(self.read(self.fitted, most=FITTED_BYTES)))
        except (KeyError, TypeError, ValueError, RecursionError):
            raise catalog.runs.FileCorrupt(file=str(self.fitted), reason="it is no record of what was learnt") from None

    def has_environment(self) -> bool:
        """Whether environment.json is what archc writes there, if not all of it.

        Raises:
            FileCorrupt: it is something else.
        """
        self._record(Begun, self.environment)
        return True

    def history(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl, epochs and evaluations in their order, as far as they were written to their end.

        Raises:
            NotARun: it is missing.
            FileCorrupt: it cannot be read.
        """
        lines = self.read(self.metrics).decode("utf-8", errors="replace").splitlines()
        return [line for line in map(read_line, lines) if line is not None]

    def _record(self, kind: type[R], path: Path) -> R:
        try:
            return read(kind, self.read(path, most=RECORD_BYTES))
        except NotARecordError as error:
            raise catalog.runs.FileCorrupt(file=str(path), reason=str(error)) from None

    def read(self, path: Path, most: int = 2**40) -> bytes:
        """The bytes of a file that every finished run has.

        Raises:
            NotARun: it is missing.
            FileCorrupt: it cannot be read, is no regular file, or has more than `most` bytes.
        """
        try:
            return read_plain(path, most)
        except NotPlainError as error:
            raise catalog.runs.FileCorrupt(file=str(path), reason=str(error)) from None
        except (FileNotFoundError, NotADirectoryError):
            raise catalog.runs.NotARun(directory=str(self.path), missing=f"it has no {path.name}") from None
        except OSError as error:
            raise catalog.runs.FileCorrupt(file=str(path), reason=error.strerror or str(error)) from None

    def record(self, events: Sequence[EpochEnded | Evaluated | Logged]) -> None:
        """Add a line for each event to metrics.jsonl."""
        durable.append(self.metrics, "".join(f"{line_of(event)}\n" for event in events))

    def forget_after(self, step: int) -> None:
        """Drop the lines of metrics.jsonl about later steps, which will be trained again, and any half-written one."""
        try:
            lines = read_plain(self.metrics, METRICS_BYTES).decode("utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            lines = []
        except NotPlainError as error:
            raise catalog.runs.FileCorrupt(file=str(self.metrics), reason=str(error)) from None
        kept = [line for line in lines if (found := read_line(line)) is not None and found["step"] <= step]
        durable.write_file(self.metrics, "".join(f"{line}\n" for line in kept).encode())


def create(path: str | None, name: str) -> RunDirectory:
    """Make the directory of a new run: `path`, which may be there if it is empty, or a new `runs/NAME/TIME`.

    Raises:
        RunExists: `path` is there and holds something.
        CannotWrite: it cannot be made.
    """
    with writing(Path(path) if path is not None else runs_of(name)):
        run = RunDirectory(_given(Path(path)) if path is not None else _timed(runs_of(name)))
        durable.make_directories(run.checkpoints)
        return run


def runs_of(name: str) -> Path:
    """Where the runs of a network are made by default."""
    return Path("runs") / name


def newest(folder: Path, fits: Callable[[RunDirectory], bool] = lambda _: True) -> RunDirectory | None:
    """The newest run in a folder of those that fit; None where there is none."""
    runs = map(RunDirectory, sorted(folder.glob("*"), key=_age, reverse=True))
    return next((run for run in runs if run.spec.is_file() and fits(run)), None)


@contextmanager
def writing(path: Path, kept: str | None = None) -> Iterator[None]:
    """Inside, an error of the file system is a fault of the file that it is about; `path` where it names none.

    `kept` is the newest checkpoint that is safe from it.

    Raises:
        CannotWrite: something inside cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise catalog.runs.CannotWrite(
            path=str(error.filename or path), reason=error.strerror or str(error), kept=kept
        ) from None


def _given(path: Path) -> Path:
    durable.make_directories(path)
    if any(path.iterdir()) and not _was_about_to_begin(RunDirectory(path)):
        raise catalog.runs.RunExists(directory=str(path))
    return path


def _was_about_to_begin(run: RunDirectory) -> bool:
    """Whether a directory holds nothing but what a run leaves that was stopped before it could write its spec."""
    names = {path.name for path in run.path.iterdir() if not path.name.startswith((lock.NAME, durable.SCRATCH))}
    if not names <= {run.checkpoints.name, run.environment.name, run.metrics.name}:
        return False
    empty = not any(run.checkpoints.glob("*")) and (not run.metrics.exists() or run.metrics.stat().st_size == 0)
    try:
        return empty and (not run.environment.exists() or run.has_environment())
    except catalog.runs.FileCorrupt:
        return False


def _timed(folder: Path) -> Path:
    """A new directory named for the time; two runs of one second get different names."""
    durable.make_directories(folder)
    time = datetime.now().strftime("%Y%m%d-%H%M%S")
    attempt = 1
    while True:
        path = folder / (time if attempt == 1 else f"{time}-{attempt}")
        try:
            durable.make_directory(path)
        except FileExistsError:
            attempt += 1
        else:
            return path


def _age(path: Path) -> tuple[str, int]:
    """Names sort by time; of one second, by their number."""
    time, _, number = path.name[len("YYYYmmdd-") :].partition("-")
    return path.name[: len("YYYYmmdd-")] + time, int(number) if number.isdigit() else 0
