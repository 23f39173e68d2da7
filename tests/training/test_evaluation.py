"""Evaluations while a network is trained: what is measured, said and kept, and what it chooses."""

import contextlib
import io

import pytest

from archc.cli.progress import Lines
from archc.errors import RunError
from archc.front import read_file
from archc.runs.run import start
from archc.training.progress import EpochEnded, Evaluated, told
from tests.support.trainings import Recorder, faults
from tests.training.test_control import metrics, scalars


def losses_of_steps(spec, changes):
    """The training loss of each step, from a run that tells each."""
    watcher = Recorder()
    start(spec({**changes, "train.evaluate": "{every: 1 step}"}), directory="each", observer=watcher)
    return [event.train_loss for event in watcher.events if isinstance(event, Evaluated)]


@pytest.mark.parametrize("on", ["[validation, test]", "[test, validation]"])
def test_each_split_is_measured_at_each_evaluation_and_kept(spec, on):
    run = start(spec({"train.evaluate": f"{{every: 3 steps, on: {on}}}"}), directory="run")
    lines = [line for line in metrics("run") if line["event"] == "evaluation"]
    assert [line["step"] for line in lines] == list(range(3, 25, 3))
    keys = {"train_loss", "val_loss", "val_accuracy", "test_loss", "test_accuracy"}
    assert all(keys <= set(line) for line in lines)
    # The last evaluation is of the weights that the run ends with.
    best = run.result["best"]
    at_best = next(line for line in lines if line["step"] == best["step"])
    assert at_best["val_loss"] == best["val_loss"]
    assert at_best["test_loss"] == pytest.approx(run.result["test"]["loss"])
    assert not any(name.startswith("test_") for name in best)


def test_the_training_loss_of_an_evaluation_is_the_mean_since_the_last_one(spec):
    changes = {"train.batch_size": 16, "train.epochs": 2, "train.data": "{name: MNIST, source: data}"}
    each = losses_of_steps(spec, {**changes, "train.data": "{name: MNIST, source: data, validation: {first: 22}}"})
    start(
        spec({**changes, "train.data.validation": "{first: 22}", "train.evaluate": "{every: 5 steps}"}),
        directory="run",
    )
    lines = [line for line in metrics("run") if line["event"] == "evaluation"]
    assert [line["step"] for line in lines] == [5, 10, 15, 16]
    for line in lines:
        since = each[(line["step"] - 1) // 5 * 5 : line["step"]]
        assert line["train_loss"] == pytest.approx(sum(since) / len(since), rel=1e-12)


def test_an_evaluation_of_an_epoch_is_told_once(spec):
    start(spec({"train.evaluate": "{on: [test, validation]}"}), directory="run")
    assert [line["event"] for line in metrics("run")] == ["epoch"] * 3
    assert {"val_loss", "test_loss", "test_accuracy"} <= set(metrics("run")[0])


def test_an_evaluation_after_two_epochs_says_the_loss_of_both(spec):
    start(spec({"train.evaluate": "{every: 2 epochs}", "train.epochs": 4}), directory="run")
    lines = metrics("run")
    assert [(line["event"], line["step"]) for line in lines] == [
        ("epoch", 8),
        ("evaluation", 16),
        ("epoch", 16),
        ("epoch", 24),
        ("evaluation", 32),
        ("epoch", 32),
    ]
    assert lines[1]["train_loss"] == pytest.approx((lines[0]["train_loss"] + lines[2]["train_loss"]) / 2)
    assert lines[0]["val_loss"] is None


def test_all_samples_are_trained_on_and_test_samples_alone_evaluated(spec):
    """The tutorials' way: what is kept are the last weights."""
    front = spec({"train.data": "{name: MNIST, source: data}", "train.evaluate": "{every: 4 steps, on: [test]}"})
    watcher = Recorder()
    run = start(front, directory="run", observer=watcher)
    ends = [event for event in watcher.events if isinstance(event, EpochEnded)]
    assert all(event.figures["val_loss"] is None for event in ends)
    evaluated = [event for event in watcher.events if isinstance(event, Evaluated)]
    assert {name for event in evaluated for name in event.figures} == {"test_loss", "test_accuracy"}
    assert not any(event.best for event in evaluated)
    assert evaluated[-1].figures["test_loss"] == run.result["test"]["loss"]
    assert (run.result["best"]["step"], run.result["best"]["val_loss"]) == (30, None)
    assert (run.directory / "best.safetensors").read_bytes() == (run.directory / "last.safetensors").read_bytes()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"train.early_stopping": "{patience: 1, min_delta: 0.5}"},
        {"train.scheduler": "{ReduceLROnPlateau: {patience: 0, threshold: 10}}"},
    ],
)
def test_test_figures_choose_nothing(spec, changes):
    chosen = {**changes, "train.epochs": 6}
    plain = start(spec(chosen), directory="plain")
    both = start(spec({**chosen, "train.evaluate": "{on: [test, validation]}"}), directory="both")
    for name in ("last.safetensors", "best.safetensors"):
        assert (plain.directory / name).read_bytes() == (both.directory / name).read_bytes()
    assert both.result["best"] == plain.result["best"]
    assert both.result["steps"] == plain.result["steps"]


def test_every_evaluation_is_printed_with_the_loss_since_the_last_one(spec):
    err = io.StringIO()
    watcher = Recorder()
    with contextlib.redirect_stderr(err), Lines() as lines:
        front = spec({"train.evaluate": "{every: 4 steps, on: [test]}", "train.epochs": 1})
        start(front, directory="run", observer=told(lines, watcher))
    shown = [line for line in err.getvalue().splitlines() if "test_accuracy" in line]
    events = [event for event in watcher.events if isinstance(event, Evaluated)]
    assert [line.partition(":")[0] for line in shown] == ["step 4", "step 8", "epoch 1/1"]
    for line, event in zip(shown, events, strict=False):
        accuracy, loss = event.figures["test_accuracy"], event.figures["test_loss"]
        assert f"loss {event.train_loss:.4f}, test_loss {loss:.4f}, test_accuracy {accuracy:.2%}" in line


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_shows_test_figures_of_evaluations(spec):
    start(spec({"train.log": "[tensorboard]", "train.evaluate": "{every: 4 steps, on: [test]}"}), directory="run")
    assert [step for step, _ in scalars("run")["test_accuracy"]][:-1] == list(range(4, 25, 4))
    assert [step for step, _ in scalars("run")["train_loss"]] == [8, 16, 24]


def test_test_samples_of_data_without_any_are_an_error_of_check(tmp_path):
    (tmp_path / "rows.csv").write_text("a,b,y\n" + "1,2,3\n" * 20)
    text = (
        "archc: 1\ninput: [2]\nlayers: [Linear: 1]\ntrain:\n  data: {name: Table, file: rows.csv, target: y}\n"
        "  loss: MSELoss\n  optimizer: SGD\n  epochs: 1\n  batch_size: 4\n  evaluate: {on: [test]}\n"
    )
    path = tmp_path / "spec.yaml"
    path.write_text(text)
    (found,) = read_file(str(path)).report
    assert (found.slug, found.span.text) == ("no-such-split", "on: [test]")


def test_data_that_turn_out_to_have_no_test_split_are_refused_before_anything_is_written(spec, monkeypatch):
    front = spec({"train.evaluate": "{on: [test, validation]}"})
    from archc.data import kinds

    read = kinds.read
    monkeypatch.setattr(kinds, "read", lambda *given: read(*given)._replace(test=None))
    with pytest.raises(RunError) as error:
        start(front, directory="run")
    assert faults(error) == ["no-such-split"]
