"""The promise of `check`: a spec that it accepts goes through `archc train --fast-dev-run`."""

import json
from pathlib import Path

import numpy as np

from archc.data.whole import Whole
from archc.diagnostics.report import Report
from archc.errors import RunError
from archc.front import Front, read
from archc.runs.passed import passing
from archc.runs.run import fast_dev_run
from archc.source import SourceFile
from tests.support.recipes import TOKENS, Case, Samples
from tests.support.trainings import write_data

NOT_FINITE = "loss-not-finite"
ONLY_VALUES_TELL = "targets-unusable"
"""Targets that are no counts, where the loss is of counts: check reads no values."""
ONLY_THE_ARRAYS_TELL = {"last-batch-of-one", "empty-split", "no-such-token"}
"""What is wrong with arrays that a program passes: a spec says neither their number nor their values."""


def outcome(case: Case, folder: Path) -> str:
    """`refused` by check, `trained`, or `not finite`.

    Raises:
        RunError, or any other exception: the training of an accepted spec fails for another reason.
    """
    if not (folder / "data").exists():
        write_data(folder / "data")
    front, passed = _checked(case, folder)
    if not front.report.ok:
        return "refused"
    try:
        fast_dev_run(front, passed=passed)
    except RunError as error:
        (slug,) = {diagnostic.slug for diagnostic in error.report}
        if slug == NOT_FINITE:
            return "not finite"
        if slug == ONLY_VALUES_TELL or (passed is not None and slug in ONLY_THE_ARRAYS_TELL):
            return "refused"
        raise
    return "trained"


def refusals(case: Case, folder: Path) -> list[str]:
    """The errors that check finds."""
    return [f"{d.slug}: {d.message}" for d in _checked(case, folder)[0].report.errors]


def _checked(case: Case, folder: Path) -> tuple[Front, Whole | None]:
    if case.samples.kind == "Table":
        (folder / "table.csv").write_text(_table(case.samples))
    if case.samples.kind != "InMemory":
        return _front(case.spec, folder), None
    overrides, passed = passing(_arrays(case.samples), _front(case.spec, folder))
    return _front(case.spec, folder, overrides), passed


def _front(spec: dict[str, object], folder: Path, overrides: tuple[str, ...] = ()) -> Front:
    source = SourceFile(str(folder / "drawn.json"), json.dumps(spec))
    return read(source, Report(source.name), overrides=overrides, format="json")


def _arrays(samples: Samples) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    generator = np.random.default_rng(0)
    found = {}
    for split, count in samples.counts.items():
        shape = (count, *samples.sample)
        x = generator.normal(size=shape) if samples.dtype == "float32" else generator.integers(0, TOKENS, shape)
        y = generator.integers(0, samples.classes, count) if samples.classes else None
        if y is not None and split == "train":
            y[0] = samples.classes - 1
        found[split] = x, generator.normal(size=(count, *samples.target)) if y is None else y
    return found


def _table(samples: Samples) -> str:
    generator = np.random.default_rng(0)
    names = [f"x{index}" for index in range(samples.sample[0])]
    names += [f"y{index}" for index in range(samples.target[0] if samples.target else 1)]
    rows = generator.normal(size=(samples.counts["train"], len(names)))
    return "\n".join([",".join(names), *(",".join(map(repr, row.tolist())) for row in rows)]) + "\n"
