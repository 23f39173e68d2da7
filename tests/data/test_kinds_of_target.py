"""What arrays of a Python program are said to have for targets."""

from pathlib import Path

import pytest

import archc
from archc.recipe.data import Classes, Labels, Numbers, Positions
from archc.recipe.data.memory import InMemory


@pytest.mark.parametrize(
    ("keys", "target"),
    [
        ({}, Numbers(())),
        ({"target": [2, 3]}, Numbers((2, 3))),
        ({"classes": ["a", "b"]}, Classes(("a", "b"))),
        ({"classes": ["a", "b"], "target": [4, 4]}, Positions(("a", "b"), (4, 4))),
        ({"labels": ["a", "b"]}, Labels(("a", "b"))),
    ],
)
def test_the_keys_of_arrays_say_what_their_targets_are(keys, target):
    facts = InMemory(sample=[4, 4], **keys).facts(Path())
    assert facts.target == target
    assert facts.classes == getattr(target, "names", ())


@pytest.mark.parametrize("other", [{"classes": ["a"]}, {"target": [1]}])
def test_targets_are_of_one_kind(other):
    data = {"name": "InMemory", "sample": [4], "labels": ["x"], **other}
    train = {"data": data, "loss": "BCEWithLogitsLoss", "optimizer": "SGD", "epochs": 1}
    report = archc.check({"archc": 1, "input": [4], "layers": [{"Linear": 1}], "train": train})
    assert "either labels or something else" in next(iter(report)).message
