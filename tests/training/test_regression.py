"""Regression on arrays that a Python program passes: `archc.train(spec, data=(X, y))`."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import archc
from archc.cli import main
from archc.recipe.data import DATA, Numbers
from archc.recipe.figures import FIGURES
from archc.runs.predict import predict
from archc.training.tasks.regression import Regression
from tests.support.trainings import faults

SLOPE, BASE = np.array([1.5, -2.0, 0.5]), 4.0
TRAIN = {
    "data": {"validation": {"first": 64}},
    "loss": "MSELoss",
    "optimizer": {"Adam": {"lr": 0.1}},
    "epochs": 30,
    "batch_size": 32,
}


def spec(layers=({"Linear": 1},), **train):
    return {"archc": 1, "name": "line", "input": [3], "layers": list(layers), "train": {**TRAIN, **train}}


@pytest.fixture
def line():
    """512 points of a plane."""
    inputs = np.random.default_rng(0).normal(size=(512, 3))
    return inputs, inputs @ SLOPE + BASE


def test_a_line_is_found(line):
    run = archc.train(spec(), data=line)
    layer = run.model()[0]
    assert layer.weight.detach().numpy()[0] == pytest.approx(SLOPE, abs=1e-3)
    assert layer.bias.item() == pytest.approx(BASE, abs=1e-3)
    assert run.result["test"] is None
    assert run.result["best"]["val_r2"] == pytest.approx(1, abs=1e-4)
    assert list(run.result["best"]) == ["epoch", "step", "val_loss", "val_mae", "val_r2"]


def test_lists_tensors_and_arrays_give_the_same_run(line):
    inputs, targets = (array.astype(np.float32) for array in line)
    given = [(inputs, targets), (torch.tensor(inputs), torch.tensor(targets)), (inputs.tolist(), targets.tolist())]
    shas = {archc.train(spec(epochs=1), data=data).result["weights_sha256"] for data in given}
    assert len(shas) == 1


def test_figures_are_their_definitions():
    generator = np.random.default_rng(1)
    outputs, targets = generator.normal(size=(50, 2)), generator.normal(loc=1e6, scale=[1, 3], size=(50, 2))
    outputs += 1e6
    train = archc.load(
        spec([{"Linear": 2}]), set={"train.data": memory(target=[2]), "train.metrics": ["rmse", "mse"]}
    ).train
    task = Regression(train, train.data.kind.facts(Path()), (2,), torch.tensor(targets))
    counts = task.counts(in_full=False)
    for part in (slice(0, 30), slice(30, 50)):
        counts.add(torch.tensor(outputs[part]), torch.tensor(targets[part]))
    error = outputs - targets
    assert task.figures(counts.sums(), 50) == pytest.approx(
        {
            "mae": np.abs(error).mean(),
            "r2": np.mean(1 - (error**2).sum(0) / ((targets - targets.mean(0)) ** 2).sum(0)),
            "rmse": np.sqrt((error**2).mean()),
            "mse": (error**2).mean(),
        },
        rel=1e-6,
    )


def test_targets_that_do_not_vary_leave_nothing_to_explain():
    train = archc.load(spec(), set={"train.data": memory()}).train
    task = Regression(train, train.data.kind.facts(Path()), (1,), torch.full((4,), 2.0))
    for outputs, r2 in ((torch.full((4, 1), 2.0), 1.0), (torch.full((4, 1), 3.0), 0.0)):
        counts = task.counts(in_full=False)
        counts.add(outputs, torch.full((4,), 2.0))
        assert task.figures(counts.sums(), 4)["r2"] == r2


def test_a_number_for_each_sample_meets_one_output_and_not_all(line):
    """torch broadcasts (N,) against (N, 1), with a warning: the loss would be another."""
    run = archc.train(spec(optimizer={"SGD": {"lr": 0.0}}, epochs=1), data=line)
    inputs, targets = line
    with torch.no_grad():
        outputs = run.model()(torch.tensor(inputs, dtype=torch.float32))[:, 0].numpy()
    lines = [json.loads(text) for text in (run.directory / "metrics.jsonl").read_text().splitlines()]
    assert lines[0]["val_loss"] == pytest.approx(((outputs - targets) ** 2)[:64].mean(), rel=1e-5)
    assert lines[0]["train_mae"] == pytest.approx(np.abs(outputs - targets)[64:].mean(), rel=1e-5)


def memory(**changes):
    return {"name": "InMemory", "sample": [3], **changes}


@pytest.mark.parametrize(
    ("changes", "layers", "slugs"),
    [
        ({}, [{"Linear": 2}], ["output-not-the-target"]),
        ({"loss": "CrossEntropyLoss"}, [{"Linear": 1}], ["loss-needs-classes"]),
        ({"metrics": ["f1"]}, [{"Linear": 1}], ["metric-of-other-targets"]),
        ({"early_stopping": {"monitor": "val_accuracy"}}, [{"Linear": 1}], ["figure-not-measured"]),
        ({"early_stopping": {"monitor": "val_mae"}, "metrics": ["rmse"]}, [{"Linear": 1}], []),
    ],
)
def test_a_recipe_that_does_not_fit_numbers_is_refused_by_check(changes, layers, slugs):
    report = archc.check(spec(layers, **{**changes, "data": memory(validation={"first": 64})}))
    assert [diagnostic.slug for diagnostic in report] == slugs


def test_a_figure_of_numbers_stops_a_training_early(line):
    run = archc.train(
        spec(early_stopping={"monitor": "val_rmse", "patience": 1, "min_delta": 10}, metrics=["rmse"]), data=line
    )
    assert run.result["stopped_early"]
    assert FIGURES["rmse"].better == "min"


def test_splits_of_their_own_are_measured(line):
    inputs, targets = line
    data = {"train": (inputs[:400], targets[:400]), "validation": (inputs[400:450], targets[400:450])}
    run = archc.train(spec(data={}), data={**data, "test": (inputs[450:], targets[450:])}, run="own")
    assert run.result["test"]["samples"] == 62
    assert run.result["test"]["mae"] < 0.1
    assert run.result["best"]["val_loss"] < 0.01
    again = archc.evaluate(archc.open("own"), "validation", data=data | {"test": (inputs[450:], targets[450:])})
    assert (again["samples"], again["loss"]) == (50, pytest.approx(run.result["best"]["val_loss"]))


def test_a_run_without_test_samples_says_so(line):
    run = archc.train(spec(epochs=1), data=line)
    with pytest.raises(archc.RunError) as error:
        archc.evaluate(run, data=line)
    assert faults(error) == ["no-test-samples"]


def test_a_run_of_arrays_needs_them_again(line, capsys):
    run = archc.train(spec(epochs=1), data=line, run="run")
    with pytest.raises(archc.RunError) as error:
        archc.evaluate(run, "train")
    assert faults(error) == ["data-not-passed"]
    assert main(["eval", "run"]) == 1
    assert main(["train", "run/spec.yaml"]) == 1
    assert "archc.train(spec, data=(X, y))" in capsys.readouterr().err


def test_a_run_goes_on_with_the_same_arrays_alone(line):
    whole = archc.train(spec(epochs=3), data=line)
    run = archc.train(spec(epochs=3), data=line, run="again")
    (run.directory / "result.json").unlink()
    for checkpoint in sorted((run.directory / "checkpoints").iterdir())[1:]:
        for file in checkpoint.iterdir():
            file.unlink()
        checkpoint.rmdir()
    with pytest.raises(archc.RunError) as error:
        archc.resume("again", data=(line[0], line[1] + 1))
    assert faults(error) == ["resume-differs"]
    assert archc.resume("again", data=line).result["weights_sha256"] == whole.result["weights_sha256"]


def test_predictions_are_numbers(line, capsys):
    run = archc.train(spec(), data=line, run="run")
    np.savetxt("points.csv", line[0][:2], delimiter=",")
    found = predict(run, ["points.csv"])
    assert [item.outputs[0] for item in found] == pytest.approx(line[1][:2], abs=1e-2)
    assert [(item.label, item.class_name, item.probabilities) for item in found] == [(None, None, None)] * 2
    assert main(["predict", "run", "points.csv"]) == 0
    assert [float(text.split(": ")[1]) for text in capsys.readouterr().out.splitlines()] == pytest.approx(
        line[1][:2], abs=1e-2
    )
    Path("picture.png").write_bytes(b"")
    assert main(["predict", "run", "picture.png"]) == 1


@pytest.mark.parametrize("names", [np.array(["b", "a", "c"]), np.array([True, False, True]), np.array([4, 0, 2])])
def test_whole_numbers_truths_and_texts_are_classes(line, names):
    inputs, _ = line
    labels = names[inputs.argmax(1)]
    known = [str(number) for number in range(5)] if names.dtype.kind == "i" else sorted({str(name) for name in names})
    given = spec([{"Linear": len(known)}], loss="CrossEntropyLoss", epochs=20)
    run = archc.train(given, data=(inputs, labels), run="run")
    assert run.network.train.data.kind.classes == tuple(known)
    np.save("points.npy", inputs[:8].astype(np.float32))
    found = [item.class_name for item in predict(run, ["points.npy"])]
    assert np.mean([a == str(b) for a, b in zip(found, labels, strict=False)]) > 0.8


@pytest.mark.parametrize(
    "bad",
    [
        lambda x, y: (x,),
        lambda x, y: (x, y[:3]),
        lambda x, y: (y, y),
        lambda x, y: {"test": (x, y)},
        lambda x, y: {"train": (x, y), "test": (x[:, :2], y)},
        lambda x, y: (x, y.astype(complex)),
        lambda x, y: (x.astype(str), y),
        lambda x, y: (x, -np.arange(len(y))),
        lambda x, y: (x[:0], y[:0]),
        lambda x, y: ([[1], [2, 3]], [1, 2]),
    ],
)
def test_arrays_that_are_no_samples_are_refused(line, bad):
    with pytest.raises(archc.RunError) as error:
        archc.train(spec(), data=bad(*line))
    assert faults(error) == ["arrays-do-not-fit"]


@pytest.mark.parametrize(
    ("layers", "most", "helps"),
    [
        ([{"Embedding": {"num_embeddings": 4, "embedding_dim": 2}}], 4, "write `num_embeddings: 5`"),
        ([{"Embedding": {"num_embeddings": 4, "embedding_dim": 2, "max_norm": 1.0}}], 4, "write `num_embeddings: 5`"),
        ([{"Embedding": {"num_embeddings": 4, "embedding_dim": 2}}], -1, "number the tokens from 0"),
        (
            [{"ConstantPad1d": {"padding": 1, "value": 9}}, {"Embedding": {"num_embeddings": 4, "embedding_dim": 2}}],
            3,
            "see which layers before it change the numbers, as a padding does",
        ),
    ],
)
def test_a_token_without_a_vector_is_named(layers, most, helps):
    tokens = np.array([[[0, 1, 2]]] * 7 + [[[0, 1, most]]])
    network = spec([*layers, "Flatten", {"Linear": 1}], data={}) | {"input": {"shape": [1, 3], "dtype": "int64"}}
    with pytest.raises(archc.RunError) as error:
        archc.train(network, data=(tokens, np.zeros(8)))
    assert faults(error) == ["no-such-token"]
    (found,) = error.value.report
    assert f"{len(layers) - 1} (Embedding)" in found.message
    assert found.helps == (helps,)


def test_a_step_that_is_too_large_for_the_weights_is_a_loss_that_is_not_finite(line):
    with pytest.raises(archc.RunError) as error:
        archc.train(spec(optimizer={"Adamax": {"lr": 3e38}}), data=line)
    assert faults(error) == ["loss-not-finite"]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("layer", [{"LeakyReLU": "negative_slope"}, {"ELU": "alpha"}, {"Threshold": "value"}])
def test_a_number_that_float32_does_not_hold_is_refused(layer, sign):
    ((name, argument),) = layer.items()
    given = {"threshold": 0} if name == "Threshold" else {}
    network = {"archc": 1, "input": [3], "layers": [{name: {**given, argument: sign * 3.5e38}}, {"Linear": 1}]}
    assert [diagnostic.slug for diagnostic in archc.check(network).errors] == ["wrong-value"]


def test_the_data_is_not_overwritten_by_a_layer_that_overwrites_its_input(line):
    inputs = line[0].astype(np.float32)
    before = inputs.copy()
    archc.train(spec([{"ReLU": {"inplace": True}}, {"Linear": 1}], epochs=1), data=(inputs, line[1]))
    assert np.array_equal(inputs, before)


def test_facts_of_arrays_are_those_of_the_spec():
    facts = DATA["InMemory"](sample=(3,), target=(2,)).facts(Path())
    assert (facts.sample, facts.target, facts.classes, facts.train) == ((3,), Numbers((2,)), (), None)
