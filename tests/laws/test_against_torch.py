"""PyTorch is the judge: what archc says of a layer, torch does."""

import inspect
import warnings
from collections import Counter

import pytest
import torch
from hypothesis import given
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from archc.layers import LAYERS
from archc.record import REQUIRED, arguments
from tests.strategies import LEAVES, cases, laws, output

POOLS = ("AdaptiveAvgPool2d", "AvgPool2d", "MaxPool2d")
STRICTER = {
    "a size of zero": (
        ("AdaptiveAvgPool2d", "Conv2d", "Linear"),
        lambda given, x: any(given.get(name) == 0 or 0 in _items(given.get(name)) for name in _SIZES),
        [("AdaptiveAvgPool2d", {"output_size": 0}, (1, 4, 4)), ("Linear", {"out_features": 0}, (4,))],
    ),
    "a momentum outside 0 to 1": (
        ("BatchNorm1d", "BatchNorm2d"),
        lambda given, x: not 0 <= (given.get("momentum") or 0) <= 1,
        [("BatchNorm1d", {"momentum": 1.5}, (4,)), ("BatchNorm2d", {"momentum": -0.5}, (4, 2, 2))],
    ),
    "features that nothing is kept for": (
        ("BatchNorm1d", "BatchNorm2d"),
        lambda given, x: given.get("affine") is False and given.get("track_running_stats") is False,
        [("BatchNorm2d", {"num_features": 3, "affine": False, "track_running_stats": False}, (4, 2, 2))],
    ),
    "a batch of another rank, which is a single image to torch": (
        ("Conv2d", *POOLS),
        lambda given, x: len(x) != 3,
        [
            ("Conv2d", {"out_channels": 1, "kernel_size": 1, "in_channels": 2}, (4, 4)),
            ("MaxPool2d", {"kernel_size": 1}, (4, 4)),
        ],
    ),
    "a list of one, which torch repeats": (
        ("Conv2d", *POOLS),
        lambda given, x: any(len(_items(value)) == 1 for value in given.values()),
        [("AvgPool2d", {"kernel_size": [2]}, (1, 4, 4)), ("MaxPool2d", {"kernel_size": 2, "stride": [1]}, (1, 4, 4))],
    ),
    "two outputs": (
        ("MaxPool2d",),
        lambda given, x: bool(given.get("return_indices")),
        [("MaxPool2d", {"kernel_size": 2, "return_indices": True}, (1, 4, 4))],
    ),
    "samples merged": (
        ("Flatten",),
        lambda given, x: given.get("start_dim", 1) % (len(x) + 1) == 0,
        [("Flatten", {"start_dim": 0}, (4,)), ("Flatten", {"start_dim": -3}, (4, 4))],
    ),
}
"""Where archc refuses what torch accepts, each with its layers, its cases, and examples. Nothing else may differ."""

_SIZES = ("out_channels", "out_features", "output_size")

BATCH = 2
NEVER_VARIED = {"return_indices"}
"""Arguments that are legal at their default alone."""


def _items(value):
    return value if isinstance(value, list) else []


def _torch_arguments(name, given, x):
    """The arguments for torch: lists as tuples, inferred sizes filled in."""
    cls = LAYERS[name]
    inferred = {size: x[axis] if -len(x) <= axis < len(x) else 1 for size, axis in cls.sizes.items()}
    return inferred | {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


def judge(name, given, x):
    """The module, the shape and the FLOPs of its output for a batch of two; None where torch refuses."""
    with warnings.catch_warnings(), torch.no_grad(), FlopCounterMode(display=False) as counter:
        warnings.simplefilter("ignore")
        try:
            module = getattr(nn, name)(**_torch_arguments(name, given, x))
            y = module(torch.ones(BATCH, *x))
        except (RuntimeError, ValueError, TypeError, IndexError, ZeroDivisionError):
            return None
    return module, tuple(y.shape) if isinstance(y, torch.Tensor) else y, counter.get_total_flops()


def lowered(layer, x):
    """The module that archc makes."""
    name, args, kwargs = layer.lower(x)
    return getattr(nn, name)(*args, **kwargs)


def settings_of(module):
    """What a module was told, as plain data: one number for a pair of equal ones."""
    told = {key: value for key, value in vars(module).items() if not key.startswith("_")}
    return {
        key: value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value for key, value in told.items()
    }


def reason(name, given, x):
    return next((text for text, (layers, holds, _) in STRICTER.items() if name in layers and holds(given, x)), None)


@pytest.mark.parametrize("name", LEAVES)
def test_torch_agrees_on_what_is_legal_and_on_every_figure(name):
    seen, varied = Counter(), Counter()
    count = 400 if "kernel_size" in LAYERS[name].__annotations__ else 80

    @laws(count)
    @given(cases(name))
    def law(case):
        arguments_, x = case
        ours, theirs = output(name, arguments_, x), judge(name, arguments_, x)
        if theirs is None:
            assert ours is None, "torch refuses it"
            seen["illegal"] += 1
        elif ours is None:
            why = reason(name, arguments_, x)
            assert why, f"torch accepts it and gives {theirs[1]}"
            seen[why] += 1
        else:
            module, shape, flops = theirs
            layer = LAYERS[name](**arguments_)
            assert shape == (BATCH, *ours)
            assert sum(p.numel() for p in module.parameters()) == layer.params(x)
            assert flops == BATCH * 2 * layer.macs(x)
            assert settings_of(lowered(layer, x)) == settings_of(module)
            seen["legal"] += 1
            varied.update(key for key, value in arguments_.items() if value != arguments(LAYERS[name])[key].default)

    law()
    assert seen["legal"] >= count // 8, seen
    assert all(varied[key] >= 2 for key in arguments(LAYERS[name]) if key not in NEVER_VARIED), varied


def agree(name, arguments_, x):
    """Whether archc and torch say the same of a case, and what."""
    ours, theirs = output(name, arguments_, x), judge(name, arguments_, x)
    assert (theirs and theirs[1]) == (ours and (BATCH, *ours)), f"{name} {arguments_} on {x}"
    return ours


SHAPES = [(3,), (3, 4), (3, 4, 5), (2, 3, 4, 5)]


@pytest.mark.parametrize("name", ["LogSoftmax", "Softmax"])
@pytest.mark.parametrize("x", SHAPES)
def test_torch_agrees_on_every_axis_of_a_softmax(name, x):
    legal = [dim for dim in range(-7, 8) if agree(name, {"dim": dim}, x)]
    assert legal == list(range(-len(x) - 1, len(x) + 1))


@pytest.mark.parametrize("x", SHAPES)
def test_torch_agrees_on_every_range_of_axes_of_a_flatten(x):
    ranges = [(start, end) for start in range(-7, 8) for end in range(-7, 8) if start % (len(x) + 1)]
    verdicts = Counter(agree("Flatten", {"start_dim": start, "end_dim": end}, x) is None for start, end in ranges)
    assert min(verdicts[True], verdicts[False]) >= 4


@pytest.mark.parametrize("mode", ["reflect", "circular", "replicate", "zeros"])
def test_torch_agrees_on_how_much_padding_can_be_copied(mode):
    kernel = {"out_channels": 1, "kernel_size": 1, "padding_mode": mode}
    sizes = [(4, 9), (9, 4), (5, 5), (1, 9)]
    verdicts = [agree("Conv2d", kernel | {"padding": pad}, (1, *size)) is None for pad in range(7) for size in sizes]
    assert any(verdicts) == (mode in ("reflect", "circular"))
    for gap in range(1, 7):
        agree("Conv2d", kernel | {"kernel_size": 3, "padding": "same", "dilation": gap}, (1, 4, 9))


@pytest.mark.parametrize("kernel", range(1, 6))
@pytest.mark.parametrize("gap", [1, 2])
def test_torch_agrees_on_every_small_window_with_ceil_mode(kernel, gap):
    window = {"kernel_size": kernel, "dilation": gap, "ceil_mode": True}
    verdicts = Counter(
        agree("MaxPool2d", window | {"stride": stride, "padding": padding}, (1, size, 7)) is None
        for stride in range(1, 7)
        for padding in range(4)
        for size in range(1, 8)
    )
    assert verdicts[False] >= 20


@pytest.mark.parametrize("why", STRICTER)
def test_every_deliberate_difference_is_one(why):
    for name, arguments_, x in STRICTER[why][2]:
        assert judge(name, arguments_, x), "torch refuses it too"
        assert output(name, arguments_, x) is None
        assert reason(name, arguments_, x) == why


@pytest.mark.parametrize("name", ["AdaptiveAvgPool2d", "AvgPool2d", "Conv2d", "Linear", "MaxPool2d"])
def test_the_cases_hold_illegal_ones_too(name):
    verdicts = Counter()

    @laws(100)
    @given(cases(name))
    def law(case):
        verdicts[output(name, *case) is None] += 1

    law()
    assert verdicts[True] >= 10 <= verdicts[False]


@pytest.mark.parametrize("name", LEAVES)
def test_arguments_and_defaults_are_those_of_torch(name):
    signature = inspect.signature(getattr(nn, name)).parameters.values()
    theirs = {
        p.name: p.default
        for p in signature
        if p.name not in ("device", "dtype") and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    ours = {argument.name: _one_number(argument.default) for argument in arguments(LAYERS[name]).values()}
    for size in LAYERS[name].sizes:
        assert theirs[size] is inspect.Parameter.empty
        assert ours[size] is None
        theirs[size] = None
    assert list(ours) == list(theirs)
    assert ours == {key: REQUIRED if value is inspect.Parameter.empty else value for key, value in theirs.items()}


def _one_number(value):
    return value[0] if isinstance(value, tuple) else value


INT64_IN_TORCH_ALONE = {"AvgPool2d": "a mean that is rounded down"}


@pytest.mark.parametrize("name", LEAVES)
def test_torch_agrees_on_which_layers_take_whole_numbers(name):
    required = [a.name for a in arguments(LAYERS[name]).values() if a.required]
    given = dict.fromkeys(required, 2)
    x = (2, 4, 4) if 3 in (LAYERS[name].ranks or (3,)) else (2,)
    if name in ("LogSoftmax", "Softmax"):
        given["dim"] = 1
    module = getattr(nn, name)(**_torch_arguments(name, given, x))
    try:
        theirs = str(module(torch.ones(2, *x, dtype=torch.int64)).dtype).removeprefix("torch.")
    except RuntimeError:
        theirs = None
    ours = LAYERS[name].dtypes.get("int64")
    assert ours == theirs or (ours is None and name in INT64_IN_TORCH_ALONE)
