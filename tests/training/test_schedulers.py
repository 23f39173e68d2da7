"""Schedulers made of schedulers, and what checkpoints may say of them."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from archc.errors import Interrupted, RunError
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.schedulers.base import Scheduler
from archc.runs.run import resume, start
from archc.training.saved import DoesNotFit
from archc.training.schedulers import CHANGING, Running
from tests.support.trainings import Recorder, faults, interrupt_at


def term(name, **arguments) -> Scheduler:
    return SCHEDULERS[name](**arguments)


def sequence(*parts, milestones):
    return term("SequentialLR", schedulers=parts, milestones=milestones)


def chain(*parts):
    return term("ChainedScheduler", schedulers=parts)


def sgd(**options):
    return torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1, **options)


def rates(scheduler, steps, optimizer=None):
    """The learning rate of each step."""
    optimizer = optimizer or sgd()
    running, found = Running(scheduler, optimizer), []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        running.step()
    return found


WARM_UP = term("LinearLR", total_iters=3)
FALL = term("ExponentialLR", gamma=0.8)
HALF = term("ConstantLR", factor=0.5, total_iters=2)
COSINE = term("CosineAnnealingLR", T_max=6)
LEAF = term("StepLR", step_size=2, gamma=0.5)
COMPOSED = {
    "a sequence": sequence(HALF, COSINE, milestones=(2,)),
    "a chain": chain(HALF, FALL),
    "a chain of three": chain(WARM_UP, HALF, term("MultiStepLR", milestones=(2, 4), gamma=0.5)),
    "a sequence of sequences": sequence(WARM_UP, sequence(HALF, FALL, milestones=(2,)), milestones=(3,)),
    "a sequence of a chain": sequence(FALL, chain(HALF, LEAF), milestones=(3,)),
    "a chain of a sequence": chain(sequence(HALF, FALL, milestones=(2,)), LEAF),
    "a chain that ends in a sequence of chains": chain(LEAF, sequence(FALL, chain(HALF, FALL), milestones=(2,))),
}


@pytest.mark.parametrize("name", COMPOSED)
@pytest.mark.parametrize("milestones", [(4,), (1,), (2, 12)])
def test_a_composed_part_of_a_sequence_runs_as_if_the_training_began_at_its_milestone(name, milestones):
    """torch itself cannot begin one."""
    part = COMPOSED[name]
    parts = (WARM_UP, part, FALL)[: len(milestones) + 1]
    found = rates(sequence(*parts, milestones=milestones), 12)
    begin = milestones[0]
    assert found[:begin] == rates(WARM_UP, begin)
    assert found[begin:12] == rates(part, 12 - begin)


@pytest.mark.parametrize("name", COMPOSED)
def test_a_composed_part_can_be_followed_by_another(name):
    found = rates(sequence(WARM_UP, COMPOSED[name], chain(HALF, FALL), milestones=(2, 5)), 9)
    assert found[5:] == rates(chain(HALF, FALL), 4)


def made_of(scheduler, optimizer):
    """The same of torch's own classes alone."""
    name, args, kwargs = scheduler.call({})
    if scheduler.parts():
        kwargs["schedulers"] = [made_of(part, optimizer) for part in scheduler.parts()]
    if "milestones" in kwargs:
        kwargs["milestones"] = list(kwargs["milestones"])
    cls = getattr(lr_scheduler, name)
    return cls(*args, **kwargs) if name == "ChainedScheduler" else cls(optimizer, *args, **kwargs)


@pytest.mark.filterwarnings("ignore:Detected call")
@pytest.mark.parametrize(
    "scheduler",
    [
        sequence(WARM_UP, COSINE, FALL, milestones=(3, 8)),
        chain(WARM_UP, FALL),
        chain(sequence(WARM_UP, FALL, milestones=(4,)), LEAF),
        sequence(chain(WARM_UP, FALL), COSINE, milestones=(4,)),
        sequence(WARM_UP, term("OneCycleLR", max_lr=0.5, total_steps=20), milestones=(3,)),
        sequence(term("CyclicLR", base_lr=0.01, max_lr=0.1, step_size_up=3), FALL, milestones=(5,)),
        sequence(WARM_UP, term("CosineAnnealingWarmRestarts", T_0=3), milestones=(2,)),
        sequence(WARM_UP, term("PolynomialLR", total_iters=8), milestones=(2,)),
    ],
    ids=lambda scheduler: type(scheduler).__name__,
)
def test_what_torch_can_do_is_what_torch_does(scheduler):
    """But for torch's warning of a chain that begins a sequence: it takes its own first step for ours."""
    optimizer, theirs = sgd(momentum=0.9), []
    schedule = made_of(scheduler, optimizer)
    for _ in range(12):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    assert rates(scheduler, 12, sgd(momentum=0.9)) == theirs


DEEP = """
    SequentialLR:
      every: step
      milestones: [5]
      schedulers:
        - {LinearLR: {total_iters: 5}}
        - SequentialLR:
            milestones: [6]
            schedulers:
              - ChainedScheduler: [{ConstantLR: {factor: 0.5, total_iters: 3}}, {ExponentialLR: 0.9}]
              - ChainedScheduler: [CosineAnnealingLR, {StepLR: {step_size: 3}}]"""


@pytest.mark.parametrize("step", [3, 5, 7, 11, 14])
def test_a_training_with_deep_schedules_goes_to_its_end_and_is_resumed(spec, every_step, step):
    front = spec({"train.scheduler": DEEP, "train.epochs": 2})
    whole = start(front, directory="whole")
    with pytest.raises(Interrupted):
        start(front, directory="stopped", observer=Recorder(interrupt_at(step)))
    assert resume("stopped").result["weights_sha256"] == whole.result["weights_sha256"]


def all_numbers(scheduler):
    """What checkpoints held of a scheduler before there was a list: every number of it."""
    numbers = {}
    for name, value in vars(scheduler).items():
        items = value if isinstance(value, list) else [value]
        if items and all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
            numbers[name] = value
    parts = getattr(scheduler, "_schedulers", ())
    return {**numbers, "parts": [all_numbers(part) for part in parts]} if parts else numbers


EACH = {
    "StepLR": LEAF,
    "MultiStepLR": term("MultiStepLR", milestones=(2, 5)),
    "ConstantLR": HALF,
    "LinearLR": WARM_UP,
    "ExponentialLR": FALL,
    "PolynomialLR": term("PolynomialLR", total_iters=8),
    "CosineAnnealingLR": COSINE,
    "CosineAnnealingWarmRestarts": term("CosineAnnealingWarmRestarts", T_0=2, T_mult=2),
    "CyclicLR": term("CyclicLR", base_lr=0.01, max_lr=0.1, step_size_up=3),
    "OneCycleLR": term("OneCycleLR", max_lr=0.5, total_steps=20),
    "ReduceLROnPlateau": term("ReduceLROnPlateau", patience=1, cooldown=1),
    "SequentialLR": sequence(WARM_UP, COSINE, milestones=(3,)),
    "ChainedScheduler": chain(WARM_UP, FALL),
}


def after(scheduler, steps):
    optimizer = sgd(momentum=0.9)
    running = Running(scheduler, optimizer)
    advance(running, optimizer, steps)
    return running, optimizer


def advance(running, optimizer, steps, figure=1.0):
    found = []
    for _ in range(steps):
        optimizer.step()
        running.step(*([figure] if type(running.term).__name__ == "ReduceLROnPlateau" else []))
        found.append((optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]))
    return found


@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("kept", ["the list", "every number"])
def test_each_scheduler_goes_on_from_its_state_of_now_and_of_before(name, kept):
    running, optimizer = after(EACH[name], 4)
    state = running.state() if kept == "the list" else all_numbers(running.scheduler)
    again, other = after(EACH[name], 0)
    again.restore(json.loads(json.dumps(state)))
    other.param_groups[0].update(lr=optimizer.param_groups[0]["lr"], momentum=optimizer.param_groups[0]["momentum"])
    assert advance(again, other, 8) == advance(running, optimizer, 8)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_all_that_a_step_changes_is_in_the_list(name):
    running, optimizer = after(EACH[name], 0)
    before, changed = json.loads(json.dumps(all_numbers(running.scheduler))), set()
    for figure in (1.0, 0.5, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0):
        advance(running, optimizer, 1, figure)
        now = all_numbers(running.scheduler)
        changed |= {key for key, value in now.items() if key != "parts" and value != before[key]}
    assert changed <= set(CHANGING[name])
    assert set(CHANGING) == set(SCHEDULERS)


WRONG = {
    "a recipe's number": ("CosineAnnealingLR", {"T_max": 0}),
    "a method": ("CosineAnnealingLR", {"get_lr": 1}),
    "an object": ("CosineAnnealingLR", {"optimizer": 1}),
    "a name that nobody knows": ("StepLR", {"banana": 1}),
    "a text": ("StepLR", {"last_epoch": "1"}),
    "a truth": ("StepLR", {"last_epoch": True}),
    "a part of a step": ("StepLR", {"last_epoch": 1.5}),
    "a number for a list": ("StepLR", {"_last_lr": 1.0}),
    "too long a list": ("StepLR", {"_last_lr": [1.0, 2.0]}),
    "a step beyond the end": ("OneCycleLR", {"last_epoch": 10**6}),
    "a division by zero": ("CosineAnnealingWarmRestarts", {"T_i": 0}),
    "parts of nothing": ("StepLR", {"parts": [{}]}),
    "no parts": ("SequentialLR", {"parts": []}),
    "parts that are none": ("SequentialLR", {"parts": 3}),
    "a part that is none": ("SequentialLR", {"parts": [1, 2]}),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_state_of_something_else_is_refused(what):
    name, change = WRONG[what]
    running, _ = after(EACH[name], 4)
    with pytest.raises(DoesNotFit):
        running.restore(running.state() | change)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_state_that_lacks_something_is_refused(name):
    running, _ = after(EACH[name], 4)
    for left_out in running.state():
        with pytest.raises(DoesNotFit):
            running.restore({key: value for key, value in running.state().items() if key != left_out})
    for nothing in ([], None, 3, {1: 2}):
        with pytest.raises(DoesNotFit):
            running.restore(nothing)


def manifest(folder):
    """Sign a checkpoint again, as whoever changes it could."""
    import hashlib

    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    state = (folder / "state.json").read_bytes()
    data["files"]["state.json"] = {"size": len(state), "sha256": hashlib.sha256(state).hexdigest()}
    path.write_text(json.dumps(data))


CHANGES = {
    "T_max": lambda control: control["schedule"]["scheduler"].update(T_max=0),
    "get_lr": lambda control: control["schedule"]["scheduler"].update(get_lr=1),
    "betas": lambda control: control["schedule"]["groups"][0].update(betas=1),
    "groups": lambda control: control["schedule"].update(groups=[]),
    "params": lambda control: control["schedule"]["groups"][0].update(params=1),
    "no schedule": lambda control: control.update(schedule=None),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_checkpoint_that_was_changed_is_a_diagnostic(spec, every_step, change):
    front = spec({"train.scheduler": "{CosineAnnealingLR: {every: step}}"})
    with pytest.raises(Interrupted):
        start(front, directory="run", observer=Recorder(interrupt_at(4)))
    (folder,) = Path("run/checkpoints").iterdir()
    state = json.loads((folder / "state.json").read_text())
    CHANGES[change](state["control"])
    (folder / "state.json").write_text(json.dumps(state))
    manifest(folder)
    with pytest.raises(RunError) as error:
        resume("run")
    assert faults(error) == ["resume-differs"]
    shutil.rmtree("run")
