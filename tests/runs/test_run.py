"""A run's directory: what it holds, what is refused before anything is trained, and how it is read back."""

import json
from pathlib import Path

import pytest
import torch

import archc
from archc.checks import capacity
from archc.diagnostics.report import Report
from archc.errors import RunError, SpecError
from archc.files import disk
from archc.front import read_file
from archc.runs import weights
from archc.runs.evaluation import evaluate
from archc.runs.run import Run, start
from tests.support.trainings import SPEC, faults, layers, message


@pytest.fixture
def run(spec):
    return start(spec(), directory="run", command=["archc", "train", "small.yaml"])


def test_a_run_leaves_the_files_that_interfaces_name(run):
    names = sorted(path.name for path in run.directory.iterdir() if not path.name.startswith("."))
    assert names == [
        "best.safetensors",
        "checkpoints",
        "environment.json",
        "last.safetensors",
        "metrics.jsonl",
        "result.json",
        "spec.yaml",
    ]
    result = json.loads(Path("run/result.json").read_text())
    assert result == run.result
    assert set(result) == {
        "version",
        "epochs",
        "steps",
        "best",
        "stopped_early",
        "test",
        "seconds",
        "samples_per_second",
        "weights_sha256",
    }


def test_metrics_have_one_line_for_each_epoch(run):
    lines = [json.loads(line) for line in Path("run/metrics.jsonl").read_text().splitlines()]
    assert [(line["event"], line["epoch"], line["step"]) for line in lines] == [
        ("epoch", 1, 8),
        ("epoch", 2, 16),
        ("epoch", 3, 24),
    ]
    assert set(lines[0]) == {
        "event",
        "epoch",
        "step",
        "train_loss",
        "train_accuracy",
        "val_loss",
        "val_accuracy",
        "seconds",
        "lr",
    }


def test_evaluations_within_an_epoch_have_lines_of_their_own(spec):
    start(spec({"train.evaluate": "{every: 5 steps}", "train.epochs": 1}), directory="run")
    lines = [json.loads(line) for line in Path("run/metrics.jsonl").read_text().splitlines()]
    events = [(line["event"], line["step"]) for line in lines]
    assert events == [("evaluation", 5), ("evaluation", 8), ("epoch", 8)]
    assert lines[0]["val_loss"] > lines[1]["val_loss"] == lines[2]["val_loss"] > 0


def test_environment_says_what_the_run_depended_on(run):
    facts = json.loads(Path("run/environment.json").read_text())
    assert facts["versions"]["archc"] == archc.__version__
    assert facts["versions"]["torch"] == torch.__version__
    assert (facts["device"], facts["threads"], facts["seed"]) == ("cpu", 1, 5)
    assert facts["command"] == ["archc", "train", "small.yaml"]
    assert (facts["data"]["train"], facts["data"]["validation"], facts["data"]["test"]) == (120, 30, 40)
    assert len(facts["data"]["sha256"]) == 64


def test_the_digest_of_weights_is_that_of_their_values_however_they_lie_in_memory(run):
    tensors = weights.parse((run.directory / "last.safetensors").read_bytes(), "last")
    assert weights.digest(tensors) == run.result["weights_sha256"]
    turned = {name: value.t().contiguous().t() if value.dim() == 2 else value for name, value in tensors.items()}
    assert weights.digest(dict(reversed(turned.items()))) == run.result["weights_sha256"]
    tensors["1.bias"][0] += 1
    assert weights.digest(tensors) != run.result["weights_sha256"]


def test_a_run_goes_into_runs_under_the_name_and_the_time(spec):
    first, second = start(spec()), start(spec())
    assert first.directory.parent == second.directory.parent == Path("runs/small")
    assert first.directory != second.directory


def test_a_directory_that_holds_something_is_refused_before_training(spec):
    Path("run").mkdir()
    Path("run/mine").touch()
    with pytest.raises(RunError) as error:
        start(spec(), directory="run")
    assert faults(error) == ["run-exists"]
    assert [path.name for path in Path("run").iterdir()] == ["mine"]


def test_an_empty_directory_is_used(spec):
    Path("run").mkdir()
    assert start(spec(), directory="run").directory == Path("run")


@pytest.mark.parametrize("place", ["file", "file/run"])
def test_a_directory_that_cannot_be_made_is_a_fault(spec, place):
    Path("file").touch()
    with pytest.raises(RunError) as error:
        start(spec(), directory=place)
    assert faults(error) == ["cannot-write"]
    assert "file" in message(error)


def test_a_disk_that_is_full_at_the_end_is_a_fault(spec, monkeypatch):
    create = disk.create

    def full(path):
        if "last.safetensors" in path.name:
            raise OSError(28, "No space left on device", str(path))
        return create(path)

    monkeypatch.setattr(disk, "create", full)
    with pytest.raises(RunError) as error:
        start(spec(), directory="run")
    assert faults(error) == ["cannot-write"]
    assert "No space left on device" in message(error)
    assert not Path("run/result.json").exists()


def test_a_directory_that_was_about_to_be_a_run_can_be_used_and_one_with_anything_else_cannot(spec):
    Path("run/checkpoints").mkdir(parents=True)
    Path("run/metrics.jsonl").write_text("")
    Path("run/.new-spec.yaml").write_text("arc")
    Path("run/environment.json").write_text('{"versions": {}}')
    assert start(spec(), directory="run").result["steps"] == 24
    assert not Path("run/.new-spec.yaml").exists()
    for name, text in (
        ("metrics.jsonl", "{}\n"),
        ("environment.json", "{"),
        ("environment.json", "{}"),
        ("x", ""),
        (".git", ""),
    ):
        folder = Path(f"mine-{name}-{len(text)}")
        (folder / "checkpoints").mkdir(parents=True)
        (folder / name).write_text(text)
        with pytest.raises(RunError) as error:
            start(spec(), directory=str(folder))
        assert faults(error) == ["run-exists"]
        assert (folder / name).read_text() == text


def test_a_spec_with_errors_is_not_trained(spec):
    with pytest.raises(SpecError):
        start(spec({"layers": layers(last=[{"Linear": 5}])}))


def test_a_spec_without_a_train_section_is_a_fault(spec):
    Path("bare.yaml").write_text(SPEC[: SPEC.index("train:")])
    with pytest.raises(RunError) as error:
        start(read_file("bare.yaml"))
    assert faults(error) == ["no-train-section"]


# Reading a run back


def test_an_opened_run_gives_the_best_weights(run):
    opened = Run.open("run")
    assert opened.result == run.result
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(opened.model()(x), run.model()(x))
    assert not opened.model().training


def remove(name):
    return lambda run: (run / name).unlink()


def write(name, data):
    return lambda run: (run / name).write_bytes(data)


UNREADABLE = {
    "no such directory": (lambda run: [path.rename(path.with_name("gone")) for path in [run]], "not-a-run"),
    "no spec": (remove("spec.yaml"), "not-a-run"),
    "no result": (remove("result.json"), "not-a-run"),
    "no weights": (remove("best.safetensors"), "not-a-run"),
    "a torn result": (write("result.json", b'{"epochs"'), "file-corrupt"),
    "another result": (write("result.json", b"[]"), "file-corrupt"),
    "torn weights": (write("best.safetensors", b"\x08\0\0\0\0\0\0\0{}"), "file-corrupt"),
    "a pickle": (write("best.safetensors", b"\x80\x04\x95" + bytes(50)), "file-corrupt"),
    "empty weights": (write("best.safetensors", b""), "file-corrupt"),
}


@pytest.mark.parametrize(("spoil", "slug"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_damaged_run_is_a_fault(run, spoil, slug):
    spoil(run.directory)
    with pytest.raises(RunError) as error:
        Run.open("run")
    assert faults(error) == [slug]


def test_weights_of_another_network_are_refused(run):
    text = Path("run/spec.yaml").read_text()
    Path("run/spec.yaml").write_text(text.replace("  - ReLU\n", "").replace("Linear: 16", "Linear: 12"))
    with pytest.raises(RunError) as error:
        Run.open("run")
    assert faults(error) == ["weights-do-not-fit"]


def test_a_run_with_a_broken_spec_says_what_is_wrong_with_it(run):
    Path("run/spec.yaml").write_text("archc: 1\ninput: [1\n")
    with pytest.raises(SpecError) as error:
        Run.open("run")
    assert error.value.report.file == "run/spec.yaml"


# Evaluation


def test_evaluating_the_test_split_gives_the_figures_of_the_result(run):
    figures = evaluate(Run.open("run"), "test")
    assert figures["loss"] == run.result["test"]["loss"]
    assert figures["accuracy"] == run.result["test"]["accuracy"]
    confusion = torch.tensor(figures["confusion"])
    assert confusion.shape == (10, 10)
    assert int(confusion.sum()) == figures["samples"] == 40
    assert figures["accuracy"] == int(confusion.diagonal().sum()) / 40
    assert run.result["test"]["confusion"] == figures["confusion"]
    assert run.result["test"]["per_class"] == figures["per_class"]
    for number, (name, row) in enumerate(figures["per_class"].items()):
        assert name == str(number)
        assert row["samples"] == confusion[number].sum()
        assert row["recall"] == pytest.approx(confusion[number, number] / confusion[number].sum())


def test_evaluating_the_validation_split_gives_the_best_figures(run):
    figures = evaluate(run, "validation")
    assert (figures["loss"], figures["samples"]) == (pytest.approx(run.result["best"]["val_loss"]), 30)
    assert evaluate(run, "train")["samples"] == 120


def test_a_run_without_validation_samples_cannot_evaluate_them(spec):
    run = start(spec({"train.data.validation": None, "train.epochs": 1}), directory="run")
    with pytest.raises(RunError) as error:
        evaluate(run, "validation")
    assert faults(error) == ["no-validation-samples"]


def test_a_class_without_samples_has_no_accuracy(spec):
    from tests.support.trainings import write_data

    write_data(Path("data"), test=3)
    figures = evaluate(start(spec({"train.epochs": 1}), directory="run"))
    assert None in [row["recall"] for row in figures["per_class"].values()]


# Capacity


def check(network, **options):
    report = Report()
    capacity.check_capacity(network, report, **options)
    return [diagnostic.slug for diagnostic in report]


def test_a_network_is_refused_above_max_params_and_not_at_it(spec):
    network = spec().network
    assert check(network, max_params=network.params) == []
    assert check(network, max_params=network.params - 1) == ["too-many-parameters"]


def test_a_network_is_refused_when_it_needs_more_memory_than_is_free(spec):
    network = spec().network
    assert check(network, available=network.weight_bytes) == []
    assert check(network, available=network.weight_bytes - 1) == ["too-many-parameters"]
    assert check(network, training=True, available=network.training_bytes) == []
    assert check(network, training=True, available=network.training_bytes - 1) == ["too-many-parameters"]


def test_a_system_that_does_not_tell_its_free_memory_sets_no_limit(spec, monkeypatch, tmp_path):
    monkeypatch.setattr(capacity, "MEMINFO", tmp_path / "none")
    assert capacity.available_bytes() is None
    assert check(spec().network) == []
    (tmp_path / "none").write_text("MemTotal: 5 kB\nMemAvailable:       3 kB\n")
    assert capacity.available_bytes() == 3072


def test_a_network_that_no_machine_holds_is_refused_before_anything_is_written(spec):
    with pytest.raises(RunError) as error:
        start(spec({"layers": layers(first=["Flatten", {"Linear": 2_000_000_000}])}), directory="run")
    assert faults(error) == ["too-many-parameters"]
    assert not Path("run").exists()
