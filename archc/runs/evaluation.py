"""A finished run and the name of a split -> figures of its best weights, for each class and in total."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Literal

from torch import Tensor, nn

from archc.data.splits import Split, Splits
from archc.diagnostics import catalog
from archc.diagnostics.fault import Fault
from archc.machine import device as devices
from archc.machine import memory
from archc.runs.directory import finite
from archc.runs.preparation import load_splits, recipe
from archc.runs.refusal import refusal
from archc.runs.run import Run
from archc.training.measure import Measure, Measured

SplitName = Literal["test", "validation", "train"]


def evaluate(
    run: Run, split: SplitName = "test", *, data_dir: str | None = None, device: str | None = None
) -> dict[str, Any]:
    """The figures of a run's best weights on a split, as JSON-like data.

    `loss`, `accuracy`, `samples`, `seconds` (of the evaluation alone), `split`, `classes` (their names), `per_class`
    (name to share of its samples that are recognised; None for a class without samples), and `confusion`: a list for
    each class with how many of its samples were taken for each of the network's outputs.

    Raises:
        RunError: the data or the device cannot be used, or there are no validation samples.
    """
    try:
        chosen = devices.choose(device or recipe(run.network).device)
        splits = load_splits(recipe(run.network), run.directory, data_dir)
        samples = _choose(splits, split)
    except Fault as fault:
        raise refusal(fault) from None
    began = perf_counter()
    model = devices.place(run.model(), run.network, chosen)
    measured = _measure(run, model, samples.to(chosen), splits.train.labels)
    return _figures(run, split, measured) | {"seconds": perf_counter() - began}


def _choose(splits: Splits, split: SplitName) -> Split:
    if split == "validation":
        if splits.validation is None:
            raise catalog.training.NoValidationSamples()
        return splits.validation
    return splits.train if split == "train" else splits.test


def _measure(run: Run, model: nn.Module, split: Split, labels: Tensor) -> Measured:
    device = split.images.device
    with memory.kept():
        return Measure(run.network, recipe(run.network), device, labels)(model, split, confusion=True)


def _figures(run: Run, split: SplitName, measured: Measured) -> dict[str, Any]:
    assert measured.confusion is not None
    names = recipe(run.network).data.dataset.classes
    return {
        "split": split,
        "loss": finite(measured.loss),
        "accuracy": measured.accuracy,
        "samples": measured.samples,
        **measured.metrics,
        "classes": list(names),
        "per_class": dict(zip(names, _shares(measured.confusion), strict=False)),
        "confusion": measured.confusion[: len(names)].tolist(),
    }


def _shares(confusion: Tensor) -> list[float | None]:
    """The share of each class's samples that are recognised."""
    totals = confusion.sum(1).tolist()
    right = confusion.diagonal().tolist()
    return [hits / total if total else None for hits, total in zip(right, totals, strict=True)]
