"""A finished run and files -> for each sample the class that its network gives, with probabilities."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from archc.analysis.probabilities import reading
from archc.data import kinds, pixels
from archc.data.batches import Preparation
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.diagnostics.fault import Fault
from archc.diagnostics.report import Report
from archc.errors import RunError
from archc.machine import device as devices
from archc.machine.quiet import without_warnings
from archc.recipe.tasks import task_name
from archc.runs.preparation import recipe
from archc.runs.run import Run
from archc.training import measure
from archc.training.objective import probabilities
from archc.training.tasks import task_of
from archc.training.tasks.regression import Regression
from archc.training.tasks.two_classes import both, cut

_OF_CLASSES: Final = frozenset({"classification", "labels", "two_classes"})
"""Tasks whose outputs may be read as probabilities of classes or labels."""


@dataclass(frozen=True)
class Prediction:
    """What a network says of one sample.

    `index` counts the samples of a file from 0, and `label` is the number of the class; it and `class_name` are None
    where the network predicts something else. Numbers, also vectors that are compared with one another, are the
    `outputs`, flattened, and so are the class numbers of positions. `labels` are those that a sample is said to have,
    where it may have several. `probabilities` has one number
    for each class or label, as loss and last layers say (`archc.analysis.probabilities`): softmax of the outputs for
    CrossEntropyLoss, or the outputs themselves where a Softmax made them. Where they are no probabilities, as of a
    Linear under MSELoss, they are None, and `outputs` has what the network gives. `note` says what was done to the
    file, once for each file.
    """

    file: str
    index: int
    label: int | None
    class_name: str | None
    probability: float | None
    probabilities: dict[str, float] | None
    outputs: tuple[float, ...]
    note: str | None = None
    labels: tuple[str, ...] | None = None
    positions: tuple[str, ...] | None = None
    """The name of the class of each position, in the order of `outputs`, where positions have classes."""


def predict(run: Run, files: Iterable[str | os.PathLike[str]], *, device: str | None = None) -> list[Prediction]:
    """A prediction for each sample of each file, in their order, by the run's best weights.

    Every file is read before anything is predicted.

    Raises:
        RunError: a file cannot be used (all such files are in the report), or the device is not there.
    """
    try:
        request, fitted = Request.of(recipe(run.network), run.directory), run.fitted()
        if request.facts.sample is None:
            request = request._replace(facts=request.facts._replace(sample=run.network.input))
    except Fault as fault:
        raise RunError.of(fault) from None

    def read(file: str | os.PathLike[str]) -> Samples:
        return kinds.samples(request, fitted, Path(file))

    return _predict(run, [(os.fspath(file), partial(read, file)) for file in files], device)


def predict_array(run: Run, array: Any, *, device: str | None = None) -> list[Prediction]:
    """A prediction for each sample of an array, of NumPy or torch: (N, ...), or one sample alone.

    Its values are as those of the data that the run was trained on: pixels from 0 to 255, or numbers.

    Raises:
        RunError: it does not hold such samples, or the device is not there.
    """
    numbers = recipe(run.network).data.kind.holds != "pixels"
    values = np.asarray(array.detach().cpu() if isinstance(array, Tensor) else array)
    read = partial(pixels.taken, values, run.network.input, numbers=numbers)
    return _predict(run, [(pixels.ARRAY, read)], device)


def _predict(run: Run, reads: list[tuple[str, Callable[[], Samples]]], device: str | None) -> list[Prediction]:
    report = Report()
    found: list[tuple[str, Samples]] = []
    for name, read in reads:
        try:
            found.append((name, read()))
        except Fault as fault:
            report.add(fault)
    try:
        chosen = devices.choose(device or recipe(run.network).device)
    except Fault as fault:
        report.add(fault)
    if not report.ok:
        raise RunError(report)
    with without_warnings():
        model = _Model(run, chosen)
        return [prediction for file, samples in found for prediction in model.predict(file, samples)]


class _Model:
    """The run's network on a device, with what its recipe says about inputs and outputs."""

    def __init__(self, run: Run, device: torch.device) -> None:
        train = recipe(run.network)
        self.device = device
        self.modules = devices.place(run.model(), run.network, device)
        self.batch = measure.batch_size(run.network, device)
        facts = train.facts(run.directory)
        self.task = task_name(facts, train.loss, run.network.output)
        fitted = run.fitted()
        self.prepare = Preparation(train.data, device, fitted)
        learnt = task_of(train, facts, run.network.output, scale=fitted.targets)
        self.in_units = learnt.in_units if isinstance(learnt, Regression) else None
        self.reading = reading(run.network, train.loss) if self.task in _OF_CLASSES else None
        self.cut = cut(train, self.reading)
        # A network may have more outputs than there are classes.
        more = range(len(facts.classes), run.network.output[0]) if self.task == "classification" else ()
        self.names = [*facts.classes, *map(str, more)]

    def says(self, output: float) -> bool:
        """Whether a single output says that a sample is of the second of two classes, or has its label."""
        threshold, sign = self.cut
        return output * sign > threshold * sign

    def predict(self, file: str, samples: Samples) -> list[Prediction]:
        outputs = self.outputs(torch.from_numpy(samples.pixels.astype(_torch_type(samples.pixels), order="C")))
        shares: Iterable[Tensor | None] = [None] * len(outputs)
        if self.reading is not None:
            # An output that is not finite says nothing of any class.
            read = both if self.task == "two_classes" else probabilities
            shares = [row if row.isfinite().all() else None for row in read(outputs, self.reading)]
        notes = [samples.note, *[None] * (len(outputs) - 1)]
        rows = zip(outputs, shares, notes, strict=True)
        return [self.prediction(file, index, *row) for index, row in enumerate(rows)]

    @torch.inference_mode()
    def outputs(self, pixels_nchw: Tensor) -> Tensor:
        """(N, outputs) float32 on the CPU, flattened."""
        parts = torch.split(pixels_nchw, self.batch)
        given: Iterable[Tensor] = (self.modules(self.prepare(part.to(self.device))) for part in parts)
        if self.in_units is not None:
            given = map(self.in_units, given)
        if self.task == "segmentation":
            return torch.cat([outputs.argmax(1).flatten(1).float().cpu() for outputs in given])
        return torch.cat([outputs.cpu().reshape(len(outputs), -1) for outputs in given])

    def prediction(self, file: str, index: int, outputs: Tensor, shares: Tensor | None, note: str | None) -> Prediction:
        named = dict(zip(self.names, shares.tolist(), strict=True)) if shares is not None else None
        if self.task == "labels":
            there = tuple(
                [name for name, output in zip(self.names, outputs.tolist(), strict=True) if self.says(output)]
            )
            return Prediction(file, index, None, None, None, named, tuple(outputs.tolist()), note, there)
        if self.task == "segmentation":
            numbers = outputs.tolist()
            found = tuple([self.names[int(number)] for number in numbers])
            return Prediction(file, index, None, None, None, None, tuple(numbers), note, None, found)
        if self.task not in _OF_CLASSES:
            return Prediction(file, index, None, None, None, None, tuple(outputs.tolist()), note)
        label = int(self.says(outputs.item())) if self.task == "two_classes" else int(outputs.argmax())
        return Prediction(
            file=file,
            index=index,
            label=label,
            class_name=self.names[label],
            probability=named[self.names[label]] if named else None,
            probabilities=named,
            outputs=tuple(outputs.tolist()),
            note=note,
        )


def _torch_type(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> type[np.generic]:
    """A type that torch has: numpy's unsigned and big-endian ones become float32, which holds 0 to 255."""
    return np.uint8 if array.dtype == np.uint8 else np.float32
