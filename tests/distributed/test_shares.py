"""What several processes do together: the training of one, whatever the recipe and whatever comes between."""

import json
from pathlib import Path

import pytest
import safetensors.torch as safetensors
import torch

from archc.runs.run import resume, start
from tests.support import shares
from tests.support.fragile import DEEP
from tests.support.processes import together
from tests.support.trainings import small, write_data

pytestmark = pytest.mark.slow

SPEC = """\
archc: 1
name: shared
input: [1, 28, 28]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 5, stride: 4}
  - Flatten
  - Linear: 16
  - LayerNorm
  - ReLU
  - Dropout: 0.0
  - Linear: 10
train:
  data: {name: MNIST, source: data, validation: {first: 31}}
  loss: {CrossEntropyLoss: {weight: balanced}}
  optimizer: {Adam: {lr: 1e-2}}
  epochs: 3
  batch_size: 17
  metrics: [f1, top3_accuracy]
  seed: 5
"""
AT_THE_END = "train.checkpoint={every: 60 minutes}"
SHORT_LAST_BATCH = ("train.batch_size=59", "train.epochs=4")
RECIPES = {
    "a last batch of one sample": SHORT_LAST_BATCH,
    "parts and a short last batch": (*SHORT_LAST_BATCH, "train.accumulate=2"),
    "clipping by value": ("train.gradient_clip={value: 0.01}", "train.optimizer={SGD: {lr: 0.1, momentum: 0.9}}"),
    "balanced samples": ("train.sampler=balanced", "train.batch_size=20"),
    "a penalty in parts": ("train.penalty={l1: 1e-2, l2: 1e-2}", "train.accumulate=2", "train.gradient_clip=0.5"),
    "clipping by norm in parts": ("train.gradient_clip=0.1", "train.accumulate=4"),
    "an average of the weights": ("train.ema=0.8",),
    "a schedule of each step": ("train.scheduler={CosineAnnealingLR: {every: step}}", "train.warmup=5 steps"),
    "a schedule of figures": ("train.scheduler={ReduceLROnPlateau: {patience: 0, threshold: 0.5}}", "train.epochs=6"),
    "early stopping": ("train.early_stopping={monitor: train_loss, patience: 1, min_delta: 0.3}", "train.epochs=40"),
    "evaluations between": ("train.evaluate={every: 3 steps}", "train.checkpoint={every: 4 steps}"),
    "sums as losses": ("train.loss={CrossEntropyLoss: {reduction: sum}}",),
    "augmentation": ("train.data.augment=[{RandomCrop: {size: 28, padding: 2}}]",),
    "bfloat16": ("train.precision=bfloat16",),
}
SHARDED = {
    f"sharded, {name}": (*RECIPES[name], "train.strategy=fsdp")
    for name in (
        "parts and a short last batch",
        "a penalty in parts",
        "clipping by norm in parts",
        "clipping by value",
        "bfloat16",
    )
} | {f"sharded, {name}": (f"train.optimizer={name}", "train.strategy=fsdp") for name in ("AdamW", "RMSprop", "Adagrad")}
FEW = {name: RECIPES[name] for name in ("a last batch of one sample", "parts and a short last batch")}
"""Those in which the number of processes shows most."""


def test_the_processes_of_these_tests_share_nothing():
    """As those of a launcher: what hangs on the keys of a hash table differs, and is seen here."""
    data = safetensors.save({str(number): torch.zeros(1) for number in range(30)})
    first, second = together(shares.order_of_a_file, data)
    assert sorted(first) == sorted(second)
    assert first != second


@pytest.fixture
def spec():
    """A spec with its data in the current folder, and what changes places of it."""
    write_data(Path("data"))

    def make(changes):
        Path(shares.SPEC).write_text(small(changes, SPEC))

    make({})
    return make


def metrics(directory):
    """The figures of the epochs, without times."""
    lines = [json.loads(line) for line in Path(directory, "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key not in ("seconds", "event")} for line in lines]


def close(figures, rel=1e-3):
    """The same to float rounding."""
    near = {"rel": rel, "abs": 1e-4}
    return [{key: value and pytest.approx(value, **near) for key, value in line.items()} for line in figures]


def result(directory):
    return json.loads(Path(directory, "result.json").read_text())


def alone(directory, overrides=()):
    from archc.front import read_file

    return start(read_file(shares.SPEC, overrides), directory=directory)


def steps_saved(directory):
    return sorted(int(path.name.removeprefix("step-")) for path in Path(directory, "checkpoints").glob("step-*"))


@pytest.mark.parametrize(
    ("processes", "recipes"),
    [(2, RECIPES), (2, SHARDED), (3, RECIPES | SHARDED if DEEP else FEW)],
    ids=["two", "two that share weights", "three"],
)
def test_every_recipe_has_the_figures_of_one_process(spec, processes, recipes):
    recipes = {name: (AT_THE_END, *overrides) for name, overrides in recipes.items()}
    runs = {f"several/{name}": overrides for name, overrides in recipes.items()}
    answers = together(shares.trains_all, runs, processes=processes)
    # Whether this processor has instructions for bfloat16 is another matter.
    said = [[(end, [one for one in warned if "is emulated" not in one]) for end, warned in all_] for all_ in answers]
    assert said == [[("finished", [])] * len(runs)] * processes
    for name, overrides in recipes.items():
        alone(f"one/{name}", overrides)
        # bfloat16 has 8 bits, so that another order of sums shows in the third digit.
        expected = close(metrics(f"one/{name}"), rel=0.05 if "bfloat16" in name else 1e-3)
        found = metrics(f"several/{name}")
        if "bfloat16" in name:
            kept = ("epoch", "step", "train_loss", "val_loss")
            expected, found = ([{key: line[key] for key in kept} for line in lines] for lines in (expected, found))
        assert found == expected, name
        assert result(f"several/{name}")["stopped_early"] == ("stopping" in name)


def test_each_sample_is_seen_once_an_epoch(spec):
    seen = together(shares.trains_and_notes_its_samples, "run", ("train.epochs=2",), processes=3)
    for epoch in (0, 1):
        rows = [row for steps in seen for rows in steps[epoch * 7 : epoch * 7 + 7] for row in rows]
        assert sorted(rows) == list(range(119))
    assert all(5 <= len(rows) <= 6 for steps in seen for rows in steps), "17 samples are cut as evenly as can be"


@pytest.mark.parametrize(("strategy", "victim"), [("ddp", 0), ("fsdp", 1)])
def test_a_signal_to_one_process_stops_all_and_the_resumed_run_ends_with_the_same_bits(spec, strategy, victim):
    spec({"layers.5": {"Dropout": 0.3}, "train.strategy": strategy})
    whole, _ = together(shares.trains, "whole")
    assert whole == ("finished", [])
    first, second = together(shares.is_interrupted, "run", victim, 10)
    assert first == ("interrupted after step 10", [])
    assert second == ("elsewhere 75", [])
    assert steps_saved("run")[-1] == 10
    assert together(shares.resumes, "run") == [("finished", []), ("finished", [])]
    assert result("run")["weights_sha256"] == result("whole")["weights_sha256"]
    assert metrics("run") == metrics("whole")


@pytest.mark.parametrize("strategy", ["ddp", "fsdp"])
def test_a_run_goes_on_with_another_number_of_processes(spec, strategy):
    overrides = (f"train.strategy={strategy}", "train.gradient_clip=1.0")
    alone("one", overrides)
    together(shares.is_interrupted, "run", 1, 4, overrides, processes=2)
    # Of three, none has the same share as before.
    (end, (warning,)), *_ = together(shares.is_resumed_and_interrupted, "run", 2, 9, processes=3)
    assert end == "interrupted after step 13"
    assert "processes: `3` now, `2` when the run began" in warning
    resume("run")
    assert metrics("run") == close(metrics("one"))
    assert result("run")["test"]["loss"] == pytest.approx(result("one")["test"]["loss"], rel=1e-3)


def test_a_run_of_one_process_goes_on_in_two(spec):
    alone("one")
    run = alone("run", ("train.checkpoint={every: 4 steps, keep: 9}",))
    run.directory.joinpath("result.json").unlink()
    for step in (12, 16, 20, 21):
        Path(f"run/checkpoints/step-{step:08d}/manifest.json").unlink()
    (end, warnings), _ = together(shares.resumes, "run")
    assert end == "finished"
    assert len(warnings) == 5
    assert metrics("run") == close(metrics("one"))


def test_a_disk_that_refuses_the_first_process_is_a_warning_and_all_go_on(spec):
    overrides = ("train.checkpoint={every: 5 steps}", "train.strategy=fsdp")
    together(shares.trains, "whole", overrides)
    (end, (warning,)), other = together(shares.has_a_full_disk, "run", "step-00000010", overrides)
    assert end == "finished"
    assert "No space left on device; the training goes on" in warning
    assert other == ("finished", []), "who does not write is not warned"
    assert result("run")["weights_sha256"] == result("whole")["weights_sha256"]


def test_an_interrupt_that_cannot_save_is_an_error_of_the_process_that_writes(spec):
    (end, _), other = together(shares.has_a_full_disk, "run", "step-", (), 1, 3)
    assert end.endswith("No space left on device")
    assert other == ("elsewhere 1", [])


def test_checkpoints_by_the_minute_are_agreed_upon_where_clocks_differ(spec):
    overrides = ("train.checkpoint={every: 1 minutes, keep: 99}", "train.strategy=fsdp")
    answers = together(shares.has_a_fast_clock, "run", 1, overrides)
    assert answers == [("finished", [])] * 2
    assert len(steps_saved("run")) > 5


def test_a_loss_that_is_not_finite_is_said_by_the_first_process_alone(spec):
    first, second = together(shares.trains, "run", ("train.optimizer={SGD: {lr: 1e30}}",))
    assert first[0].startswith("the loss is nan")
    assert second == ("elsewhere 1", [])


def test_a_directory_that_is_taken_is_said_by_the_first_process_alone(spec):
    alone("run")
    first, second = together(shares.trains, "run")
    assert "`run`" in first[0]
    assert second == ("elsewhere 1", [])


def test_processes_that_do_not_see_the_same_checkpoints_do_not_resume(spec):
    together(shares.is_interrupted, "run", 0, 10)
    first, second = together(shares.sees_other_checkpoints, "run", 1)
    assert first[0] == "there is no checkpoint to resume in `run`"
    assert second == ("elsewhere 1", [])
    assert steps_saved("run") == [7, 10], "nothing is changed"


def test_a_finished_run_is_returned_in_all_processes(spec):
    alone("run")
    before = Path("run/environment.json").read_text()
    assert together(shares.resumes, "run") == [("finished", [])] * 2
    assert Path("run/environment.json").read_text() == before


def test_a_trial_in_two_processes_leaves_nothing_behind(spec):
    before = sorted(Path().iterdir())
    assert together(shares.tries, 2) == [("finished", [])] * 2
    assert sorted(Path().iterdir()) == before


def test_a_mistake_in_a_spec_or_in_its_data_is_said_once(spec):
    for mistake, code in (("train.epochs=none", "E"), ("train.data.source=nowhere", "E405")):
        first, second = together(shares.commands, "train", shares.SPEC, "--run", "run", "--set", mistake)
        assert first[0] == second[0] == 1
        assert f"error[{code}" in first[2]
        assert second[1:] == ("", "")


def test_the_first_process_alone_prints_and_warns(spec):
    spec({"layers.3": "BatchNorm1d"})
    (code, out, err), *others = together(shares.commands, "train", shares.SPEC, "--run", "run", processes=2)
    assert (code, out) == (0, "run\n")
    assert others == [(0, "", "")]
    assert err.count("warning[W653]: a batch norm sees each process's share of a batch, 8 samples") == 1
    assert "on cpu in 2 processes" in err


def test_one_process_of_a_launcher_trains_as_one_without(spec):
    alone("one")
    assert together(shares.trains, "run", processes=1) == [("finished", [])]
    assert metrics("run") == close(metrics("one"))


def test_shared_tensors_are_gathered_by_name_whatever_their_order(spec):
    first, second = together(shares.gathers, (["1", "2", "3"], ["3", "1", "2"]))
    assert first == {"1": [1.0], "2": [2.0], "3": [3.0]}
    assert second == {}, "the first process alone keeps the whole"


def test_processes_that_hold_different_tensors_gather_none(spec):
    assert together(shares.gathers, (["1", "2"], ["1", "3"])) == ["the processes do not hold the same tensors"] * 2
