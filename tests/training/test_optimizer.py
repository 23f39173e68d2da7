"""The optimizers are torch's, without what torch loads to compile them."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from archc.recipe.optimizers import OPTIMIZERS
from archc.training.optimizer import kernels, load_tensors, make, tensors

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


def test_training_does_not_load_torchs_compiler(tmp_path):
    spec = Path(__file__).parents[2] / "specs/quickstart.yaml"
    code = (
        "import sys, archc.cli\n"
        f"code = archc.cli.main(['train', {str(spec)!r}, '--fast-dev-run', '-q'])\n"
        "print(code, sorted({'torch._dynamo', 'torch._inductor', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout == "0 []\n"
