"""A small spec, small data sets, and observers, for the tests of training."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from archc.diagnostics.report import Report
from archc.errors import Interrupted
from archc.recipe.data import DATA
from archc.runs.run import start
from archc.source import SourceFile
from archc.syntax.tree import data_of
from archc.syntax.write import write_yaml
from archc.syntax.yaml import read_yaml
from archc.training.progress import Finished, StepProgress, Warned

NAMES = DATA["MNIST"]().known().layouts[0].names
"""Images and labels of the training split, then of the test split."""

SPEC = """\
archc: 1
name: small
input: [1, 28, 28]
layers:
  - Flatten
  - Linear: 16
  - BatchNorm1d
  - ReLU
  - Dropout: 0.2
  - Linear: 10
train:
  data: {name: MNIST, source: data, validation: {first: 30}}
  loss: CrossEntropyLoss
  optimizer: {Adam: {lr: 1e-2}}
  epochs: 3
  batch_size: 16
  seed: 5
"""


def layers(*, first=("Flatten",), last=(), without=()):
    """The layers of the small spec: with others first and last, and without some."""
    middle = [{"Linear": 16}, "BatchNorm1d", "ReLU", {"Dropout": 0.2}, {"Linear": 10}]
    kept = [layer for layer in middle if (layer if isinstance(layer, str) else next(iter(layer))) not in without]
    return [*first, *kept, *last]


def small(changes, text=SPEC):
    """The text of a spec, the small one, with some places changed: path -> value, or its YAML; None deletes one.

    A path is as `train.epochs` or, for a layer, `layers.3`.
    """
    made = parsed(text)
    if "train.steps" in changes:
        del made["train"]["epochs"]
    for path, value in changes.items():
        *outer, key = path.split(".")
        inner = made
        for name in outer:
            inner = inner[name]
        place = int(key) if isinstance(inner, list) else key
        if value is None:
            del inner[place]
        else:
            inner[place] = parsed(value) if isinstance(value, str) else value
    return write_yaml(made)


def parsed(text):
    """The data of a piece of YAML."""
    return data_of(read_yaml(SourceFile("value.yaml", text), Report()).tree)


def idx(array):
    """The bytes of an IDX file."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


def write_data(folder, train=150, test=40, *, pack=False, classes=10):
    """A data set that can be learned: a bright row at a height that says the class."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(0)
    files = []
    for samples in (train, test):
        labels = generator.integers(0, classes, samples)
        # The first samples are of all classes, so that no split of the small spec lacks one.
        labels[:classes] = np.arange(min(classes, samples))
        images = generator.integers(0, 60, (samples, 28, 28))
        images[np.arange(samples), labels * 2 + 4] = 250
        files += [images, labels]
    for name, array in zip(NAMES, files, strict=True):
        data = idx(array)
        (folder / (f"{name}.gz" if pack else name)).write_bytes(gzip.compress(data, mtime=0) if pack else data)
    return folder


class Recorder:
    """Keeps all events, warnings apart, and the result alone; calls `at_step(event)` on each `StepProgress`."""

    def __init__(self, at_step=lambda event: None):
        self.events = []
        self.warnings = []
        self.at_step = at_step

    def __call__(self, event):
        match event:
            case Warned(fault):
                self.warnings.append(fault)
            case Finished(result):
                self.events.append(result)
            case _:
                self.events.append(event)
        if isinstance(event, StepProgress):
            self.at_step(event)


def interrupt_at(step):
    """Sends SIGINT to this process after a step."""

    def send(event):
        if event.step == step:
            os.kill(os.getpid(), 2)

    return send


def interrupted(front, step, directory="stopped"):
    """A run that was interrupted after a step."""
    with pytest.raises(Interrupted) as stopped:
        start(front, directory=directory, observer=Recorder(interrupt_at(step)))
    assert stopped.value.directory == Path(directory)
    assert stopped.value.step == step
    return directory


def faults(error):
    """The slugs of a raised error."""
    return [diagnostic.slug for diagnostic in error.value.report]


def message(error):
    """Everything that a user reads of a raised error."""
    (diagnostic,) = error.value.report
    return "\n".join([diagnostic.message, *diagnostic.notes, *diagnostic.helps])
