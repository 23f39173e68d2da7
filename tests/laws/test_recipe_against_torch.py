"""Losses, optimizers, schedulers and augmentations have torch's names, arguments, order and defaults."""

import inspect
import typing
from importlib import import_module

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from archc.data.torchvision_import import import_torchvision
from archc.recipe.augmentations import AUGMENTATIONS
from archc.recipe.losses import LOSSES
from archc.recipe.optimizers import OPTIMIZERS
from archc.recipe.schedulers import SCHEDULERS
from archc.recipe.transforms import TRANSFORMS, Sizing
from archc.terms.record import REQUIRED, declared

transforms = import_torchvision().transforms
v2 = import_module("torchvision.transforms.v2")

NOT_IN_A_SPEC = {
    **dict.fromkeys(["params", "optimizer", "last_epoch"], "archc gives it"),
    **dict.fromkeys(["size_average", "reduce"], "deprecated in favour of `reduction`"),
    "scale_fn": "it is a function",
    "scale_mode": "it says what `scale_fn` counts",
    "log_target": "targets are classes",
    "pad_if_needed": "what comes out is as large as the image, so that it never is",
    "expand": "it changes the size of each image by itself",
    "inplace": "it says where the result is stored",
    "antialias": "pieces are never made smaller, and images of Pillow always have it",
}
OURS = {"every", "monitor"}
LEFT_OUT = {
    ("CosineAnnealingLR", "T_max"): "the length of the run",
    ("ReduceLROnPlateau", "mode"): "as the figure has it",
    **{("ColorJitter", name): "the range that torchvision makes of 0" for name in ("brightness", "contrast")},
    **{("ColorJitter", name): "the range that torchvision makes of 0" for name in ("saturation", "hue")},
    ("RandomResizedCrop", "interpolation"): "the name of torchvision's constant",
    ("Resize", "interpolation"): "the name of torchvision's constant",
}

TORCH = {
    **{name: (cls, getattr(nn, name)) for name, cls in LOSSES.items()},
    **{name: (cls, getattr(torch.optim, name)) for name, cls in OPTIMIZERS.items()},
    **{name: (cls, getattr(lr_scheduler, name)) for name, cls in SCHEDULERS.items()},
    **{name: (cls, getattr(transforms, name)) for name, cls in AUGMENTATIONS.items()},
    **{name: (cls, getattr(v2, name)) for name, cls in TRANSFORMS.items() if issubclass(cls, Sizing)},
}


def plain(value):
    """A default as a spec has it."""
    if isinstance(value, transforms.InterpolationMode):
        return value.value
    return tuple(value) if isinstance(value, list) else value


def signature(cls):
    found = typing.get_overloads(cls.__init__)
    return {
        p.name: REQUIRED if p.default is inspect.Parameter.empty else plain(p.default)
        for p in inspect.signature(found[0] if found else cls).parameters.values()
        if p.name != "self" and p.name not in NOT_IN_A_SPEC
    }


@pytest.mark.parametrize("name", TORCH)
def test_arguments_order_and_defaults_are_those_of_torch(name):
    ours, theirs = TORCH[name]
    mine = {argument.name: argument.default for argument in declared(ours).values() if argument.name not in OURS}
    wanted = signature(theirs)
    assert list(mine) == list(wanted)
    for key in [key for cls, key in LEFT_OUT if cls == name]:
        mine.pop(key), wanted.pop(key)
    assert mine == wanted


def classes(module, base):
    return {
        name
        for name, cls in vars(module).items()
        if isinstance(cls, type) and issubclass(cls, base) and cls is not base and not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("table", "theirs"),
    [
        (OPTIMIZERS, classes(torch.optim, torch.optim.Optimizer)),
        (SCHEDULERS, classes(lr_scheduler, lr_scheduler.LRScheduler) - {"LRScheduler"}),
        (LOSSES, {name for name in classes(nn, nn.Module) if name.endswith("Loss") or "LossWith" in name}),
    ],
    ids=["optimizers", "schedulers", "losses"],
)
def test_every_class_of_torch_is_there_or_has_a_reason(table, theirs):
    old, new = {"NLLLoss2d"}, {"LinearCrossEntropyLoss"} - theirs
    assert (set(table) | set(table.absent)) - new == theirs - old
    assert not set(table) & set(table.absent)


STATES = [(name, {}) for name in OPTIMIZERS] + [
    ("SGD", {"momentum": 0.9}),
    ("Adam", {"amsgrad": True}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
]


@pytest.mark.parametrize(("name", "given"), STATES, ids=str)
def test_the_state_that_figures_of_memory_count_is_what_torch_keeps(name, given):
    weight = nn.Parameter(torch.ones(64, 64))
    optimizer = getattr(torch.optim, name)([weight], **given)
    weight.sum().backward()
    optimizer.step()
    kept = sum(value.numel() for value in optimizer.state[weight].values() if isinstance(value, torch.Tensor))
    claimed = OPTIMIZERS[name](**given).state() * weight.numel()
    if name == "Adafactor":
        assert kept <= claimed
    else:
        assert claimed <= kept < claimed + weight.numel()
