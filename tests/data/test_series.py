"""Series as data: windows that lie in memory once, splits that follow one another, scales of the past alone."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import archc
from archc.data import kinds
from archc.data.splits import Split
from archc.diagnostics.fault import Fault
from archc.errors import RunError
from archc.recipe.data import Numbers
from archc.recipe.data.series import Series
from archc.recipe.train import Validation
from archc.runs.preparation import load_splits
from tests.support.asking import asked
from tests.support.places import ROOT

A, B = np.arange(30, dtype=np.float64), np.arange(30, dtype=np.float64) ** 2


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def written(rows=30, name="s.csv"):
    lines = [f"2020-{row:02},{A[row]:g},{B[row]:g}" for row in range(rows)]
    Path(name).write_text("\n".join(["day,a,b", *lines]) + "\n")
    return name


def series(validation=None, test=None, **keys):
    written()
    given = {"file": "s.csv", "columns": ("a", "b"), "window": 4, **keys}
    return asked(Series(**given), "MSELoss", validation=validation, test=test)


def test_a_sample_is_a_window_and_its_target_lies_behind_it():
    whole = kinds.read(series(horizon=3))
    assert whole.train.inputs.shape == (24, 4, 2)
    assert whole.train.inputs[5, :, 0].tolist() == [5, 6, 7, 8]
    assert whole.train.targets[5].tolist() == [11, 121]
    assert whole.train.targets[-1].tolist() == [29, 29**2]


@pytest.mark.parametrize(
    ("keys", "sample", "target", "count"),
    [
        ({}, (4, 2), Numbers((2,)), 26),
        ({"columns": ("a",)}, (4, 1), Numbers(()), 26),
        ({"target": ("b",), "horizon": 5}, (4, 2), Numbers(()), 22),
        ({"window": 29}, (29, 2), Numbers((2,)), 1),
    ],
)
def test_the_first_line_and_the_number_of_lines_tell_samples(keys, sample, target, count):
    asking = series(**keys)
    assert (asking.facts.sample, asking.facts.target, asking.facts.train) == (sample, target, count)
    whole = kinds.read(asking)
    assert whole.train.inputs.shape == (count, *sample)
    assert whole.train.targets.shape == (count, *target.shape)


def test_a_step_is_in_memory_once():
    whole = kinds.read(series(window=20))
    inputs = torch.from_numpy(whole.train.inputs)
    assert inputs.untyped_storage().nbytes() < inputs.numel() * 4 / 2
    moved = Split(inputs, torch.from_numpy(whole.train.targets)).to(torch.device("meta"))
    assert moved.inputs.shape == inputs.shape
    assert moved.inputs.stride() == inputs.stride()


@pytest.mark.parametrize("part", [Validation(last=5), Validation(fraction=0.2), Validation(first=5)])
@pytest.mark.parametrize("horizon", [1, 3])
def test_splits_follow_one_another_and_share_no_step(part, horizon):
    asking = series(validation=part, columns=("a",), horizon=horizon)
    splits = load_splits(asking.train, Path(), None)
    assert len(splits.validation) == 5
    assert len(splits.train) == asking.train.data.sizes(asking.facts.train, asking.facts.apart).train

    def steps(split):
        return {*split.inputs.flatten().tolist(), *split.targets.flatten().tolist()}

    train, kept = steps(splits.train), steps(splits.validation)
    assert not train & kept
    assert (max(kept) < min(train)) if part.first else (max(train) < min(kept))


def test_test_steps_are_the_last_ones_and_validation_those_before():
    asking = series(validation=Validation(last=3), test=Validation(last=3), columns=("a",))
    splits = load_splits(asking.train, Path(), None)
    assert splits.test.targets.tolist() == [27, 28, 29]
    assert splits.validation.targets.tolist() == [20, 21, 22]
    assert splits.train.targets.tolist()[-1] == 15


def test_a_split_that_leaves_nothing_is_refused_before_anything_is_read():
    written()
    Path("spec.json").write_text(json.dumps(spec(validation={"last": 24})))
    with pytest.raises(archc.SpecError, match="24"):
        archc.load("spec.json")


def test_columns_are_scaled_by_their_training_steps_alone():
    asking = series(validation=Validation(last=10))
    splits = load_splits(asking.train, Path(), None)
    seen = 30 - 10 - 4
    assert splits.fitted.inputs.centre == pytest.approx((A[: seen - 1].mean(), B[: seen - 1].mean()))
    assert splits.fitted.inputs.spread == pytest.approx((A[: seen - 1].std(), B[: seen - 1].std()))
    assert splits.fitted.targets == splits.fitted.inputs
    prepare = kinds.preparing(asking.train.data.kind, splits.fitted, torch.device("cpu"))
    assert prepare(splits.train.inputs)[:, 0].mean(0).abs().max() < 1
    assert kinds.preparing(series(scale="none").train.data.kind, kinds.NOTHING, torch.device("cpu")) is None


def read():
    """What is in the file, as samples."""
    return kinds.read(asked(Series(file="s.csv", columns=("a", "b"), window=4), "MSELoss"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("2020-07,7,", "2020-07,,"), "line 9, `a`"),
        (lambda text: text.replace("2020-07,7,", "2020-07,x,"), "line 9"),
        (lambda text: text.replace("day,a,b", "day,a,c"), "no column `b`"),
        (lambda text: "\n".join(text.splitlines()[:4]), "3 steps, and a sample with its target takes 5"),
        (lambda text: text + "2021-01,1\n", "has 2 cells"),
    ],
)
def test_what_is_wrong_with_a_series_is_named(change, said):
    written()
    Path("s.csv").write_text(change(Path("s.csv").read_text()))
    with pytest.raises(Fault) as error:
        read()
    assert said in error.value.message()


def spec(**data):
    return {
        "archc": 1,
        "input": [4, 2],
        "layers": ["Flatten", {"Linear": 2}],
        "train": {
            "data": {"name": "Series", "file": "s.csv", "columns": ["a", "b"], "window": 4, **data},
            "loss": "MSELoss",
            "optimizer": "Adam",
            "epochs": 2,
            "batch_size": 8,
        },
    }


def test_the_forecast_that_nothing_changes_is_measured_beside_the_network():
    written()
    run = archc.train(spec(validation={"last": 5}), run="run")
    expected = (np.abs(np.diff(A))[-5:].mean() + np.abs(np.diff(B))[-5:].mean()) / 2
    assert archc.evaluate(run, "validation")["naive_mae"] == pytest.approx(expected)
    assert run.history[-1]["val_naive_mae"] == pytest.approx(expected)


def test_a_target_that_is_in_no_sample_has_no_such_forecast():
    written()
    made = spec(columns=["a"], target="b", validation={"last": 5}) | {"input": [4, 1]}
    made["layers"] = ["Flatten", {"Linear": 1}]
    assert "naive_mae" not in archc.evaluate(archc.train(made, run="run"), "validation")


def test_a_run_forecasts_in_the_units_of_the_columns_where_its_file_is_no_more():
    written()
    archc.train(spec(), run="run")
    Path("s.csv").unlink()
    written(12, "new.csv")
    run = archc.open("run")
    (prediction,) = run.predict("new.csv")
    kept = json.loads(Path("run/fitted.json").read_text())
    window = torch.tensor(np.stack([A[8:12], B[8:12]], 1)[None], dtype=torch.float32)
    centre, spread = (torch.tensor(kept["inputs"][name]) for name in ("centre", "spread"))
    with torch.no_grad():
        expected = run.model()((window - centre) / spread) * spread + centre
    assert prediction.outputs == pytest.approx(expected[0].tolist(), rel=1e-4)
    written(3, "new.csv")
    with pytest.raises(RunError, match="3 steps, and a sample 4"):
        run.predict("new.csv")


def test_sunspots_are_forecast_better_than_by_staying():
    run = archc.train(ROOT / "specs/sunspots.yaml", run="run")
    found = archc.evaluate(run, "validation")
    assert found["mae"] < 16
    assert found["naive_mae"] == pytest.approx(22.745)
