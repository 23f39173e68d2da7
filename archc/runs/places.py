"""What people call a run -> its directory: the directory itself, `runs/NAME` with all runs of a network, or a spec."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from archc.diagnostics import catalog
from archc.errors import SpecError
from archc.front import read_file
from archc.runs import directory
from archc.runs.directory import RunDirectory


def finished(place: str | os.PathLike[str]) -> RunDirectory:
    """The run at a place; of several the newest that is finished.

    Raises:
        NotARun: there is none.
        SpecError: the place is a spec without a name for its runs.
    """
    return _found(Path(place), lambda run: run.finished, "none of its runs is finished")


def begun(place: str | os.PathLike[str]) -> RunDirectory:
    """The run at a place, finished or not; of several the newest.

    Raises:
        NotARun, SpecError: as for `finished`.
    """
    return _found(Path(place), lambda _: True, "there is no run in it")


def _found(place: Path, fits: Callable[[RunDirectory], bool], none: str) -> RunDirectory:
    """A directory that is a run is taken, whether it fits or not: who uses it says what it lacks."""
    run, spec = RunDirectory(place), None
    if os.path.lexists(run.spec):
        return run
    if place.is_file():
        beside = RunDirectory(place.parent)
        if beside.spec == place and beside.environment.is_file():
            return beside
        spec, place = str(place), _of_spec(place)
    if not place.is_dir():
        raise catalog.runs.NotARun(directory=str(place), missing="there is no such directory", spec=spec)
    newest = directory.newest(place, fits)
    if newest is None:
        any_run = directory.newest(place)
        missing, begun = (none, str(any_run.path)) if any_run is not None else ("there is no run in it", None)
        raise catalog.runs.NotARun(directory=str(place), missing=missing, begun=begun, spec=spec)
    return newest


def _of_spec(file: Path) -> Path:
    """Where the runs of a spec are."""
    front = read_file(str(file))
    if front.spec is None:
        raise SpecError(front.report)
    return directory.runs_of(front.spec.name)
