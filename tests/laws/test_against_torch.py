"""PyTorch is the judge: what archc says of a layer, torch does."""

import inspect
import typing
from collections import Counter

import pytest
import torch
from hypothesis import given
from torch import nn

from archc.layers import LAYERS
from archc.terms.record import REQUIRED, declared
from tests.support.judge import BATCH, STRICTER, Case, compare, judge, make, reason, torch_arguments, unknown
from tests.support.layer_cases import LEAVES, cases, output
from tests.support.strategies import laws

NOT_ARGUMENTS = {
    "device": "it is chosen when the network is used",
    "dtype": "so is the type of the numbers",
    "batch_first": "a sample has no batch axis, so it is always true",
    "min_value": "torch's old name of `min_val`",
    "max_value": "torch's old name of `max_val`",
    "_random_samples": "it is a tensor",
    "_weight": "it is a tensor",
    "include_last_offset": "bags that lie across samples are marked by offsets beside the input, which has one tensor",
    "_freeze": "what is learned is no property of a layer",
    "kdim": "in self-attention, keys are of the input's size",
    "vdim": "in self-attention, values are of the input's size",
}
"""Arguments of torch's constructors that are none of the layer's, each with the reason."""

OURS = {
    **{name: {"output": "sequence"} for name in ("GRU", "LSTM", "RNN")},
    "TransformerEncoder": {"num_layers": REQUIRED, "norm": False},
}
"""Arguments that torch's constructors do not have, with their defaults."""


@pytest.mark.parametrize("name", LEAVES)
def test_torch_agrees_on_what_is_legal_and_on_every_figure(name):
    seen = Counter()
    count = 60 if declared(LAYERS[name]) else 20

    @laws(count)
    @given(cases(name))
    def law(case):
        seen[compare(name, *case)] += 1

    law()
    assert seen["legal"] >= count // 8, seen


def agree(name, arguments_, x):
    """Whether archc and torch say the same of a case, and what."""
    ours, theirs = output(name, arguments_, x), judge(name, arguments_, x)
    assert (theirs and theirs.shape) == (ours and (BATCH, *ours)), f"{name} {arguments_} on {x}"
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
    for name, arguments_, x in STRICTER[why].examples:
        theirs = judge(name, arguments_, x)
        assert theirs, "torch refuses it too"
        assert output(name, arguments_, x) is None
        assert reason(Case(name, arguments_, x, theirs.shape)) == why


@pytest.mark.parametrize("name", ["AvgPool2d", "Conv2d", "MaxPool2d", "PixelShuffle", "Upsample"])
def test_the_cases_hold_illegal_ones_too(name):
    verdicts = Counter()

    @laws(100)
    @given(cases(name))
    def law(case):
        verdicts[output(name, *case) is None] += 1

    law()
    assert verdicts[True] >= 10 <= verdicts[False]


def signature(cls):
    """The arguments of torch's class with their defaults; a text for a function of that name."""
    found = typing.get_overloads(cls.__init__)
    return {
        p.name: REQUIRED if p.default is inspect.Parameter.empty else getattr(p.default, "__name__", p.default)
        for p in inspect.signature(found[0] if found else cls).parameters.values()
        if p.name not in ("self", *NOT_ARGUMENTS) and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }


@pytest.mark.parametrize("name", LEAVES)
def test_arguments_and_defaults_are_those_of_torch(name):
    meant = "TransformerEncoderLayer" if name == "TransformerEncoder" else name
    theirs = signature(getattr(nn, meant, None) or make(name))
    ours = {argument.name: _one_number(argument.default) for argument in declared(LAYERS[name]).values()}
    for size in LAYERS[name].sizes:
        assert theirs[size] is REQUIRED
        assert ours[size] is None
        theirs[size] = None
    ours |= dict.fromkeys(LAYERS[name].of_data, REQUIRED)
    for argument, default in OURS.get(name, {}).items():
        assert ours.pop(argument) == default
        assert argument not in theirs
    for argument in unknown(name):
        assert ours.pop(argument) is True
    assert list(ours) == list(theirs)
    assert ours == theirs


def _one_number(value):
    return value[0] if isinstance(value, tuple) else value


INT64_IN_TORCH_ALONE = {
    **dict.fromkeys(["AvgPool1d", "AvgPool2d", "AvgPool3d"], "a mean that is rounded down"),
    "StochasticDepth": "it divides by a probability, unless that is 1",
}
ENOUGH = {"dim": 1, "dims": (0, 2, 1), "index": 1, "unflattened_size": (2, 2), "norm_type": 2.0, "p": 0.0}
BESIDES = {
    **{f"FractionalMaxPool{n}d": {"output_size": 2} for n in (2, 3)},
    **{name: {"size": 2} for name in ("Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d")},
    **{name: {"dim": 1} for name in ("LogSoftmax", "Softmax", "Softmin")},
    "Fold": {"output_size": 3},
}
"""Arguments with which the layers accept a sample of 4 x 4 x ...; all others are 2."""


@pytest.mark.filterwarnings("ignore:dropout[23]d. Received a")
@pytest.mark.parametrize("name", LEAVES)
def test_torch_agrees_on_which_layers_take_whole_numbers(name):
    cls = LAYERS[name]
    required = [name for name, argument in declared(cls).items() if argument.required or name in cls.of_data]
    given = {argument: ENOUGH.get(argument, 2) for argument in required} | BESIDES.get(name, {})
    x = (4,) * max(cls.ranks or [3 if "Pixel" in name else 2])
    module = make(name)(**torch_arguments(name, given, x))
    of_tokens = cls.family == "embedding" and "float32" not in cls.dtypes
    assert of_tokens or module(torch.ones(2, *x)).dtype == torch.float32
    assert of_tokens == (name in ("Embedding", "EmbeddingBag"))
    try:
        theirs = str(module(torch.ones(2, *x, dtype=torch.int64)).dtype).removeprefix("torch.")
    except (RuntimeError, ValueError):
        theirs = None
    ours = LAYERS[name].dtypes.get("int64")
    assert ours == theirs or (ours is None and name in INT64_IN_TORCH_ALONE)
