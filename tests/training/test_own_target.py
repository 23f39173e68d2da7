"""Samples that are their own targets: what is compared is what the network gets, whatever its layers do to it."""

import pytest
import torch

from archc import api
from tests.support.pictures import folder

DATA = {"name": "ImageFolder", "root": "photos", "target": "input"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "photos", {"train": 16, "test": 4}, size=(8, 8))


def spec(layers, data=None, **changes):
    train = {"data": {**DATA, **(data or {})}, "loss": "MSELoss", "optimizer": {"SGD": {"lr": 1e-9}}, "epochs": 1}
    return {"archc": 1, "input": [3, 8, 8], "layers": layers, "train": {**train, "batch_size": 8, **changes}}


ONE = {"PReLU": {"init": 1.0}}
"""It has a parameter, and gives what it takes."""


@pytest.mark.parametrize("data", [{}, {"transform": [{"Normalize": "auto"}]}, {"augment": ["RandomHorizontalFlip"]}])
def test_a_network_that_changes_nothing_has_no_loss(data):
    run = api.train(spec([ONE], data), run="run")
    assert run.result["test"]["loss"] == pytest.approx(0, abs=1e-12)
    assert run.history[-1]["train_loss"] == pytest.approx(0, abs=1e-12)


def test_a_layer_that_overwrites_its_input_does_not_change_the_target():
    layers = [{"Threshold": {"threshold": 2, "value": 0, "inplace": True}}, ONE]
    run = api.train(spec(layers), run="run")
    pixels = api.evaluate(run, "test")
    assert pixels["loss"] > 0.05


def test_outputs_have_the_shape_of_the_samples():
    found = [item.slug for item in api.check(spec(["Flatten", {"Linear": 192}]))]
    assert "output-not-the-target" in found


@pytest.mark.parametrize("loss", ["L1Loss", "BCEWithLogitsLoss"])
def test_other_losses_compare_with_the_input_too(loss):
    run = api.train(spec([ONE], loss=loss), run="run")
    assert torch.tensor(run.result["test"]["loss"]).isfinite()


def test_a_loss_of_shares_needs_them():
    normal = {"transform": [{"Normalize": "auto"}]}
    assert "input-beyond-one" in [item.slug for item in api.check(spec([ONE], normal, loss="BCEWithLogitsLoss"))]
    assert "loss-needs-classes" in [item.slug for item in api.check(spec([ONE], loss="CrossEntropyLoss"))]
