"""What a process does in the tests of several: its part of a training, and maybe something to disturb it."""

import contextlib
import errno
import io
import itertools
import os
from datetime import timedelta

import safetensors.torch as safetensors
import torch
import torch.distributed as dist
from torch import nn

import archc.training.engine
from archc.cli.codes import ERRORS, RESUMABLE
from archc.cli.main import main
from archc.distributed.group import Group
from archc.distributed.joining import joined
from archc.errors import ArchcError, Elsewhere, Interrupted
from archc.files import disk
from archc.front import read_file
from archc.machine import torch_errors
from archc.runs import checkpoint, saving
from archc.runs.run import fast_dev_run, resume, start
from tests.support.trainings import Recorder
from tests.support.victim import counted

SPEC = "shared.yaml"


def rank():
    return int(os.environ["RANK"])


def ended(action):
    """How a training ended in this process, and what its observer was warned of."""
    archc.training.engine.PROGRESS_SECONDS = 0.0
    watcher = Recorder()
    try:
        action(watcher)
    except Interrupted as interrupted:
        end = f"interrupted after step {interrupted.step}"
    except Elsewhere as elsewhere:
        end = f"elsewhere {RESUMABLE if elsewhere.resumable else ERRORS}"
    except ArchcError as error:
        end = "\n".join(diagnostic.message for diagnostic in error.report)
    else:
        end = "finished"
    return end, [fault.message() + " ".join(fault.notes()) for fault in watcher.warnings]


def trains(directory, overrides=()):
    """One training."""
    return ended(lambda watcher: start(read_file(SPEC, overrides), directory=directory, observer=watcher))


def trains_all(runs):
    """One training after the other, in the same processes."""
    return [trains(directory, overrides) for directory, overrides in runs.items()]


def resumes(directory):
    return ended(lambda watcher: resume(directory, observer=watcher))


def tries(batches):
    return ended(lambda watcher: fast_dev_run(read_file(SPEC), batches, observer=watcher))


def commands(*arguments):
    """The command line: its exit code, and what it writes."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return code, out.getvalue(), err.getvalue()


def trains_and_notes_its_samples(directory, overrides):
    """The rows that this process computes, step by step."""
    original, seen = Group.share, []

    def share(self, labels, rows, accumulate):
        found = original(self, labels, rows, accumulate)
        seen.append(found.rows.tolist() if found.counts else [])
        return found

    Group.share = share
    trains(directory, overrides)
    return seen


def is_interrupted(directory, victim, at, overrides=()):
    """One process alone gets a signal, in the middle of a step."""
    if rank() == victim:
        counted("mid-epoch", at, 15)
    return trains(directory, overrides)


def has_a_full_disk(directory, full, overrides=(), victim=None, at=0):
    """The disk has no room for one checkpoint; or for any, and a signal comes."""
    original = disk.make_directory

    def make_directory(path):
        if full in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        original(path)

    disk.make_directory = make_directory
    return is_interrupted(directory, victim, at, overrides)


def has_a_fast_clock(directory, victim, overrides):
    """For one process, a minute passes between two looks at its clock."""
    if rank() == victim:
        minutes = itertools.count()
        saving.monotonic = lambda: 61.0 * next(minutes)
    return trains(directory, overrides)


def sees_other_checkpoints(directory, victim):
    """One process resumes on a machine that does not see the run's newest files."""
    if rank() == victim:
        checkpoint.newest = lambda folder: checkpoint.Found(None, None, ())
    return resumes(directory)


def is_resumed_and_interrupted(directory, victim, at):
    """A run goes on, and one process alone gets a signal."""
    if rank() == victim:
        counted("mid-epoch", at, 15)
    return resumes(directory)


def order_of_a_file(data):
    """In which order the safetensors library gives the tensors of a file."""
    return list(safetensors.load(data))


def gathers(names):
    """What a process gathers of shared tensors of one size, each full of its number, in the order of these names."""
    with joined() as ranks:
        placement = ranks.placement("fsdp")
        model = placement.place(nn.Sequential(nn.Linear(4, 4, bias=False)), None, torch.device("cpu"))
        like = model[0].weight.detach()
        tensors = {name: placement.own(torch.full((4, 4), float(name)), like) for name in names[rank()]}
        try:
            return {name: value.unique().tolist() for name, value in placement.whole(tensors).items()}
        except AssertionError as error:
            return str(error)


def is_left_alone(moment):
    """The second process leaves; what the first is told, and whether it is known for that."""
    dist.init_process_group("gloo", timeout=timedelta(seconds=20))
    if moment == "in the middle":
        dist.all_reduce(torch.zeros(1))
    if rank():
        dist.destroy_process_group()
        return None
    try:
        for _ in range(3):
            dist.all_reduce(torch.zeros(1000))
    except RuntimeError as error:
        return torch_errors.is_process_lost(error), str(error)
    return False, "nothing"
