"""What trains is lowered for its device: the same function of the same parameters (archc/lowering)."""

import platform

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

import archc
from archc.backends import torch_modules
from archc.lowering import linear, lower
from archc.lowering.dropout import FastDropout
from archc.lowering.linear import LEAST_WEIGHTS, OneDnnLinear
from archc.machine import device as devices
from tests.support.places import SPECS
from tests.support.strategies import laws

CPU = torch.device("cpu")
NETWORKS = [
    *sorted(SPECS.glob("*.yaml")),
    *(
        SPECS / "zoo" / f"{name}.yaml"
        for name in ("lenet5", "squeezenet1_1", "googlenet", "resnet18", "feature_pyramid", "wavenet")
    ),
]
needs_onednn = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64") or not torch.backends.mkldnn.is_available(),
    reason="torch calls oneDNN so on x86 alone",
)


@pytest.fixture
def other_maker(monkeypatch):
    """A processor on which MKL holds back."""
    monkeypatch.setattr(linear, "mkl_holds_back", lambda: True)


def kinds(module):
    return [type(part) for part in module]


def outputs_and_gradients(model, x):
    """What a model gives for x and what flows back, to x and to its parameters by name."""
    x = x.clone().requires_grad_(x.is_floating_point())
    y = model(x)
    torch.manual_seed(1)
    y.backward(torch.randn_like(y))
    found = [y.detach(), x.grad, *(parameter.grad for parameter in model.parameters())]
    model.zero_grad(set_to_none=True)
    return [tensor for tensor in found if tensor is not None]


POOLS = st.sampled_from(
    [
        nn.MaxPool2d(2),
        nn.MaxPool2d(3, stride=1, padding=1),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.MaxPool2d((2, 3), stride=(3, 2), padding=(1, 1)),
    ]
)
VALUES = st.sampled_from([-2.0, -1.0, -0.0, 0.0, 1.0, 1.0, 2.0, float("nan"), float("inf"), -float("inf")])


@laws(150)
@given(POOLS, st.lists(VALUES, min_size=60, max_size=60), st.booleans())
def test_a_pool_before_its_relu_gives_the_same_bits_forwards_and_backwards(pool, values, channels_last):
    x = torch.tensor(values).view(1, 2, 5, 6)
    if channels_last:
        x = x.contiguous(memory_format=torch.channels_last)
    written = nn.Sequential(nn.ReLU(), pool)
    lowered = lower(written, CPU)
    assert kinds(lowered) == [type(pool), nn.ReLU]
    for ours, theirs in zip(outputs_and_gradients(lowered, x), outputs_and_gradients(written, x), strict=True):
        assert torch.equal(ours.nan_to_num(nan=-7), theirs.nan_to_num(nan=-7))


def test_a_dilated_pool_stays_where_it_is_as_its_window_may_lie_in_the_padding():
    layers = nn.Sequential(nn.ReLU(), nn.MaxPool1d(2, dilation=4, padding=1))
    assert kinds(lower(layers, CPU)) == kinds(layers)


def test_a_relu_that_overwrites_its_input_stays_where_it_is_as_another_branch_may_see_that():
    torch.manual_seed(0)
    x = torch.randn(2, 3, 4, 4)
    written = torch_modules.Residual(nn.Sequential(nn.ReLU(inplace=True), nn.MaxPool2d(3, 1, 1)))
    assert torch.equal(lower(written, CPU)(x.clone()), written(x.clone()))


def test_pools_move_across_the_borders_of_nested_sequentials():
    block = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU())
    lowered = lower(nn.Sequential(block, nn.MaxPool2d(2), nn.Flatten()), CPU)
    assert kinds(lowered) == [nn.Conv2d, nn.BatchNorm2d, nn.MaxPool2d, nn.ReLU, nn.Flatten]


def test_branches_are_lowered_too():
    inner = nn.Sequential(nn.ReLU(), nn.MaxPool2d(3, 1, 1))
    lowered = lower(nn.Sequential(torch_modules.Residual(inner), torch_modules.Concat({"a": inner})), CPU)
    assert [kinds(part) for part in (lowered[0].layers, lowered[1].a)] == [[nn.MaxPool2d, nn.ReLU]] * 2
    assert kinds(inner) == [nn.ReLU, nn.MaxPool2d]


@needs_onednn
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_network_is_the_same_function_of_the_same_parameters(path, other_maker):
    network = archc.load(path)
    torch.manual_seed(0)
    model = archc.build(network).eval()
    torch.manual_seed(2)
    x = torch.rand(2, *network.input) if network.input_dtype == "float32" else torch.randint(0, 5, (2, *network.input))
    written = outputs_and_gradients(model, x)
    lowered = lower(model, CPU)
    assert [id(parameter) for parameter in lowered.parameters()] == [id(parameter) for parameter in model.parameters()]
    for ours, theirs in zip(outputs_and_gradients(lowered, x), written, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-5 * float(theirs.abs().max()))


def test_the_model_itself_stays_as_it_was_and_keeps_its_statistics():
    model = nn.Sequential(nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.5))
    shape = repr(model)
    lowered = lower(model, CPU)
    lowered(torch.randn(8, 2, 4, 4))
    assert repr(model) == shape
    assert int(model[0].num_batches_tracked) == 1
    assert all(part.training for part in lowered.modules())
    assert not any(part.training for part in lower(model.eval(), CPU).modules())


def test_other_devices_and_modules_that_are_not_torchs_own_are_left_alone(other_maker):
    class Own(nn.Sequential):
        pass

    model = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.5), nn.Linear(512, 512))
    assert lower(model, torch.device("meta")) is model
    own = Own(*model)
    assert lower(own, CPU) is own


@needs_onednn
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5, 512), (1, 512), (3, 4, 512)])
def test_a_linear_through_onednn_is_torchs_linear(shape, bias, other_maker):
    torch.manual_seed(0)
    written = nn.Linear(512, 300, bias=bias)
    ours = lower(written, CPU)
    assert type(ours) is OneDnnLinear
    x = torch.randn(shape)
    for own, theirs in zip(outputs_and_gradients(ours, x), outputs_and_gradients(written, x), strict=True):
        assert own.shape == theirs.shape
        assert own.is_contiguous() == theirs.is_contiguous()
        assert torch.allclose(own, theirs, rtol=1e-4, atol=1e-4)


@needs_onednn
def test_a_linear_through_onednn_takes_the_gradient_of_a_sum(other_maker):
    """It has one number in memory for all outputs."""
    written, x = nn.Linear(512, 300), torch.rand(4, 512)
    written(x).sum().backward()
    expected = [written.weight.grad, written.bias.grad]
    written.zero_grad()
    lower(written, CPU)(x).sum().backward()
    for own, theirs in zip([written.weight.grad, written.bias.grad], expected, strict=True):
        assert torch.allclose(own, theirs)


@needs_onednn
def test_a_linear_through_onednn_gives_the_gradients_that_are_asked_for(other_maker):
    written, x = nn.Linear(512, 300), torch.rand(4, 512)
    written.weight.requires_grad_(False)
    lower(written, CPU)(x).sum().backward()
    assert written.weight.grad is None
    assert torch.equal(written.bias.grad, torch.full((300,), 4.0))


@needs_onednn
def test_what_a_linear_through_onednn_gives_may_be_overwritten(other_maker):
    torch.manual_seed(0)
    written = nn.Sequential(nn.Linear(512, 300), nn.ReLU(inplace=True))
    x = torch.randn(4, 512)
    theirs, ours = outputs_and_gradients(written, x), outputs_and_gradients(lower(written, CPU), x)
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-4) for a, b in zip(ours, theirs, strict=True))


@needs_onednn
def test_small_layers_and_other_precisions_stay_with_torch(other_maker):
    small, large = nn.Linear(10, (LEAST_WEIGHTS - 1) // 10), nn.Linear(512, LEAST_WEIGHTS // 512)
    assert type(lower(small, CPU)) is nn.Linear
    assert type(lower(large, CPU)) is OneDnnLinear
    assert type(lower(large, CPU, "bfloat16")) is nn.Linear


@pytest.mark.parametrize(("maker", "lowered"), [("GenuineIntel", False), ("AuthenticAMD", True), ("", False)])
@needs_onednn
def test_linear_goes_through_onednn_where_mkl_does_not_know_the_processor(maker, lowered, monkeypatch):
    monkeypatch.setattr(devices, "cpu_maker", lambda: maker)
    linear.mkl_holds_back.cache_clear()
    try:
        assert (type(lower(nn.Linear(512, 512), CPU)) is OneDnnLinear) == (
            lowered and torch.backends.mkl.is_available()
        )
    finally:
        linear.mkl_holds_back.cache_clear()


@pytest.mark.parametrize("p", [0.01, 0.1, 0.25, 0.5, 0.9])
def test_dropout_drops_its_share_and_scales_the_rest(p):
    torch.manual_seed(0)
    x = torch.rand(1000, 333) + 1
    y = lower(nn.Dropout(p), CPU)(x)
    deviation = (p * (1 - p) / x.numel()) ** 0.5
    assert float((y == 0).float().mean()) == pytest.approx(p, abs=5 * deviation)
    assert torch.allclose(y[y != 0], x[y != 0] / (1 - p))


@pytest.mark.parametrize("p", [0.5, 0.7])
def test_dropout_draws_each_value_by_itself(p):
    """Neighbours, which share a random number, are dropped together as often as chance has it."""
    torch.manual_seed(0)
    dropped = lower(nn.Dropout(p), CPU)(torch.ones(2**20)) == 0
    for distance in (1, 2, 3, 4, 5):
        both = float((dropped[:-distance] & dropped[distance:]).float().mean())
        assert both == pytest.approx(p**2, abs=5 * (p**2 * (1 - p**2) / 2**20) ** 0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("p", [0.5, 0.3])
@pytest.mark.parametrize("shape", [(3, 5), (1,), (2, 3, 4, 5), (2, 2), (6,)])
def test_dropout_hands_back_gradients_where_it_let_values_through(shape, p, dtype):
    torch.manual_seed(0)
    x = torch.ones(shape, dtype=dtype, requires_grad=True)
    y = lower(nn.Dropout(p), CPU)(x)
    y.sum().backward()
    assert y.dtype == dtype
    assert torch.equal(x.grad, y.detach())


def test_dropout_is_a_function_of_torchs_generator_and_of_nothing_while_evaluating():
    dropout, x = lower(nn.Dropout(0.5), CPU), torch.ones(100)
    state = torch.get_rng_state()
    first = dropout(x)
    assert not torch.equal(dropout(x), first)
    torch.set_rng_state(state)
    assert torch.equal(dropout(x), first)
    assert dropout.eval()(x) is x


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_dropout_that_drops_nothing_or_everything_stays_torchs(p):
    assert type(lower(nn.Dropout(p), CPU)) is nn.Dropout


def test_the_least_and_the_most_probable_dropouts_have_a_threshold():
    x = torch.ones(64)
    assert torch.equal(FastDropout(1e-12)(x), x / (1 - 1e-12))
    assert not FastDropout(1 - 1e-12)(x).any()
    assert FastDropout(2**-16)(x).any()
