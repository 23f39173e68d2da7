"""What is wrong with a checkpoint is found before any of it is used, whatever it is, and said."""

import json
import os
import random
import shutil
from pathlib import Path

import pytest

from archc.errors import Interrupted, RunError
from archc.files import durable
from archc.runs import checkpoint, environment
from archc.runs.run import resume, start
from tests.runs.test_resume import interrupted, metrics, result
from tests.support.fragile import DEEP
from tests.support.trainings import Recorder, faults, interrupt_at, message

FILES = [("weights", bytes(range(200))), ("state", b'{"step": 1}'), ("empty", b"")]


@pytest.fixture
def committed(tmp_path):
    """A committed directory, and a function that says what is read from it: its files, or None where it is refused."""
    path = tmp_path / "step-00000001"
    durable.commit_directory(path, FILES)

    def read():
        try:
            return durable.read_directory(path)
        except durable.BadManifest:
            return None

    assert read() == dict(FILES)
    return path, read


def test_every_flipped_bit_is_found_or_changes_nothing(committed):
    path, read = committed
    for file in path.iterdir():
        data = file.read_bytes()
        for position in range(0, 8 * len(data), 1 if DEEP else 7):
            flipped = bytearray(data)
            flipped[position // 8] ^= 1 << position % 8
            file.write_bytes(flipped)
            # A space of the manifest may become another, and that is all.
            assert read() is None or (file.name == "manifest.json" and read() == dict(FILES)), (file.name, position)
        file.write_bytes(data)


def test_every_truncation_is_found(committed):
    path, read = committed
    for file in path.iterdir():
        data = file.read_bytes()
        # Without its last line end, a manifest says the same.
        for size in range(len(data) - (file.name == "manifest.json")):
            file.write_bytes(data[:size])
            assert read() is None, (file.name, size)
        file.write_bytes(data)


def rewrite(path, change):
    """Change what a manifest says, in a checkpoint that is otherwise whole."""
    manifest = path / "manifest.json"
    content = json.loads(manifest.read_text())
    change(content)
    manifest.write_text(json.dumps(content))


def swap(path, one, other):
    (path / one).rename(path / "third")
    (path / other).rename(path / one)
    (path / "third").rename(path / other)


def link(path):
    target = path.parent / "elsewhere"
    path.rename(target)
    path.symlink_to(target)


def fifo(path):
    path.unlink()
    os.mkfifo(path)


W, S, M = "weights.safetensors", "state.json", "manifest.json"
SPOILT = {
    "an extra file": (lambda path: (path / "more").write_text(""), "more is not in manifest.json"),
    "two files swapped": (lambda path: swap(path, "best.safetensors", W), "weights.safetensors is damaged: its digest"),
    "files of other sizes swapped": (lambda path: swap(path, S, W), "weights.safetensors is damaged: its size"),
    "a file of an older checkpoint": (
        lambda path: shutil.copy(path.parent / "step-00000016" / W, path / W),
        "weights.safetensors is damaged: its digest",
    ),
    "an older checkpoint under a newer name": (
        lambda path: (shutil.rmtree(path), shutil.copytree(path.parent / "step-00000016", path)),
        "it is the checkpoint of step 16, under another name",
    ),
    "a symbolic link to a file": (lambda path: link(path / W), "elsewhere is not in manifest.json"),
    "a symbolic link out of it": (
        lambda path: (shutil.move(path / W, path.parent / "w"), (path / W).symlink_to(path.parent / "w")),
        "weights.safetensors is a symbolic link",
    ),
    "a symbolic link to it": (link, "it is a symbolic link"),
    "a pipe that nobody writes to": (lambda path: fifo(path / W), "weights.safetensors is no regular file"),
    "a directory for a file": (lambda path: ((path / W).unlink(), (path / W).mkdir()), "is no regular file"),
    "an unreadable manifest": (lambda path: (path / M).write_bytes(b"\xff\x00"), "manifest.json is damaged"),
    "a manifest without end": (lambda path: (path / M).write_text("[" * 100_000), "manifest.json is damaged"),
    "a manifest that is too large": (lambda path: (path / M).write_text(" " * 2**21), "manifest.json is damaged"),
    "a manifest of a list": (lambda path: (path / M).write_text("[]"), "manifest.json is damaged"),
    "a manifest of another version": (
        lambda path: rewrite(path, lambda content: content.update(version=2)),
        "manifest.json is damaged",
    ),
    "a manifest that says less": (
        lambda path: rewrite(path, lambda content: content["files"][W].update(size=1)),
        "weights.safetensors is damaged: its size",
    ),
    "a manifest that says more": (
        lambda path: rewrite(path, lambda content: content["files"][W].update(size=10**18)),
        "weights.safetensors is damaged: its size",
    ),
    "a manifest with words for sizes": (
        lambda path: rewrite(path, lambda content: content["files"][W].update(size="large")),
        "weights.safetensors is damaged: its size",
    ),
    "a manifest that names a file outside": (
        lambda path: rewrite(
            path, lambda content: content["files"].update({"../../spec.yaml": {"size": 1, "sha256": ""}})
        ),
        "manifest.json is damaged",
    ),
    "a manifest that leaves a file out": (
        lambda path: rewrite(path, lambda content: content["files"].pop(W)),
        "weights.safetensors is not in manifest.json",
    ),
    "a file that its manifest does not know either": (
        lambda path: (rewrite(path, lambda content: content["files"].pop(W)), (path / W).unlink()),
        "it is not a checkpoint of this version ('weights.safetensors')",
    ),
    "nothing in it": (lambda path: (shutil.rmtree(path), path.mkdir()), "manifest.json: No such file or directory"),
    "a file in its place": (lambda path: (shutil.rmtree(path), path.write_text("")), "manifest.json: Not a directory"),
}


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Nothing waits for a real disk."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.mark.parametrize(("spoil", "reason"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_checkpoint_is_named_and_the_one_before_it_taken(spec, every_step, spoil, reason):
    interrupted(spec(), 19)
    newest = Path("stopped/checkpoints/step-00000019")
    spoil(newest)
    found = checkpoint.newest(newest.parent)
    assert found.path == Path("stopped/checkpoints/step-00000016")
    (skipped,) = found.skipped
    assert skipped.directory == newest.name
    assert reason in skipped.reason


def test_a_run_with_a_spoilt_checkpoint_ends_the_same_and_leaves_whole_ones(spec, every_step):
    whole = start(spec(), directory="whole")
    for index, (spoil, _) in enumerate(random.Random(1).sample(sorted(SPOILT.values(), key=lambda pair: pair[1]), 6)):
        directory = interrupted(spec(), 19, f"stopped-{index}")
        spoil(Path(directory, "checkpoints/step-00000019"))
        watcher = Recorder()
        assert result(resume(directory, observer=watcher)) == result(whole)
        assert metrics(directory) == metrics("whole")
        assert [fault.slug for fault in watcher.warnings] == ["checkpoint-skipped"]
        assert checkpoint.newest(Path(directory, "checkpoints")).path.name == "step-00000024"


def test_a_spoilt_checkpoint_is_replaced_where_its_step_is_saved_again(spec, every_step):
    interrupted(spec(), 19)
    newest = Path("stopped/checkpoints/step-00000019")
    (newest / W).write_bytes(b"")
    with pytest.raises(Interrupted):
        resume("stopped", observer=Recorder(interrupt_at(19)))
    assert checkpoint.newest(newest.parent).path == newest


def test_a_run_that_was_stopped_before_its_first_checkpoint_begins_again(spec):
    whole = start(spec(), directory="whole")
    shutil.copytree("whole", "stopped")
    Path("stopped/result.json").unlink()
    shutil.rmtree("stopped/checkpoints")
    watcher = Recorder()
    assert result(resume("stopped", observer=watcher)) == result(whole)
    assert metrics("stopped") == metrics("whole")
    assert (watcher.events[0].resumed, watcher.events[0].checkpoint, watcher.events[0].step) == (True, None, 0)


def test_a_recipe_that_was_changed_in_the_run_is_refused(spec, every_step):
    interrupted(spec(), 11)
    kept = Path("stopped/spec.yaml")
    kept.write_text(kept.read_text().replace("  epochs: 3", "  epochs: 3\n  ema: 0.9"))
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert faults(error) == ["resume-differs"]


# A resume that cannot be exact


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("versions", "torch"), "2.0.0", "PyTorch: `{now}` now, `2.0.0` when the run began"),
        (("versions", "archc"), "0.0.1", "archc: `{now}` now, `0.0.1` when the run began"),
        (("device",), "cuda", "the kind of device: `{now}` now, `cuda` when the run began"),
        (("device_name",), "Abacus", "the device: `{now}` now, `Abacus` when the run began"),
        (("threads",), 64, "threads: `{now}` now, `64` when the run began"),
    ],
)
def test_a_resume_that_cannot_be_exact_says_why_and_goes_on(spec, every_step, path, value, said):
    whole = start(spec(), directory="whole")
    interrupted(spec(), 11)
    file = Path("stopped/environment.json")
    facts = json.loads(file.read_text())
    inner = facts
    for name in path[:-1]:
        inner = inner[name]
    now, inner[path[-1]] = inner[path[-1]], value
    file.write_text(json.dumps(facts))
    watcher = Recorder()
    assert result(resume("stopped", observer=watcher)) == result(whole)
    (warning,) = watcher.warnings
    assert (warning.slug, warning.notes()) == ("resume-not-exact", (said.format(now=now),))


def test_a_resume_that_is_exact_says_nothing(spec, every_step):
    interrupted(spec(), 11)
    watcher = Recorder()
    resume("stopped", observer=watcher)
    assert watcher.warnings == []


def test_facts_that_were_spoilt_are_other_facts():
    assert (
        len(environment.differences({"versions": 3, "device": None}, {"versions": {"torch": "1"}, "threads": 1})) == 2
    )


def test_other_weights_are_refused_and_the_layer_named_before_anything_is_changed(spec, every_step):
    interrupted(spec(), 11)
    before = {path: path.read_bytes() for path in Path("stopped").rglob("*") if path.is_file()}
    kept = Path("stopped/spec.yaml")
    text = kept.read_text()
    kept.write_text(text.replace("Linear: 16", "Linear: 20"))
    with pytest.raises(RunError) as error:
        resume("stopped")
    assert "`1.weight` is [16, 784] in the file" in message(error)
    kept.write_text(text)
    assert {path: path.read_bytes() for path in Path("stopped").rglob("*") if path.is_file()} == before


def test_a_loss_that_is_no_number_stops_with_its_step_and_the_last_good_state_can_be_resumed(
    spec, every_step, monkeypatch
):
    front = spec({"train.checkpoint": "{every: 4 steps}"})
    whole = start(front, directory="whole")
    from archc.training.objective import Objective

    honest, calls = Objective.__call__, []

    def broken(self, outputs, labels):
        calls.append(1)
        return honest(self, outputs, labels) * (float("nan") if len(calls) == 14 else 1)

    with monkeypatch.context() as patches:
        patches.setattr(Objective, "__call__", broken)
        with pytest.raises(RunError) as error:
            start(front, directory="stopped")
    assert faults(error) == ["loss-not-finite"]
    assert "the loss is nan at step 14 (epoch 2)" in message(error)
    assert "the last good state is in `stopped/checkpoints/step-00000012`" in message(error)
    assert result(resume("stopped")) == result(whole)


def test_a_checkpoint_every_few_steps_or_minutes_is_written_then(spec, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("archc.runs.saving.monotonic", lambda: clock[0])
    monkeypatch.setattr("archc.training.engine.PROGRESS_SECONDS", 0.0)

    def kept(every, minutes_a_step):
        def advance(event):
            clock[0] += 60 * minutes_a_step

        directory = every.replace(" ", "-")
        front = spec({"train.checkpoint": f"{{every: {every}, keep: 99}}"})
        start(front, directory=directory, observer=Recorder(advance))
        return [int(path.name[5:]) for path in sorted(Path(directory, "checkpoints").iterdir())]

    assert kept("5 steps", 0) == [5, 10, 15, 20, 24]
    assert kept("2 epochs", 0) == [16, 24]
    assert kept("1 minute", 0) == [24]
    # A minute passes after each step but the last of an epoch, which the observer hears of as an epoch.
    assert kept("4 minutes", 1) == [5, 10, 14, 19, 23, 24]


def test_an_interrupt_between_two_checkpoints_saves_there(spec, every_step):
    front = spec({"train.checkpoint": "{every: 99 steps}"})
    whole = start(front, directory="whole")
    with pytest.raises(Interrupted, match="after step 13"):
        start(front, directory="stopped", observer=Recorder(interrupt_at(13)))
    assert [path.name for path in Path("stopped/checkpoints").iterdir()] == ["step-00000013"]
    assert result(resume("stopped")) == result(whole)
