"""A run's files at any moment: each operation on them is the last one before a power cut, or is refused."""

import errno
import json
import os
from pathlib import Path

import pytest

from archc.errors import RunError
from archc.files import disk
from archc.runs.run import resume, start
from tests.support.fragile import CUTS, DEEP, OPERATIONS, Disk, put
from tests.support.trainings import Recorder, faults, message

pytestmark = pytest.mark.slow

CHANGES = {
    "layers": ["Flatten", {"Linear": 4}, "BatchNorm1d", "ReLU", {"Dropout": 0.2}, {"Linear": 10}],
    "train.epochs": 2,
    "train.batch_size": 40,
    "train.checkpoint": "{every: 2 steps, keep: 2}",
    "train.evaluate": "{every: 2 steps}",
    "train.ema": 0.5,
}
"""Two epochs of three steps, a checkpoint and an evaluation after every second step and at the end."""


@pytest.fixture
def short(spec, monkeypatch):
    """The spec; and nothing waits for a real disk, as there are thousands of flushes."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    return spec(CHANGES)


def lines(directory):
    found = [json.loads(line) for line in Path(directory, "metrics.jsonl").read_text().splitlines()]
    return [{key: value for key, value in line.items() if key != "seconds"} for line in found]


def outcome(run):
    """All that must be the same, however often a run was interrupted."""
    return run.result["weights_sha256"], run.result["best"], run.result["test"], lines(run.directory)


def goes_on(front, directory):
    """What a user does after an accident: resume; or begin, where there is nothing yet."""
    if Path(directory, "spec.yaml").is_file():
        return resume(directory)
    with pytest.raises(RunError) as error:
        resume(directory)
    assert faults(error) == ["not-a-run"]
    return start(front, directory=directory)


def images(monkeypatch, root, action):
    """Everything that the accidents of CUTS can leave of an action, each once, with the first moment that leaves it."""
    found = {}
    count = 0

    def before(operation, path):
        nonlocal count
        count += 1
        for cut in CUTS:
            image = fragile.image(cut)
            found.setdefault(str(sorted(image.items())), (f"{cut} before {count}: {operation} {path}", image))

    with monkeypatch.context() as patches:
        fragile = Disk(root, before)
        fragile.install(patches)
        action()
    return list(found.values()), count


# The process or the power goes


def test_after_an_accident_at_any_moment_a_run_goes_on_to_the_same_end(short, monkeypatch, every_step):
    whole = outcome(start(short, directory="whole"))
    Path("runs").mkdir()
    accidents, operations = images(monkeypatch, "runs", lambda: start(short, directory="runs/one"))
    assert operations > 150
    for moment, image in accidents:
        put(image, "after")
        assert outcome(goes_on(short, "after/one")) == whole, moment


def test_after_a_second_accident_while_resuming_too(short, monkeypatch, every_step):
    whole = outcome(start(short, directory="whole"))
    Path("runs").mkdir()
    accidents, _ = images(monkeypatch, "runs", lambda: start(short, directory="runs/one"))
    begun = [image for _, image in accidents if "one/spec.yaml" in image and "one/result.json" not in image]
    for image in begun[:: 10 if DEEP else 40]:
        put(image, "runs")
        again, _ = images(monkeypatch, "runs", lambda: resume("runs/one"))
        for moment, second in again[:: 1 if DEEP else 10]:
            put(second, "after")
            assert outcome(resume("after/one")) == whole, moment


def test_a_checkpoint_once_written_is_never_lost(short, monkeypatch, every_step):
    Path("runs").mkdir()
    accidents, _ = images(monkeypatch, "runs", lambda: start(short, directory="runs/one"))
    newest = {cut: [] for cut in CUTS}
    for moment, image in accidents:
        manifests = [name for name in image if name.endswith("manifest.json") and "/step-" in name]
        newest[moment.partition(" before")[0]].append(max(manifests, default=""))
    for cut, found in newest.items():
        assert found == sorted(found), cut


# The disk refuses


def refuse(at, number, *, for_good):
    """Before-hook: the operation `at` fails, and all later ones where it is `for_good`."""
    count = 0

    def before(operation, path):
        nonlocal count
        count += 1
        if count == at or (for_good and count > at):
            raise OSError(number, os.strerror(number), str(path))

    return before


def tried(action):
    """What an action gives, and the report of what stopped it; one of them is None."""
    try:
        return action(), None
    except RunError as error:
        return None, error.report


@pytest.mark.parametrize(("number", "for_good"), [(errno.ENOSPC, False), (errno.EIO, True)], ids=["once", "for good"])
def test_whatever_a_disk_refuses_is_said_and_the_run_ends_as_if_it_had_not(
    short, monkeypatch, every_step, number, for_good
):
    whole = outcome(start(short, directory="whole"))
    Path("runs").mkdir()
    _, operations = images(monkeypatch, "runs", lambda: start(short, directory="runs/count"))
    for at in range(1, operations + 1, 1 if DEEP else 4):
        directory, watcher = f"runs/{at}", Recorder()
        with monkeypatch.context() as patches:
            Disk("runs", refuse(at, number, for_good=for_good)).install(patches)
            run, report = tried(lambda: start(short, directory=directory, observer=watcher))  # noqa: B023 - called here
        if report is not None:
            assert [d.slug for d in report] == ["cannot-write"], at
            assert os.strerror(number) in report.diagnostics[0].message
        said = {fault.slug for fault in watcher.warnings}
        assert said <= {"checkpoint-not-written"}, at
        assert outcome(run or goes_on(short, directory)) == whole, at


def test_a_checkpoint_that_cannot_be_written_is_a_warning_and_the_last_good_one_is_named(
    short, monkeypatch, every_step
):
    def full(operation, path):
        if "step-00000004" in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    Path("runs").mkdir()
    watcher = Recorder()
    with monkeypatch.context() as patches:
        Disk("runs", full).install(patches)
        start(short, directory="runs/one", observer=watcher)
    (warning,) = watcher.warnings
    assert "No space left on device; the training goes on" in warning.message()
    assert warning.notes() == ("the last good state is in `runs/one/checkpoints/step-00000002`",)
    kept = [path.name for path in sorted(Path("runs/one/checkpoints").iterdir())]
    assert kept == ["step-00000002", "step-00000006"]


@pytest.mark.parametrize("file", ["last.safetensors", "best.safetensors", "result.json"])
def test_what_a_run_ends_with_and_cannot_be_written_is_an_error_that_names_the_last_checkpoint(
    short, monkeypatch, every_step, file
):
    def full(operation, path):
        if file in str(path) and "checkpoints" not in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    Path("runs").mkdir()
    with monkeypatch.context() as patches:
        Disk("runs", full).install(patches)
        run, report = tried(lambda: start(short, directory="runs/one"))
    assert run is None
    (error,) = report
    assert error.slug == "cannot-write"
    assert "the last good state is in `runs/one/checkpoints/step-00000006`" in error.fault.notes()
    assert outcome(goes_on(short, "runs/one")) == outcome(start(short, directory="whole"))


def test_every_operation_on_the_disk_is_enumerated_here(short, monkeypatch, every_step):
    used = set()
    Path("runs").mkdir()

    def before(operation, path):
        used.add(operation)

    with monkeypatch.context() as patches:
        Disk("runs", before).install(patches)
        start(short, directory="runs/one")
    # A file is cut back only where the disk refuses a line.
    assert set(OPERATIONS) - used == {"truncate"}


def test_a_line_that_the_disk_refuses_is_taken_back_and_comes_later(tmp_path, monkeypatch):
    from archc.files import durable

    path = tmp_path / "lines"
    durable.write_file(path, b"one\n")
    fsync = disk.fsync
    monkeypatch.setattr(disk, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        durable.append(path, "two\n")
    assert path.read_text() == "one\n"
    monkeypatch.setattr(disk, "fsync", fsync)
    durable.append(path, "two\n")
    assert path.read_text() == "one\ntwo\n"


def test_an_interrupt_that_cannot_save_is_an_error_that_names_the_last_good_checkpoint(short, monkeypatch, every_step):
    def at_five(event):
        if event.step == 5:
            os.kill(os.getpid(), 2)

    def full(operation, path):
        if "step-00000005" in str(path):
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    Path("runs").mkdir()
    whole = outcome(start(short, directory="whole"))
    with monkeypatch.context() as patches:
        Disk("runs", full).install(patches)
        with pytest.raises(RunError) as error:
            start(short, directory="runs/one", observer=Recorder(at_five))
    assert faults(error) == ["cannot-write"]
    assert "the last good state is in `runs/one/checkpoints/step-00000004`" in message(error)
    assert outcome(resume("runs/one")) == whole
