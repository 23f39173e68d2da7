"""A finished run and the name of a split -> figures of its best weights, for each class and in total."""

from __future__ import annotations

from time import perf_counter
from typing import Literal, cast

from archc.data.splits import Split, Splits
from archc.data.whole import Whole
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.errors import RunError
from archc.machine import device as devices
from archc.machine import memory
from archc.machine.quiet import without_warnings
from archc.runs.preparation import load_splits, recipe
from archc.runs.records import Evaluation
from archc.runs.run import Run
from archc.training.measure import Measure
from archc.training.state import finite

SplitName = Literal["test", "validation", "train"]


def evaluate(
    run: Run,
    split: SplitName = "test",
    *,
    data_dir: str | None = None,
    device: str | None = None,
    passed: Whole | None = None,
) -> Evaluation:
    """The figures of a run's best weights on a split: `loss`, `accuracy` and those that the spec asks for, and more.

    Raises:
        RunError: the data or the device cannot be used, or there are no validation samples.
    """
    try:
        chosen = devices.choose(device or recipe(run.network).device)
        splits = load_splits(recipe(run.network), run.directory, data_dir, passed, fitted=run.fitted())
        samples = _choose(splits, split)
    except Fault as fault:
        raise RunError.of(fault) from None
    began = perf_counter()
    model = devices.place(run.model(), run.network, chosen)
    measure = Measure(run.network, recipe(run.network), splits, chosen)
    with memory.kept(), without_warnings():
        measured = measure(model, samples.to(chosen), in_full=True)
    found = {
        "split": split,
        **{name: finite(value) for name, value in measured.figures.items()},
        "samples": measured.samples,
        **measure.task.report(measured.sums),
        "seconds": perf_counter() - began,
    }
    return cast(Evaluation, found)  # figures are keys beside those that the type has


def _choose(splits: Splits, split: SplitName) -> Split:
    if split == "validation":
        if splits.validation is None:
            raise catalog.training.NoValidationSamples()
        return splits.validation
    if split == "train":
        return splits.train
    if splits.test is None:
        raise catalog.training.NoTestSamples()
    return splits.test
