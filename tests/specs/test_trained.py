"""The example specs of tables, trained: each learns what its data are known for."""

import csv

import numpy as np
import pytest

from archc import api
from tests.support.places import ROOT


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("name", "accuracy"), [("iris", 0.9), ("penguins", 0.95), ("wine", 0.95)])
def test_a_table_of_classes_is_learnt(name, accuracy):
    run = api.train(ROOT / "specs" / f"{name}.yaml", run="run")
    assert api.evaluate(run, "validation")["accuracy"] >= accuracy


def test_a_linear_layer_finds_what_least_squares_gives():
    run = api.train(ROOT / "specs" / "diabetes.yaml", run="run")
    with (ROOT / "specs" / "data" / "diabetes.csv").open(newline="") as file:
        rows = np.array(list(csv.reader(file))[1:], dtype=np.float64)
    inputs, targets = np.column_stack([rows[:, :-1], np.ones(len(rows))]), rows[:, -1]
    solved, *_ = np.linalg.lstsq(inputs, targets, rcond=None)
    least = np.square(inputs @ solved - targets).mean()
    found = api.evaluate(run, "train")
    assert least <= found["rmse"] ** 2 < 1.0005 * least
    explained = 1 - least / targets.var()
    assert found["r2"] == pytest.approx(explained, abs=0.0005)


def test_an_autoencoder_brings_back_what_went_in():
    run = api.train(ROOT / "specs" / "autoencoder.yaml", run="run", set={"train.epochs": 3})
    found = run.result["test"]
    assert found["loss"] < 0.025  # as many principal components give 0.013, and the mean picture 0.087
    assert found["r2"] > 0.7
    (outputs,) = (prediction.outputs for prediction in run.predict(ROOT / "docs/images/ankle-boot.png"))
    assert len(outputs) == 784
    assert 0 <= min(outputs) < max(outputs) <= 1
