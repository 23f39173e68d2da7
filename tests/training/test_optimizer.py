"""The optimizers are torch's, without what torch loads to compile them."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from archc.recipe.optimizers import OPTIMIZERS
from archc.training.optimizer import kernels, load_tensors, make, tensors
from tests.support.places import SPECS

CPU = torch.device("cpu")


def trained(optimizer_of, steps):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5, bias=False), nn.Tanh(), nn.Linear(5, 3, bias=False))
    optimizer = optimizer_of(model.parameters())
    inputs = torch.randn(20, 6)
    for row in range(steps):
        model(inputs[row]).square().sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    return model, optimizer


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_steps_as_torchs_own(name):
    term = OPTIMIZERS[name](**({"lr": 0.1} if name == "SGD" else {}))
    theirs, their_optimizer = trained(lambda p: getattr(torch.optim, name)(p, lr=term.lr, **kernels(term, CPU)), 8)
    ours, optimizer = trained(lambda p: make(term, p, CPU), 8)
    assert isinstance(optimizer, getattr(torch.optim, name))
    assert repr(optimizer) == repr(their_optimizer)
    assert all(map(torch.equal, ours.parameters(), theirs.parameters()))
    assert not any(parameter.requires_grad is False for parameter in ours.parameters())
    saved = tensors(optimizer)
    load_tensors(optimizer, saved)
    assert tensors(optimizer).keys() == saved.keys()


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weight_decay": 0.1, "maximize": True},
        {"amsgrad": True},
        {"betas": (0.5, 0.6)},
        {"weight_decay": 0.3, "decoupled_weight_decay": True},
    ],
)
def test_adam_steps_as_torchs_own_with_every_option(name, options):
    def groups(parameters):
        first, second = parameters
        return [{"params": [first]}, {"params": [second], "weight_decay": 0.0, "lr": 0.03}]

    if name == "AdamW":  # which always decouples it
        options = {key: value for key, value in options.items() if key != "decoupled_weight_decay"}
    term = OPTIMIZERS[name](lr=0.1, **options)
    torchs = getattr(torch.optim, name)
    theirs, _ = trained(lambda p: torchs(groups(p), lr=0.1, fused=True, **options), 6)
    ours, optimizer = trained(lambda p: make(term, groups(p), CPU), 6)
    assert all(map(torch.equal, ours.parameters(), theirs.parameters()))
    assert ("_gathered" in vars(optimizer)) == (not options.get("amsgrad"))


def test_adam_goes_on_from_a_state_that_was_loaded_and_with_another_learning_rate():
    ours, optimizer = trained(lambda p: make(OPTIMIZERS["Adam"](lr=0.1), p, CPU), 3)
    theirs, other = trained(lambda p: torch.optim.Adam(p, lr=0.1, fused=True), 3)
    load_tensors(optimizer, {name: value.clone() for name, value in tensors(optimizer).items()})
    for model, steps in ((ours, optimizer), (theirs, other)):
        steps.param_groups[0]["lr"] = 0.01
        for _ in range(3):
            model(torch.ones(6)).square().sum().backward()
            steps.step()
            steps.zero_grad()
    assert all(map(torch.equal, ours.parameters(), theirs.parameters()))
    assert all(map(torch.equal, tensors(optimizer).values(), tensors(other).values()))


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_adam_under_loss_scaling_unscales_and_leaves_out_steps_as_torchs_own(name):
    def scaled(optimizer_of):
        model, optimizer = trained(optimizer_of, 3)
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
        for size in (1.0, float("inf"), 2.0):
            scaler.scale(model(torch.full((6,), size)).square().sum()).backward()
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
        return [*model.parameters(), *tensors(optimizer).values()]

    theirs = scaled(lambda p: getattr(torch.optim, name)(p, lr=0.1, fused=True))
    ours = scaled(lambda p: make(OPTIMIZERS[name](lr=0.1), p, CPU))
    assert all(value.isfinite().all() for value in theirs)
    assert all(map(torch.equal, ours, theirs))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"momentum": 0.9}),
        ("SGD", {"momentum": 0.9, "dampening": 0.5}),
        ("SGD", {}),
        ("Adagrad", {}),
        ("Adam", {}),
    ],
)
@pytest.mark.parametrize("chosen", [{}, {"fused": True}])
def test_a_first_step_that_loss_scaling_skips_leaves_nothing_behind(monkeypatch, name, options, chosen):
    """Memory that nobody wrote may hold anything, so that here it holds what shows."""
    allocated = torch.empty_like
    monkeypatch.setattr(torch, "empty_like", lambda *args, **rest: allocated(*args, **rest).fill_(1e3))

    def weights(**kernel):
        torch.manual_seed(0)
        model = nn.Linear(6, 3)
        optimizer = make(OPTIMIZERS[name](lr=0.1, **options, **kernel), model.parameters(), CPU)
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
        for size in (float("inf"), float("inf"), 1.0, 2.0, float("inf"), 3.0):
            scaler.scale(model(torch.full((6,), size)).square().sum()).backward()
            scaler.step(optimizer)
            scaler.update()
            optimizer.zero_grad()
        return list(model.parameters())

    ours, theirs = weights(**chosen), weights(fused=False)
    for own, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(own, other, rtol=1e-5, atol=1e-7)


def test_adam_leaves_a_parameter_without_a_gradient_alone():
    model, optimizer = trained(lambda p: make(OPTIMIZERS["Adam"](lr=0.1), p, CPU), 3)
    before = model[0].weight.clone()
    model[2](torch.ones(5)).sum().backward()
    optimizer.step()
    assert torch.equal(model[0].weight, before)
    assert float(tensors(optimizer)["0.step"]) == 3
    assert float(tensors(optimizer)["1.step"]) == 4


def test_training_does_not_load_torchs_compiler(tmp_path):
    spec = SPECS / "quickstart.yaml"
    code = (
        "import sys, archc.cli\n"
        f"code = archc.cli.main(['train', {str(spec)!r}, '--fast-dev-run', '-q'])\n"
        "print(code, sorted({'torch._dynamo', 'torch._inductor', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout == "0 []\n"
