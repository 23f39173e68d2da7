"""Real signals at random moments of real trainings: what goes on ends as if it had never been interrupted."""

import json
import multiprocessing
import os
import random
import shutil
import signal
from pathlib import Path
from time import monotonic, sleep

import pytest

from archc.errors import RunError
from archc.runs.run import resume
from tests.support import victim
from tests.support.fragile import DEEP
from tests.support.trainings import layers
from tests.support.victim import MOMENTS, go_on

pytestmark = pytest.mark.slow

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
ROUNDS = 20 if DEEP else 2

AUGMENTATION = {"train.data.augment": "[{RandomCrop: {size: 28, padding: 2}}, RandomHorizontalFlip]"}
CONTROL = {"train.evaluate": "{every: 3 steps}", "train.checkpoint": "{every: 5 steps}"}
SCHEDULER = {"train.scheduler": "{CosineAnnealingLR: {every: step}}", "train.warmup": "5 steps"}
STOPPING = {
    "train.early_stopping": "{monitor: train_loss, patience: 2, min_delta: 0.15}",
    "train.ema": 0.8,
    "train.epochs": 9,
}


def changed(dropout=True, norm=True, augmentation=True, scheduler=True, stopping=True):
    """Changes of the small spec."""
    left_out = [name for name, kept in (("Dropout", dropout), ("BatchNorm1d", norm)) if not kept]
    found = CONTROL | {"layers": layers(without=left_out)}
    found |= AUGMENTATION if augmentation else {}
    found |= SCHEDULER if scheduler else {}
    return found | (STOPPING if stopping else {})


OF_THE_BEGINNING = 3
"""The first files of a run, which are written before it watches for signals."""

FEATURES = {
    "all at once": changed(),
    "dropout": changed(norm=False, augmentation=False, scheduler=False, stopping=False),
    "batch norm": changed(dropout=False, augmentation=False, scheduler=False, stopping=False),
    "augmentation": changed(dropout=False, norm=False, scheduler=False, stopping=False),
    "a scheduler": changed(dropout=False, norm=False, augmentation=False, stopping=False),
    "early stopping": changed(dropout=False, norm=False, augmentation=False, scheduler=False),
}


@pytest.fixture(scope="module")
def processes():
    """Processes that have torch loaded from their beginning, so that a victim costs little."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "archc.runs.run"])
    return context


@pytest.fixture
def uninterrupted(spec, every_step):
    """The end of a spec's whole run, and how often each moment comes in it."""

    def run(changes):
        front = spec(changes)
        watches = {moment: victim.counted(moment, 0, 0) for moment in MOMENTS}
        shutil.rmtree("whole", ignore_errors=True)
        whole = outcome(go_on(front, "whole"))
        for _, put_back in watches.values():
            put_back()
        return whole, {moment: calls[0] for moment, (calls, _) in watches.items()}

    return run


def outcome(run):
    lines = [json.loads(line) for line in Path(run.directory, "metrics.jsonl").read_text().splitlines()]
    seconds = [line.pop("seconds") for line in lines]
    assert all(second >= 0 for second in seconds)
    kept = ("weights_sha256", "best", "test", "steps", "stopped_early")
    return {name: run.result[name] for name in kept}, lines


def hit(processes, directory, moment, at, signum):
    """Let a victim train until the signal, and return its exit code."""
    arguments = (os.getcwd(), os.environ["XDG_CACHE_HOME"], directory, moment, at, signum)
    child = processes.Process(target=victim.train, args=arguments)
    child.start()
    child.join()
    return child.exitcode


def codes(moment, at, signum):
    """How a training may end that gets a signal."""
    if signum == signal.SIGKILL:
        return (-signum,)
    if moment == "during a save" and at <= OF_THE_BEGINNING:
        return (-signum,) if signum == signal.SIGTERM else (1,)  # not begun: it ends as any other process does
    return (75, 0)  # after the last step a signal is too late to stop it


def finished(directory):
    """The end of a run, after going on where it has an end to come to."""
    if not Path(directory, "spec.yaml").is_file():
        return None
    return outcome(resume(directory))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("signum", SIGNALS, ids=lambda signum: signum.name)
def test_a_signal_at_a_random_moment_changes_nothing(processes, uninterrupted, moment, signum):
    whole, calls = uninterrupted(FEATURES["all at once"])
    assert calls[moment] >= 3
    assert whole[0]["stopped_early"]
    for number in range(ROUNDS):
        at = random.randint(1, calls[moment])
        directory = f"run-{number}"
        code = hit(processes, directory, moment, at, signum)
        assert code in codes(moment, at, signum), (moment, at, signum)
        if code == 75:
            assert list(Path(directory, "checkpoints").glob("step-*")), (moment, at, signum)
        assert finished(directory) in (whole, None), (moment, at, signum)


@pytest.mark.parametrize("feature", FEATURES)
def test_a_run_that_is_killed_again_and_again_comes_to_the_same_end(processes, uninterrupted, feature):
    whole, calls = uninterrupted(FEATURES[feature])
    history = []
    for _ in range(3 * ROUNDS):
        moment = random.choice(list(MOMENTS))
        history.append((moment, random.randint(1, max(1, calls[moment] // 2))))
        hit(processes, "run", *history[-1], signal.SIGKILL)
    assert finished("run") in (whole, None), history


def test_kills_by_the_clock_change_nothing_either(processes, uninterrupted):
    whole, _ = uninterrupted(FEATURES["a scheduler"] | {"train.epochs": 12})
    began = monotonic()
    assert hit(processes, "timed", None, 0, 0) == 0
    lasted = monotonic() - began
    history = []
    for _ in range(3 * ROUNDS):
        arguments = (os.getcwd(), os.environ["XDG_CACHE_HOME"], "run", None, 0, 0)
        child = processes.Process(target=victim.train, args=arguments)
        child.start()
        history.append(random.uniform(0, lasted))
        child.join(history[-1])
        child.kill()
        child.join()
    assert finished("run") in (whole, None), history


def test_of_two_writers_the_second_is_refused_and_the_first_not_disturbed(processes, uninterrupted, spec):
    whole, _ = uninterrupted(FEATURES["all at once"])
    assert hit(processes, "run", "mid-epoch", 12, signal.SIGTERM) == 75
    arguments = (os.getcwd(), os.environ["XDG_CACHE_HOME"], "run", "mid-epoch", 2, signal.SIGSTOP)
    first = processes.Process(target=victim.train, args=arguments)
    first.start()
    # The first stands still in the middle of a step.
    while not stopped(first.pid):
        sleep(0.01)
    with pytest.raises(RunError) as error:
        resume("run")
    assert [d.slug for d in error.value.report] == ["run-in-use"]
    assert f"process {first.pid}" in str(error.value)
    os.kill(first.pid, signal.SIGCONT)
    first.join()
    assert first.exitcode == 0
    assert finished("run") == whole


def stopped(pid):
    """Whether a process stands still."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
