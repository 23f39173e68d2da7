"""Evaluations while a network is trained: what is measured, said and kept, and what it chooses."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import archc
from archc.cli.progress import Lines
from archc.errors import RunError
from archc.front import read_file
from archc.runs.run import resume, start
from archc.training.progress import EpochEnded, Evaluated, Logged, told
from tests.support.trainings import Recorder, faults, interrupted, write_data
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


# log


def test_a_log_says_the_figures_of_the_steps_since_the_last_one(spec):
    changes = {"train.data.validation": "{first: 22}", "train.epochs": 2}
    each = losses_of_steps(spec, changes)
    start(spec({**changes, "train.log": "{every: 3 steps}"}), directory="run")
    lines = [line for line in metrics("run") if line["event"] == "log"]
    assert [line["step"] for line in lines] == [3, 6, 9, 12, 15]
    assert all(line.keys() >= {"train_loss", "train_accuracy", "lr"} for line in lines)
    for number, line in enumerate(lines):
        since = each[3 * number : 3 * number + 3]
        assert line["train_loss"] == pytest.approx(sum(since) / 3, rel=1e-12)


def test_a_log_changes_nothing_else(spec):
    plain = start(spec(), directory="plain")
    logged = start(spec({"train.log": "{every: 1 step}"}), directory="logged")
    assert logged.result["weights_sha256"] == plain.result["weights_sha256"]
    assert [line for line in metrics("logged") if line["event"] != "log"] == metrics("plain")


def test_a_log_by_epochs_comes_before_the_line_of_the_epoch(spec):
    start(spec({"train.log": "{every: 2 epochs}"}), directory="run")
    lines = metrics("run")
    assert [(line["event"], line["step"]) for line in lines] == [
        ("epoch", 8),
        ("log", 16),
        ("epoch", 16),
        ("epoch", 24),
    ]
    assert lines[1]["train_loss"] == pytest.approx((lines[0]["train_loss"] + lines[2]["train_loss"]) / 2)


@pytest.mark.parametrize("step", [4, 5, 7, 11, 12])
@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "MSELoss"])
def test_a_resumed_run_logs_and_evaluates_what_an_uninterrupted_one_does(spec, every_step, step, loss):
    changes = {"train.log": "{every: 4 steps}", "train.evaluate": "{every: 6 steps, on: [test, validation]}"}
    front = spec({**changes, "train.loss": loss})
    start(front, directory="whole")
    resume(interrupted(front, step))
    assert metrics("stopped") == metrics("whole")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    step=st.integers(1, 23).filter(lambda step: step % 8),
    log=st.integers(1, 9),
    evaluate=st.integers(1, 9),
    seconds=st.sampled_from([0.0, 1e9]),
)
def test_any_cadences_are_resumed_from_any_step(tmp_path_factory, spec, monkeypatch, step, log, evaluate, seconds):
    """Whatever the figures that are fetched for the eyes between: the lines do not depend on them."""
    monkeypatch.chdir(tmp_path_factory.mktemp("any"))
    write_data(Path("data"))
    changes = {"train.log": f"{{every: {log} steps}}", "train.evaluate": f"{{every: {evaluate} steps, on: test}}"}
    front = spec({**changes, "train.checkpoint": "{every: 1 step}"})
    monkeypatch.setattr("archc.training.engine.PROGRESS_SECONDS", seconds)
    start(front, directory="whole")
    monkeypatch.setattr("archc.training.engine.PROGRESS_SECONDS", 0.0)
    resume(interrupted(front, step))
    assert metrics("stopped") == metrics("whole")


def test_sums_of_figures_of_numbers_do_not_depend_on_when_they_are_fetched(monkeypatch, tmp_path):
    """Figures of numbers are sums of floats."""
    monkeypatch.chdir(tmp_path)
    inputs = np.random.default_rng(0).normal(size=(64, 3)).astype(np.float32)
    data = (inputs, inputs @ np.array([0.3, -1.7, 2.9], np.float32) + 1)
    spec = {
        "archc": 1,
        "name": "line",
        "input": [3],
        "layers": [{"Linear": 1}],
        "train": {
            "data": {"name": "InMemory", "sample": [3]},
            "loss": "MSELoss",
            "optimizer": "SGD",
            "epochs": 3,
            "batch_size": 3,
            "log": {"every": "7 steps"},
        },
    }
    runs = []
    for seconds in (0.0, 1e9):
        monkeypatch.setattr("archc.training.engine.PROGRESS_SECONDS", seconds)
        history = archc.train(spec, data=data).history
        runs.append([{key: value for key, value in line.items() if key != "seconds"} for line in history])
    assert runs[0] == runs[1]
    assert {line["event"] for line in runs[0]} == {"log", "epoch"}


def test_each_log_is_a_line_and_the_lines_of_every_few_seconds_are_gone(spec, monkeypatch):
    monkeypatch.setattr("archc.cli.progress.monotonic", lambda: 1e9)
    err, watcher = io.StringIO(), Recorder()
    with contextlib.redirect_stderr(err), Lines() as lines:
        front = spec({"train.log": "{every: 3 steps}", "train.epochs": 1})
        start(front, directory="run", observer=told(lines, watcher))
    shown = [line for line in err.getvalue().splitlines() if line.startswith("step")]
    logged = [event for event in watcher.events if isinstance(event, Logged)]
    assert len(shown) == len(logged) == 2
    for line, event in zip(shown, logged, strict=True):
        loss, accuracy = event.figures["train_loss"], event.figures["train_accuracy"]
        assert line.startswith(f"step {event.step}: loss {loss:.4f}, accuracy {accuracy:.2%}, ")
        assert line.endswith(" samples/s")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tensorboard_shows_the_curves_of_logs(spec):
    start(spec({"train.log": "{every: 3 steps, to: [tensorboard]}"}), directory="run")
    lines = [line for line in metrics("run") if line["event"] == "log"]
    for name in ("train_loss", "train_accuracy", "lr"):
        assert scalars("run")[name] == [(line["step"], pytest.approx(line[name])) for line in lines]
    assert [step for step, _ in scalars("run")["val_loss"]] == [8, 16, 24]


def test_a_list_is_where_to(spec):
    listed, mapped = (spec({"train.log": text}).network.train for text in ("[tensorboard]", "{to: [tensorboard]}"))
    assert listed == mapped
    assert (listed.log.to, listed.log.every) == (("tensorboard",), None)
