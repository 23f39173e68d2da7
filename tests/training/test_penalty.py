"""A penalty on weights: the training of hand-written code that adds it to its loss."""

import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from archc.machine import randomness
from archc.recipe.control import Penalty
from archc.runs.preparation import Needs, prepare
from archc.runs.run import resume, start
from archc.training.assembly import assemble
from archc.training.engine import Engine
from archc.training.penalty import penalty_of
from tests.support.trainings import interrupted, layers
from tests.training.test_control import metrics, result

CPU = torch.device("cpu")
PLAIN = {"layers": layers(without=("Dropout",)), "train.optimizer": "{SGD: {lr: 0.1, momentum: 0.9}}"}
WITHOUT_NORM = {"train.accumulate": 2, "layers": layers(without=("Dropout", "BatchNorm1d"))}


def by_hand(front, l1, l2, *, clip=None, parts=1, autocast=None, weights=("1.weight", "4.weight")):
    """The weights after the epochs of a spec, as a person writes its training, and the mean losses of its epochs."""
    with randomness.separate(CPU):
        job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
        assembled = assemble(job.network, job.train, job.splits, CPU)
        model, prepared, samples = copy.deepcopy(assembled.model), assembled.measure.prepare, job.splits.train
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, foreach=False)
        penalised = [dict(model.named_parameters())[name] for name in weights]
        scaler = torch.amp.GradScaler("cpu", enabled=autocast is torch.float16)
        losses = []
        for epoch in range(1, 4):
            order = randomness.epoch_order(len(samples), 5, epoch, shuffle=True)
            total = 0.0
            for rows in order.split(16):
                batch = samples.take(rows)
                optimizer.zero_grad()
                for part in torch.arange(len(batch)).split(-(-16 // parts)):
                    with torch.autocast("cpu", dtype=autocast or torch.bfloat16, enabled=autocast is not None):
                        outputs = model(prepared(batch.inputs[part]))
                    loss = nn.functional.cross_entropy(outputs.float(), batch.targets[part])
                    scaler.scale(loss * len(part) / len(batch)).backward()
                    total += loss.item() * len(part)
                penalty = sum(l1 * weight.abs().sum() + l2 * weight.square().sum() for weight in penalised)
                scaler.scale(penalty).backward()
                scaler.unscale_(optimizer)
                if clip:
                    nn.utils.clip_grad_norm_(model.parameters(), clip)
                scaler.step(optimizer)
                scaler.update()
            losses.append(total / len(samples))
    return model.state_dict(), losses


def trained(front):
    with randomness.separate(CPU):
        job = prepare(front.network, Path.cwd(), Needs(device="cpu"))
        engine = Engine(assemble(job.network, job.train, job.splits, CPU))
        for _ in engine.events():
            pass
    return engine


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, {}),
        ({"train.gradient_clip": 0.5}, {"clip": 0.5}),
        (WITHOUT_NORM, {"parts": 2, "weights": ("1.weight", "3.weight")}),
        ({"train.precision": "bfloat16"}, {"autocast": torch.bfloat16}),
        ({"train.precision": "float16", "train.gradient_clip": 0.5}, {"autocast": torch.float16, "clip": 0.5}),
    ],
    ids=["plain", "clipped", "in parts", "bfloat16", "float16"],
)
@pytest.mark.parametrize(("l1", "l2"), [(1e-3, 0.0), (0.0, 1e-2), (1e-3, 1e-2)])
def test_it_is_the_training_of_hand_written_code(spec, changes, options, l1, l2):
    front = spec({**PLAIN, "train.penalty": f"{{l1: {l1}, l2: {l2}}}", **changes})
    expected, _ = by_hand(front, l1, l2, **options)
    half = "precision" in str(changes)
    for name, value in trained(front).weights().items():
        torch.testing.assert_close(value, expected[name], rtol=2e-2 if half else 1e-4, atol=2e-2 if half else 1e-5)


def test_reported_losses_are_those_of_the_data(spec):
    front = spec({**PLAIN, "train.penalty": "{l1: 1e-2}"})
    _, losses = by_hand(front, 1e-2, 0.0)
    start(front, directory="run")
    assert [line["train_loss"] for line in metrics("run")] == [pytest.approx(loss, rel=1e-4) for loss in losses]


@pytest.mark.parametrize(("l1", "l2"), [(0.1, 0.0), (0.0, 0.25), (0.1, 0.25)])
def test_the_gradient_is_autograds_to_the_bit(l1, l2):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(30, 20), nn.LayerNorm(20), nn.Linear(20, 3))
    twin = copy.deepcopy(model)
    model[0].weight.data[0, :5] = twin[0].weight.data[0, :5] = 0
    inputs = torch.randn(7, 30)
    model(inputs).square().sum().backward()
    penalty_of(Penalty(l1=l1, l2=l2), model)()
    cost = sum(l1 * twin[index].weight.abs().sum() + l2 * twin[index].weight.square().sum() for index in (0, 2))
    (twin(inputs).square().sum() + cost).backward()
    for (name, own), other in zip(model.named_parameters(), twin.parameters(), strict=True):
        if l1 and l2:  # three numbers are added in another order
            torch.testing.assert_close(own.grad, other.grad, msg=name)
        else:
            assert torch.equal(own.grad, other.grad), name


@pytest.mark.parametrize(
    ("exclude", "spared"),
    [(("bias", "norm"), {"0.bias", "1.weight", "1.bias", "2.bias"}), ((), set()), (("norm",), {"1.weight", "1.bias"})],
)
def test_what_is_excluded_costs_nothing(exclude, spared):
    model = nn.Sequential(nn.Linear(3, 3), nn.LayerNorm(3), nn.Linear(3, 3))
    for parameter in model.parameters():
        parameter.data.fill_(1)
        parameter.grad = torch.zeros_like(parameter)
    penalty_of(Penalty(l1=1.0, exclude=exclude), model)()
    assert {name for name, own in model.named_parameters() if not own.grad.any()} == spared


def test_a_frozen_weight_costs_nothing():
    model = nn.Linear(3, 3).requires_grad_(False)
    penalty_of(Penalty(l1=1.0), model)()
    assert model.weight.grad is None


def test_l1_makes_more_weights_small(spec):
    few = {}
    for l1 in (0.0, 3e-3):
        penalty = {"train.penalty": f"{{l1: {l1}}}"} if l1 else {}
        weight = trained(spec({**PLAIN, **penalty, "train.epochs": 12})).weights()["1.weight"]
        few[l1] = (weight.abs() < 1e-3).float().mean().item()
    assert few[3e-3] > 0.3 > 0.1 > few[0.0]


@pytest.mark.parametrize("step", [3, 12])
def test_a_resumed_run_ends_as_an_uninterrupted_one(spec, every_step, step):
    front = spec({"train.penalty": "{l1: 1e-3, l2: 1e-4}", "train.accumulate": 2})
    whole = start(front, directory="whole")
    assert result(resume(interrupted(front, step))) == result(whole)
