"""Warnings of torch are not for those who train a spec."""

import warnings

import pytest

import archc

WARNS = {"archc": 1, "input": [4, 3], "layers": [{"LSTM": {"hidden_size": 2, "dropout": 0.5}}]}
"""torch's LSTM warns where it is made: dropout with one layer does nothing."""


@pytest.fixture(autouse=True)
def shown():
    with warnings.catch_warnings(record=True, action="always") as caught:
        yield caught


def test_building_says_nothing_of_torchs(shown):
    archc.build(archc.load(WARNS))
    assert not shown


def test_training_and_its_run_say_nothing_of_torchs(shown, tmp_path):
    spec = WARNS | {"train": {"data": {"name": "FashionMNIST"}, "loss": "MSELoss", "optimizer": "SGD", "epochs": 1}}
    spec["layers"] = [*WARNS["layers"], "Flatten", {"Linear": 1}]
    data = ([[[0.0] * 3] * 4] * 4, [0.0, 1.0, 2.0, 3.0])
    run = archc.train(spec, data={"train": data, "test": data}, run=tmp_path / "run")
    archc.evaluate(archc.open(run.directory), data={"train": data, "test": data})
    assert not shown


def test_whoever_asks_for_warnings_gets_them(shown, monkeypatch):
    monkeypatch.setattr("sys.warnoptions", ["default"])
    archc.build(archc.load(WARNS))
    assert [str(warning.message)[:14] for warning in shown] == ["dropout option"]
