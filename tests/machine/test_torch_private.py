"""Private names of torch, each with the public way that is taken where a release lacks it."""

import ast
import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from archc.lowering import lower
from archc.lowering.linear import OneDnnLinear
from archc.machine import torch_private
from archc.recipe.optimizers import OPTIMIZERS
from archc.training import optimizer

CPU = torch.device("cpu")
ROOT = Path(__file__).parents[2]
LOOKED_AT = ("2.9", "2.13")
"""The releases that the module names; with a newer one, look at its names again, and then change this line."""


def test_the_releases_that_were_looked_at_are_said():
    text = torch_private.__doc__
    assert all(f" {version}." in text for version in LOOKED_AT)


@pytest.fixture
def lacking(monkeypatch):
    """A torch without a name, and with optimizers made anew."""

    def lack(place, name):
        monkeypatch.delattr(place, name)
        optimizer.eager.cache_clear()

    yield lack
    optimizer.eager.cache_clear()


def trained(name, **options):
    """The parameters after some steps of archc's optimizer, and whether it gathered the tensors itself."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3))
    made = optimizer.make(OPTIMIZERS[name](lr=0.1, **options), model.parameters(), CPU)
    for row in torch.randn(6, 6):
        model(row).square().sum().backward()
        made.step()
        made.zero_grad()
    return list(model.parameters()), "_gathered" in vars(made)


def same(ours, theirs):
    return all(map(torch.equal, ours, theirs))


@pytest.mark.parametrize(
    ("name", "options", "kernel"),
    [
        ("Adam", {}, "_fused_adam_"),
        ("AdamW", {}, "_fused_adamw_"),
        ("Adam", {"decoupled_weight_decay": True, "weight_decay": 0.1}, "_fused_adamw_"),
    ],
)
def test_without_its_kernel_adam_takes_torchs_own_step(monkeypatch, lacking, name, options, kernel):
    expected, gathered = trained(name, **options)
    assert gathered
    assert torch_private.adam_kernel(decoupled=kernel == "_fused_adamw_") is getattr(torch, kernel)
    # torch's own step needs the name too: it is archc alone that looks and finds none.
    monkeypatch.setattr(torch_private, "adam_kernel", lambda *, decoupled: None)
    found, gathered = trained(name, **options)
    assert not gathered
    assert same(found, expected)


def test_a_kernel_that_is_not_there_is_none(lacking):
    lacking(torch, "_fused_adam_")
    assert torch_private.adam_kernel(decoupled=False) is None
    assert torch_private.adam_kernel(decoupled=True) is not None


@pytest.mark.parametrize("there", [True, False])
def test_a_number_is_added_to_all(lacking, there):
    if not there:
        lacking(torch, "_foreach_add_")
    tensors = [torch.zeros(2), torch.ones(())]
    torch_private.add_to_all(tensors, 3)
    assert [tensor.tolist() for tensor in tensors] == [[3, 3], 4]


class Nothing:
    """A collection of operations that has none."""


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_a_product_is_the_same_with_and_without_onednn(monkeypatch, there, bias):
    if there and not torch_private.has_onednn_product():
        pytest.skip("this torch was built without oneDNN")
    if not there:
        monkeypatch.setattr(torch.ops, "mkldnn", Nothing())
    left, right = torch.randn(7, 5), torch.randn(5, 3).t()
    offset = torch.randn(3) if bias else None
    assert torch_private.has_onednn_product() == there
    expected = left @ right.t() + (0 if offset is None else offset)
    torch.testing.assert_close(torch_private.onednn_product(left, right, offset), expected)


def test_without_onednn_no_linear_is_lowered(monkeypatch):
    from archc.lowering import linear

    linear.mkl_holds_back.cache_clear()
    monkeypatch.setattr(torch.ops, "mkldnn", Nothing())
    assert not OneDnnLinear.is_faster_than(nn.Linear(1024, 1024), "float32")
    linear.mkl_holds_back.cache_clear()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_instructions_are_known_or_nobody_knows(monkeypatch, dtype):
    assert torch_private.cpu_has_instructions(dtype) in (True, False)
    monkeypatch.setattr(torch.ops, "mkldnn", Nothing())
    assert torch_private.cpu_has_instructions(dtype) is None


def test_a_module_gets_other_children_and_keeps_all_else():
    module = nn.Sequential(nn.ReLU(), nn.Tanh()).eval()
    made = torch_private.with_children(module, {"0": nn.Sigmoid()})
    assert type(made) is nn.Sequential
    assert [type(child) for child in made] == [nn.Sigmoid]
    assert [type(child) for child in module] == [nn.ReLU, nn.Tanh]
    assert not made.training


def test_a_module_whose_children_are_elsewhere_is_not_lowered():
    class Elsewhere(nn.Sequential):
        """Keeps its modules where this torch does not."""

    module = Elsewhere(nn.ReLU())
    vars(module)["_kept"] = vars(module).pop("_modules")
    assert torch_private.with_children(module, {}) is module


def test_lowering_leaves_a_model_as_it_is():
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5)), nn.ReLU())
    before = copy.deepcopy(model)
    lower(model, CPU)
    assert repr(model) == repr(before)


@pytest.mark.parametrize("name", ["Adam", "SGD", "RMSprop"])
def test_an_optimizer_is_torchs_own_where_nothing_is_wrapped(name):
    """As in a release that no longer puts anything around methods."""
    cls = getattr(torch.optim, name)
    bare = type(name, (cls,), {"zero_grad": lambda self, set_to_none=True: cls.zero_grad(self, set_to_none)})
    made = torch_private.eager_optimizer(bare, lambda step: step)([nn.Parameter(torch.ones(2))], lr=0.1)
    parameter = made.param_groups[0]["params"][0]
    parameter.sum().backward()
    made.step()
    made.zero_grad()
    assert parameter.grad is None
    assert parameter[0] < 1
    assert isinstance(made, cls)


def private_names(tree):
    """Private names that are asked of torch's modules, by any of the names that they are imported under."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            root = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in ("torch", "nn", "F", "dist", "lr_scheduler", "safetensors"):
                yield node.attr
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("torch", "torchvision"):
            yield from (alias.name for alias in node.names if alias.name.startswith("_"))


def test_private_names_of_torch_stand_in_one_file():
    found = {
        str(path.relative_to(ROOT)): names
        for path in (ROOT / "archc").rglob("*.py")
        if (names := sorted(set(private_names(ast.parse(path.read_text())))))
    }
    assert found == {"archc/machine/torch_private.py": ["_linear_pointwise"]}


@pytest.mark.parametrize("code", ["torch._foreach_add_(a, 1)", "nn.modules._x", "from torch import _C"])
def test_a_private_name_would_be_found(code):
    assert list(private_names(ast.parse(code)))
