"""A training in a process of its own, which gets a real signal at a chosen moment."""

import os
import shutil
import sys
from pathlib import Path

import torch

import archc.training.engine
from archc.errors import Interrupted
from archc.files import disk
from archc.front import read_file
from archc.runs.run import resume, start
from archc.training.engine import Engine
from archc.training.objective import Objective
from archc.training.step import Step

MOMENTS = {
    "mid-epoch": (Step, "update"),
    "at an epoch's end": (Engine, "end_epoch"),
    "during an evaluation": (Objective, "total"),
    "during a save": (disk, "write"),
}
"""A function that is called at each such moment."""


def counted(moment, at, signum):
    """Send this process a signal in the `at`-th call of a moment; gives the calls so far, and what puts it back."""
    owner, name = MOMENTS[moment]
    original, calls = getattr(owner, name), [0]

    def called(*args, **kwargs):
        calls[0] += 1
        if calls[0] == at:
            os.kill(os.getpid(), signum)
        return original(*args, **kwargs)

    setattr(owner, name, called)
    return calls, lambda: setattr(owner, name, original)


def go_on(front, directory):
    """Begin a run, or go on with it; None where a signal stopped it."""
    try:
        if Path(directory, "spec.yaml").is_file():
            return resume(directory)
        # It was stopped before it was a run.
        shutil.rmtree(directory, ignore_errors=True)
        return start(front, directory=directory)
    except Interrupted:
        return None


def train(folder, cache, directory, moment, at, signum):
    """The whole life of a victim."""
    os.chdir(folder)
    os.environ["XDG_CACHE_HOME"] = cache
    torch.set_num_threads(1)
    archc.training.engine.PROGRESS_SECONDS = 0.0
    front = read_file("small.yaml")
    if moment:
        counted(moment, at, signum)
    sys.exit(0 if go_on(front, directory) else 75)
