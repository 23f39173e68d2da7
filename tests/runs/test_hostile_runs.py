"""A run's directory that somebody else has made: nothing outside is touched, and each odd file is a diagnostic."""

import json
import os
import shutil
from pathlib import Path

import pytest

from archc.cli import main
from archc.errors import Interrupted, RunError
from archc.files import durable
from archc.runs.run import Run, resume, start
from tests.support.trainings import Recorder, faults, interrupt_at

DEEP = b"[" * 100_000


@pytest.fixture
def stopped(spec, every_step):
    """A run that can be resumed."""
    with pytest.raises(Interrupted):
        start(spec({"train.epochs": 2}), directory="stopped", observer=Recorder(interrupt_at(11)))
    return Path("stopped")


@pytest.fixture
def finished(spec):
    return start(spec({"train.epochs": 1}), directory="finished").directory


@pytest.mark.parametrize(
    "name", [".lock", "metrics.jsonl", "environment.json", "spec.yaml", "result.json", "checkpoints", "tensorboard"]
)
def test_a_link_in_a_run_leads_nowhere(stopped, tmp_path, name):
    outside = tmp_path / "outside"
    place = stopped / name
    if place.exists():
        shutil.move(place, outside)
    elif name == "tensorboard":
        outside.mkdir()
    else:
        outside.write_text("precious")
    before = sorted(path.stat().st_mtime_ns for path in [outside, *outside.glob("**/*")])
    place.symlink_to(outside)
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["run-not-plain"]
    assert sorted(path.stat().st_mtime_ns for path in [outside, *outside.glob("**/*")]) == before


def test_a_lock_that_became_a_link_is_not_followed(stopped, tmp_path):
    """Between the look at it and its opening, too."""
    from archc.files import lock

    (tmp_path / "outside").write_text("precious")
    (stopped / ".lock").unlink(missing_ok=True)
    (stopped / ".lock").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="symbolic links"), lock.hold(stopped):
        pass
    assert (tmp_path / "outside").read_text() == "precious"


@pytest.mark.parametrize("name", ["environment.json", "metrics.jsonl", "spec.yaml"])
def test_a_pipe_in_the_place_of_a_file_is_waited_for_by_nobody(stopped, name):
    (stopped / name).unlink()
    os.mkfifo(stopped / name)
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["run-not-plain"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("result.json", DEEP),
        ("result.json", b"{}"),
        ("result.json", b"[1]"),
        ("result.json", b'{"version": 1, "epochs": "3"}'),
        ("result.json", b"\xff"),
        ("result.json", b'{"version": 2}'),
    ],
)
def test_a_result_that_is_none_is_a_diagnostic_that_names_it(finished, capsys, name, content):
    (finished / name).write_bytes(content)
    with pytest.raises(RunError) as error:
        Run.open(finished)
    assert faults(error) == ["file-corrupt"]
    assert main(["eval", str(finished)]) == 1
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("content", [DEEP, b"{}", b'{"version": 1, "data": 3}', b'{"data": {"sha256": null}}'])
def test_an_environment_that_is_none_is_a_diagnostic_that_names_it(stopped, content):
    (stopped / "environment.json").write_bytes(content)
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["file-corrupt"]


def test_lines_that_are_none_are_left_out_of_the_history(finished):
    whole = Run.open(finished).history
    with (finished / "metrics.jsonl").open("ab") as file:
        file.write(DEEP + b'\n{"event": "epoch"}\nnull\n{"event": "epoch", "ep')
    assert Run.open(finished).history == whole
    assert [(line["event"], line["epoch"]) for line in whole] == [("epoch", 1)]
    assert whole[0]["val_loss"] > 0


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": None},
        {"epoch": -1},
        {"step_in_epoch": None},
        {"step_in_epoch": 10**30},
        {"step_in_epoch": 1000},
        {"samples": 1.5},
        {"seconds": None},
        {"seconds": "0x1p99999"},
        {"seconds": "inf"},
        {"seconds": "-0x1p0"},
        {"tally": None},
        {"tally": {"loss": "nan", "sums": ["x"], "samples": 1, "steps": 1}},
        {"best": {"epoch": None, "step": 1, "figures": {}}},
        {"best": {"epoch": 1, "step": 1, "figures": {"val_loss": []}}},
        {"stopped": 1},
        {"control": []},
        {"control": {}},
        {"version": 99},
    ],
    ids=str,
)
def test_a_place_that_no_training_can_be_at_is_not_gone_on_from(stopped, change):
    """Also where its manifest was signed again."""
    (checkpoint,) = (stopped / "checkpoints").glob("step-00000011")
    files = durable.read_directory(checkpoint)
    files["state.json"] = json.dumps(json.loads(files["state.json"]) | change).encode()
    durable.commit_directory(checkpoint, files.items())
    outcome = outcome_of_resuming()
    assert outcome in (["resume-differs"], ["nothing-to-resume"], 16)


def outcome_of_resuming():
    """The steps that the run came to, or why it did not go on. Earlier checkpoints are gone on from."""
    try:
        return resume("stopped").result["steps"]
    except RunError as error:
        return [diagnostic.slug for diagnostic in error.report]
