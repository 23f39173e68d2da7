"""What people call a run: its directory, `runs/NAME`, or a spec, whose newest run is meant."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import archc
from archc.errors import RunError, SpecError
from archc.runs.run import Run, resume, start
from archc.training.progress import AlreadyFinished
from tests.support.trainings import faults, interrupted, message

OLD, NEW = "runs/small/20260101-000000", "runs/small/20260101-000000-2"


@pytest.fixture
def front(spec):
    return spec({"train.epochs": 1})


@pytest.fixture
def two(front):
    """Two finished runs in the default place, and one that is newer and not finished."""
    start(front, directory=OLD)
    shutil.copytree(OLD, NEW)
    begun = Path("runs/small/20260102-000000")
    shutil.copytree(OLD, begun)
    (begun / "result.json").unlink()


@pytest.mark.parametrize("place", ["runs/small", "small.yaml", NEW, f"{NEW}/spec.yaml", Path("runs/small")])
def test_a_run_is_found_by_its_directory_its_network_or_its_spec(two, place):
    assert Run.open(place).directory == Path(NEW)
    assert archc.open(place).directory == Path(NEW)


def test_a_spec_with_an_error_still_names_its_runs(two):
    text = Path("small.yaml").read_text()
    Path("small.yaml").write_text(text.replace("epochs: 1", "epochs: none"))
    assert Run.open("small.yaml").directory == Path(NEW)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("nowhere", "there is no such directory"),
        ("data", "there is no run in it"),
        ("runs/small", "none of its runs is finished"),
        ("small.yaml", "none of its runs is finished"),
    ],
)
def test_where_no_finished_run_is_that_is_said(front, every_step, place, said):
    interrupted(front, 2, directory=OLD)
    with pytest.raises(RunError) as error:
        Run.open(place)
    assert faults(error) == ["not-a-run"]
    assert said in message(error)
    if "finished" in said:
        assert f"archc train --resume {OLD}" in error.value.report.errors[0].helps[0]


def test_a_spec_that_was_not_trained_is_to_be_trained_first(front):
    with pytest.raises(RunError) as error:
        Run.open("small.yaml")
    assert faults(error) == ["not-a-run"]
    assert "`archc train small.yaml`" in message(error)


def test_a_file_that_is_no_spec_is_said_to_be_none():
    Path("x.yaml").write_text("[1, 2]")
    with pytest.raises(SpecError):
        Run.open("x.yaml")


def test_the_newest_run_is_gone_on_with(front, every_step):
    interrupted(front, 2, directory=OLD)
    interrupted(front, 3, directory=NEW)
    assert resume("runs/small").directory == Path(NEW)
    assert resume("small.yaml").directory == Path(NEW)


def test_a_finished_run_that_is_to_be_gone_on_with_is_told_to_be_finished(front):
    run = start(front, directory="run")
    events = []
    assert resume("run", observer=events.append).result == run.result
    assert events == [AlreadyFinished(Path("run"), run.result)]


def test_a_run_predicts_from_arrays_as_from_files(front):
    run = start(front, directory="run")
    images = np.random.default_rng(0).integers(0, 255, (3, 28, 28), dtype=np.uint8)
    np.save("images.npy", images)
    expected = run.predict("images.npy")
    assert run.predict(["images.npy"]) == run.predict([Path("images.npy")]) == expected
    for x in (images, images[:, None].astype(np.float32), torch.from_numpy(images), images.reshape(3, 784).tolist()):
        found = run.predict(x)
        assert [item.outputs for item in found] == [item.outputs for item in expected]
        assert {item.file for item in found} == {"<array>"}
    assert [item.label for item in run.predict(images[0])] == [expected[0].label]


@pytest.mark.parametrize("x", [np.zeros((2, 5)), np.array(["a"]), np.zeros((0, 28, 28)), 3.0])
def test_an_array_without_such_samples_is_a_fault(front, x):
    run = start(front, directory="run")
    with pytest.raises(RunError) as error:
        run.predict(x)
    assert faults(error) == ["sample-does-not-fit"]
