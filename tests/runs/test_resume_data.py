"""Data of every kind is the same after an interrupt: a training that was stopped ends as if it never was."""

from pathlib import Path

import numpy as np
import pytest

from archc.front import read_file
from archc.runs.run import resume, start
from archc.syntax.write import write_yaml
from tests.support.trainings import interrupted


def arrays():
    """Arrays of an archive that is packed, so that they come from the cache."""
    draws = np.random.default_rng(0)
    np.savez_compressed("a.npz", x=draws.normal(size=(90, 4)), y=draws.integers(0, 3, 90))
    data = {"name": "Arrays", "file": "a.npz", "validation": {"fraction": 0.2}}
    return [4], data, "CrossEntropyLoss", [{"Linear": 8}, "ReLU", {"Dropout": 0.2}, {"Linear": 3}]


def text():
    """Words, whose vocabulary is learnt of the training samples, and is that of the run when it goes on."""
    draws = np.random.default_rng(0)
    lines = [
        f"{label},{' '.join(draws.choice(list('abcdefgh'), 6))} {label}{row % 7}"
        for row, label in enumerate("xyz" * 30)
    ]
    Path("a.csv").write_text("kind,body\n" + "\n".join(lines) + "\n")
    data = {"name": "Text", "file": "a.csv", "text": "body", "target": "kind", "length": 5, "vocabulary": 12}
    layers = [{"EmbeddingBag": {"embedding_dim": 8, "padding_idx": 0}}, {"Dropout": 0.2}, {"Linear": 3}]
    return {"shape": [5], "dtype": "int64"}, {**data, "validation": {"fraction": 0.2}}, "CrossEntropyLoss", layers


def series():
    """Windows that overlap in memory, in the scale of the training steps."""
    steps = np.sin(np.arange(120) / 5) * 10 + 50
    Path("a.csv").write_text("level\n" + "".join(f"{step:.4f}\n" for step in steps))
    data = {"name": "Series", "file": "a.csv", "columns": "level", "window": 12, "validation": {"last": 20}}
    return [12, 1], data, "MSELoss", ["Flatten", {"Linear": 8}, "ReLU", {"Dropout": 0.2}, {"Linear": 1}]


KINDS = (arrays, text, series)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_a_resumed_run_ends_with_the_same_bytes_as_an_uninterrupted_one(kind, every_step):
    sample, data, loss, layers = kind()
    train = {"data": data, "loss": loss, "optimizer": "Adam", "epochs": 3, "batch_size": 16}
    Path("spec.yaml").write_text(write_yaml({"archc": 1, "input": sample, "layers": layers, "train": train}))
    front = read_file("spec.yaml")
    whole = start(front, directory="whole")
    resumed = resume(interrupted(front, 7))
    for name in ("last.safetensors", "best.safetensors"):
        assert Path("stopped", name).read_bytes() == Path("whole", name).read_bytes()
    assert resumed.result["best"] == whole.result["best"]
