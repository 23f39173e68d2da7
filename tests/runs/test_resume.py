"""Interrupts, checkpoints and resuming: a training that was stopped ends as if it never was."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from archc.diagnostics.levels import Levels, Setting
from archc.errors import Interrupted, RunError
from archc.files import disk, durable, lock
from archc.front import read_file
from archc.machine import interrupts
from archc.runs import checkpoint
from archc.runs.passed import passing
from archc.runs.run import resume, start
from archc.training.figures import Tally
from archc.training.progress import EpochEnded, Started
from archc.training.state import Best, State
from tests.support.trainings import Recorder, faults, interrupt_at, interrupted, layers, message, write_data


def metrics(directory):
    lines = [json.loads(line) for line in Path(directory, "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in lines]


def result(run):
    return {key: value for key, value in run.result.items() if key not in ("seconds", "samples_per_second")}


@pytest.mark.parametrize("step", [1, 5, 11, 23])
@pytest.mark.parametrize("evaluate", ["every: 1 epoch", "every: 3 steps, on: [validation, test]", "on: test"])
def test_a_resumed_run_ends_with_the_same_bytes_as_an_uninterrupted_one(spec, every_step, step, evaluate):
    front = spec({"train.evaluate": f"{{{evaluate}}}"})
    whole = start(front, directory="whole")
    resumed = resume(interrupted(front, step))
    assert result(resumed) == result(whole)
    assert metrics("stopped") == metrics("whole")
    for name in ("last.safetensors", "best.safetensors"):
        assert Path("stopped", name).read_bytes() == Path("whole", name).read_bytes()


@pytest.mark.parametrize(
    "optimizer", ["{SGD: {lr: 0.1, momentum: 0.9}}", "{RMSprop: {lr: 1e-3, momentum: 0.5}}", "Adagrad"]
)
def test_every_kind_of_optimizer_state_is_resumed(spec, every_step, optimizer):
    front = spec({"train.optimizer": optimizer})
    whole = start(front, directory="whole")
    assert result(resume(interrupted(front, 11))) == result(whole)


def test_a_convolutional_network_in_the_channels_last_layout_is_resumed(spec, every_step):
    convolutions = [{"Conv2d": {"out_channels": 4, "kernel_size": 5, "stride": 4}}]
    convolutions += [{"Conv2d": {"out_channels": 4, "kernel_size": 3}}]
    front = spec({"layers": layers(first=[*convolutions, "Dropout2d", "Flatten"])})
    whole = start(front, directory="whole")
    assert result(resume(interrupted(front, 11))) == result(whole)


def test_a_run_can_be_interrupted_and_resumed_again_and_again(spec, every_step):
    whole = start(spec(), directory="whole")
    interrupted(spec(), 3)
    for step in (4, 9, 20):
        with pytest.raises(Interrupted):
            resume("stopped", observer=Recorder(interrupt_at(step)))
    assert result(resume("stopped")) == result(whole)
    assert metrics("stopped") == metrics("whole")


def test_an_interrupt_at_the_end_of_an_epoch_needs_no_second_checkpoint(spec):
    def at_epoch(event):
        if isinstance(event, EpochEnded):
            os.kill(os.getpid(), signal.SIGTERM)

    whole = start(spec(), directory="whole")
    with pytest.raises(Interrupted) as stopped:
        start(spec(), directory="stopped", observer=at_epoch)
    assert (stopped.value.step, stopped.value.signum) == (8, signal.SIGTERM)
    assert result(resume("stopped")) == result(whole)


def test_an_interrupt_at_the_very_end_leaves_only_the_test_to_do(spec):
    def at_the_end(event):
        if isinstance(event, EpochEnded) and event.epoch == 3:
            os.kill(os.getpid(), signal.SIGINT)

    whole = start(spec(), directory="whole")
    with pytest.raises(Interrupted):
        start(spec(), directory="stopped", observer=at_the_end)
    assert not Path("stopped/result.json").exists()
    assert result(resume("stopped")) == result(whole)


def test_a_spec_resumes_its_newest_run(spec, every_step):
    front = spec()
    first = interrupted(front, 5, directory=str(Path("runs/small/20260101-000000")))
    second = interrupted(front, 6, directory=str(Path("runs/small/20260101-000000-2")))
    assert resume(front).directory == Path(second)
    assert not Path(first, "result.json").exists()


def test_a_finished_run_is_resumed_by_doing_nothing(spec):
    run = start(spec(), directory="run")
    assert resume("run").result == run.result


def test_a_spec_without_a_run_has_nothing_to_resume(spec):
    with pytest.raises(RunError) as error:
        resume(spec())
    assert faults(error) == ["nothing-to-resume"]


def test_another_spec_cannot_resume_a_run(spec, every_step):
    interrupted(spec(), 5, directory="runs/small/20260101-000000")
    with pytest.raises(RunError) as error:
        resume(spec({"layers": ["Flatten", {"Linear": 17}, *layers()[2:]]}))
    assert "another network" in message(error)
    with pytest.raises(RunError) as error:
        resume(read_file("small.yaml", ["layers[1].Linear=16", "train.epochs=4"]))
    assert "another `train` section" in message(error)


def test_other_data_cannot_resume_a_run(spec, every_step):
    interrupted(spec(), 5)
    write_data(Path("data"), train=160)
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["resume-differs"]


def test_the_spec_file_and_its_folder_are_not_needed_to_resume(spec, every_step, tmp_path, monkeypatch):
    front = spec()
    whole = start(front, directory="whole")
    interrupted(front, 5)
    Path("small.yaml").unlink()
    monkeypatch.chdir(tmp_path)
    assert result(resume("work/stopped")) == result(whole)


def test_each_resuming_is_noted_in_environment_json(spec, every_step):
    interrupted(spec(), 5)
    resume("stopped", command=["archc", "train", "--resume", "stopped"])
    facts = json.loads(Path("stopped/environment.json").read_text())
    assert facts["command"] is None
    assert [again["command"] for again in facts["resumed"]] == [["archc", "train", "--resume", "stopped"]]


# Checkpoints


def test_as_many_checkpoints_are_kept_as_the_spec_says_and_each_is_whole(spec):
    start(spec({"train.checkpoint": "{keep: 2}"}), directory="run")
    folder = Path("run/checkpoints")
    assert sorted(path.name for path in folder.iterdir()) == ["step-00000016", "step-00000024"]
    for path in folder.iterdir():
        assert set(durable.read_directory(path)) == {
            "weights.safetensors",
            "optimizer.safetensors",
            "generators.safetensors",
            "best.safetensors",
            "average.safetensors",
            "state.json",
        }


def spoil(kind, path):
    weights = path / "weights.safetensors"
    if kind == "a missing file":
        weights.unlink()
    elif kind == "a missing manifest":
        (path / "manifest.json").unlink()
    elif kind == "a truncated file":
        weights.write_bytes(weights.read_bytes()[:-1])
    elif kind == "a flipped bit":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
    else:
        (path / "manifest.json").write_text('{"files": [')


SPOILT = {
    "a missing file": "weights.safetensors: No such file or directory",
    "a missing manifest": "manifest.json: No such file or directory",
    "a truncated file": "weights.safetensors is damaged: its size is not the one in manifest.json",
    "a flipped bit": "weights.safetensors is damaged: its digest is not the one in manifest.json",
    "a torn manifest": "manifest.json is damaged",
}


@pytest.mark.parametrize(("kind", "reason"), SPOILT.items(), ids=SPOILT)
def test_a_damaged_checkpoint_is_skipped_with_the_reason_and_the_end_is_the_same(spec, every_step, kind, reason):
    whole = start(spec(), directory="whole")
    interrupted(spec(), 19)
    spoil(kind, Path("stopped/checkpoints/step-00000019"))
    watcher = Recorder()
    assert result(resume("stopped", observer=watcher)) == result(whole)
    assert metrics("stopped") == metrics("whole")
    begun = watcher.events[0]
    assert isinstance(begun, Started)
    assert (begun.checkpoint, begun.step) == ("step-00000016", 16)
    assert [fault.message() for fault in watcher.warnings] == [f"`step-00000019` is skipped: {reason}"]


def levels(level, code):
    return Levels([Setting(level, code)])


def test_a_lint_of_a_training_is_an_error_where_it_is_denied(spec, every_step):
    interrupted(spec(), 19)
    spoil("a missing file", Path("stopped/checkpoints/step-00000019"))
    with pytest.raises(RunError) as error:
        resume("stopped", levels=levels("deny", "W650"))
    assert faults(error) == ["checkpoint-skipped"]
    assert not error.value.report.ok


@pytest.mark.parametrize(("level", "code", "told"), [("allow", "W650", 0), ("deny", "all", 1), ("allow", "all", 1)])
def test_a_lint_of_a_training_is_allowed_by_its_own_name_and_all_does_not_mean_it(spec, every_step, level, code, told):
    interrupted(spec(), 19)
    spoil("a missing file", Path("stopped/checkpoints/step-00000019"))
    watcher = Recorder()
    resume("stopped", observer=watcher, levels=levels(level, code))
    assert len(watcher.warnings) == told


@pytest.mark.parametrize(("level", "told"), [("warn", True), ("allow", False)])
def test_a_disk_that_refuses_ends_a_training_only_where_its_lint_is_denied(spec, monkeypatch, level, told):
    def refuse(snapshot, folder, keep):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))

    monkeypatch.setattr(checkpoint, "save", refuse)
    watcher = Recorder()
    start(spec(), directory="run", observer=watcher, levels=levels(level, "W651"))
    assert {fault.slug for fault in watcher.warnings} == ({"checkpoint-not-written"} if told else set())
    with pytest.raises(RunError) as error:
        start(spec(), directory="denied", levels=levels("deny", "W651"))
    assert faults(error) == ["cannot-write"]


def test_a_lint_that_only_the_data_can_tell_comes_up_when_it_is_found(spec):
    arrays = np.zeros((150, 1, 28, 28)), np.arange(150) % 10
    overrides, samples = passing(arrays, spec())
    front = spec({"train.batch_size": 128}, overrides=overrides)
    assert front.report.ok
    watcher = Recorder()
    start(front, directory="run", observer=watcher, passed=samples)
    assert [fault.slug for fault in watcher.warnings] == ["batch-larger-than-data"]
    with pytest.raises(RunError) as error:
        start(front, directory="denied", levels=levels("deny", "all"), passed=samples)
    assert faults(error) == ["batch-larger-than-data"]


def test_when_no_checkpoint_is_whole_each_is_named(spec, every_step):
    interrupted(spec(), 11)
    for path in Path("stopped/checkpoints").iterdir():
        spoil("a flipped bit", path)
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["nothing-to-resume"]
    assert "`step-00000011` is skipped" in message(error)
    assert "`step-00000008` is skipped" in message(error)


def test_a_checkpoint_of_another_network_is_refused_and_the_layer_named(spec, every_step):
    interrupted(spec(), 11)
    text = Path("stopped/spec.yaml").read_text()
    Path("stopped/spec.yaml").write_text(text.replace("Linear: 16", "Linear: 20"))
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["weights-do-not-fit"]
    assert "`1.weight` is [16, 784] in the file, and [20, 784] in the network" in message(error)


def test_what_an_interrupted_write_left_is_removed(spec, every_step):
    interrupted(spec(), 11)
    left = Path("stopped/checkpoints/.new-step-00000099")
    shutil.copytree("stopped/checkpoints/step-00000011", left)
    torn = Path("stopped/metrics.jsonl")
    torn.write_text(torn.read_text() + '{"event": "epo')
    resume("stopped")
    assert not left.exists()
    assert [line["step"] for line in metrics("stopped")] == [8, 16, 24]


def test_a_state_comes_back_from_json_as_it_was():
    best = Best(2, 16, {"val_loss": 1 / 3, "val_accuracy": 0.9})
    state = State(
        3, 17, 1, Tally(0.1 + 0.2, (5.0,), 16, 1), best, 272, 1e-9, 0.1, 2.0, since_evaluation=Tally(0.7, (9.0,), 32, 2)
    )
    assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
    assert State.from_json(State().to_json()) == State()


def test_a_state_of_version_1_is_read():
    data = State(3, 17, 1, Tally(0.5, (5.0,), 16, 1)).to_json() | {"version": 1}
    data["tally"] = {"loss": "0x1.0p-1", "correct": 5, "samples": 16, "steps": 1}
    data["best"] = {"epoch": 2, "step": 16, "val_loss": "0x1.0p-2", "val_accuracy": None, "metrics": {"val_f1": 1}}
    state = State.from_json(data)
    assert state.tally == Tally(0.5, (5.0,), 16, 1)
    assert state.best == Best(2, 16, {"val_loss": 0.25, "val_accuracy": None, "val_f1": 1})
    with pytest.raises(ValueError, match="version 4"):
        State.from_json(data | {"version": 4})


def test_a_state_of_version_2_is_read_and_its_losses_since_the_last_evaluation_begin_there():
    state = State(3, 17, 1, Tally(0.5, (5.0,), 16, 1))
    data = state.to_json() | {"version": 2}
    del data["since_evaluation"]
    assert State.from_json(data) == state


def test_the_newest_of_no_checkpoints_is_none(tmp_path):
    assert checkpoint.newest(tmp_path / "none") == (None, None, ())


# Durable files


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "file"
    durable.write_file(path, b"old")
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        durable.write_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_directory_is_committed_by_its_last_operation(tmp_path, monkeypatch):
    def fail(*args):
        raise OSError("power")

    monkeypatch.setattr(disk, "rename", fail)
    with pytest.raises(OSError, match="power"):
        durable.commit_directory(tmp_path / "step-00000001", [("a", b"1")])
    assert checkpoint.newest(tmp_path).path is None


# One writer


def test_a_run_that_is_being_written_is_refused_and_the_holder_named(spec, every_step):
    interrupted(spec(), 5)
    with lock.hold(Path("stopped")), pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["run-in-use"]
    assert f"process {os.getpid()}" in message(error)
    resume("stopped")


# Signals


def test_handlers_are_put_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with interrupts.watched() as signals:
        assert signal.getsignal(signal.SIGINT) not in before
        os.kill(os.getpid(), signal.SIGINT)
        assert signals.signum == signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_another_thread_than_the_main_one_trains_without_handlers(spec):
    runs = []
    thread = threading.Thread(target=lambda: runs.append(start(spec(), directory="run")))
    thread.start()
    thread.join()
    assert runs[0].result["steps"] == 24


CHILD = """
import sys, torch
torch.set_num_threads(1)
from archc.front import read_file
from archc.errors import Interrupted
from archc.training.progress import StepProgress
from archc.runs.run import start
import archc.training.engine
archc.training.engine.PROGRESS_SECONDS = 0.0
def watcher(event):
    if isinstance(event, StepProgress):
        print(event.step, flush=True)
try:
    start(read_file("small.yaml"), directory="run", observer=watcher)
except Interrupted as error:
    print("interrupted", error.step, flush=True)
    sys.exit(75)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_from_outside_finishes_the_step_saves_and_can_be_resumed(spec, number):
    front = spec({"train.epochs": 100000})
    assert front.report.ok
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if line.strip() == "12":
                child.send_signal(number)
            if line.startswith("interrupted"):
                break
    assert child.returncode == 75
    step = int(line.split()[1])
    assert step >= 12
    assert Path(f"run/checkpoints/step-{step:08d}/manifest.json").is_file()


@pytest.mark.slow
def test_a_killed_run_goes_on_from_its_last_epoch(spec):
    whole = start(spec({"train.epochs": 30}), directory="whole")
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            if line.strip() == "77":
                child.kill()
    assert child.returncode == -signal.SIGKILL
    assert result(resume("run")) == result(whole)
    assert metrics("run") == metrics("whole")
