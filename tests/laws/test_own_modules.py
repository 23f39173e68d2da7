"""The modules that archc adds to torch.nn: torch's own weights and numbers, and those of published networks."""

import inspect
import itertools

import pytest
import torch
from torch import nn

from archc.backends import torch_modules
from archc.layers import LAYERS
from archc.layers.absent import ABSENT

X = torch.randn(3, 5, 8, generator=torch.Generator().manual_seed(1))


def seeded(make):
    torch.manual_seed(7)
    return make().eval()


def assert_same_weights(ours, theirs):
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True))


RECURRENT = [
    (name, {"num_layers": layers, "bidirectional": both})
    for name, layers, both in itertools.product(["RNN", "LSTM", "GRU"], [1, 2], [False, True])
] + [("LSTM", {"proj_size": 4, "bidirectional": True}), ("RNN", {"nonlinearity": "relu", "bias": False})]


@pytest.mark.filterwarnings("ignore:LSTM with projections")
@pytest.mark.parametrize(("name", "options"), RECURRENT)
def test_a_recurrent_network_has_the_weights_and_outputs_of_torch(name, options):
    theirs = seeded(lambda: getattr(nn, name)(8, 6, batch_first=True, **options))
    whole, last = (
        seeded(lambda output=output: getattr(torch_modules, name)(8, 6, output=output, **options))
        for output in ("sequence", "last")
    )
    assert_same_weights(whole, theirs)
    steps, state = theirs(X)
    assert torch.equal(whole(X), steps)
    final = (state[0] if name == "LSTM" else state).unflatten(0, (-1, 1 + theirs.bidirectional))[-1]
    assert torch.equal(last(X), torch.cat(list(final), dim=1))
    assert options.get("bidirectional") or torch.equal(last(X), steps[:, -1])


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"add_bias_kv": True, "add_zero_attn": True}])
def test_attention_has_the_weights_and_outputs_of_torch(options):
    theirs = seeded(lambda: nn.MultiheadAttention(8, 2, batch_first=True, **options))
    ours = seeded(lambda: torch_modules.MultiheadAttention(8, 2, **options))
    assert_same_weights(ours, theirs)
    assert torch.allclose(ours(X), theirs(X, X, X)[0], atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"norm_first": True, "activation": "gelu", "bias": False}])
@pytest.mark.parametrize("norm", [False, True])
def test_a_transformer_encoder_has_the_weights_and_outputs_of_torch(norm, options):
    def by_hand():
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, **options)
        last = nn.LayerNorm(8, bias=options.get("bias", True)) if norm else None
        return nn.TransformerEncoder(layer, 3, last, enable_nested_tensor=False)

    theirs = seeded(by_hand)
    ours = seeded(lambda: torch_modules.TransformerEncoder(8, 2, 3, dim_feedforward=16, norm=norm, **options))
    assert_same_weights(ours, theirs)
    assert torch.equal(ours(X), theirs(X))


def test_a_layer_scale_is_that_of_convnext():
    """torchvision/models/convnext.py: `nn.Parameter(torch.ones(dim, 1, 1) * layer_scale)`."""
    module = torch_modules.LayerScale(96)
    assert torch.equal(module.weight, torch.ones(96, 1, 1) * 1e-6)
    assert torch_modules.LayerScale(8, dim=-1).weight.shape == (8,)


def test_class_token_and_positions_are_those_of_a_vision_transformer():
    """torchvision/models/vision_transformer.py: zeros of (1, 1, D), and `normal_(std=0.02)` of (1, N + 1, D)."""
    token, positions = torch_modules.ClassToken(8), seeded(lambda: torch_modules.PositionEmbedding(6, 8))
    assert torch.equal(token.weight, torch.zeros(1, 1, 8))
    expected = seeded(lambda: nn.ParameterList([torch.empty(1, 6, 8).normal_(std=0.02)]))[0]
    assert torch.equal(positions.weight, expected)
    assert torch.equal(token(X)[:, 1:], X)
    assert torch.equal(positions(token(X))[:, :1], positions.weight[:, :1].expand(3, -1, -1))


@pytest.mark.parametrize("mode", ["row", "batch"])
def test_stochastic_depth_keeps_the_mean_and_drops_whole_samples(mode):
    torch.manual_seed(3)
    module = torch_modules.StochasticDepth(0.25, mode)
    ones = torch.ones(4, 2, 2)
    drawn = torch.stack([module(ones) for _ in range(2000)])
    assert drawn.unique().tolist() == pytest.approx([0.0, 1 / 0.75])
    assert drawn.mean() == pytest.approx(1, abs=0.05)
    assert torch.equal(drawn.amin((2, 3)), drawn.amax((2, 3)))
    assert (drawn.std(dim=1).max() == 0) == (mode == "batch")
    assert torch.equal(module.eval()(ones), ones)
    assert torch.equal(torch_modules.StochasticDepth(1.0, mode)(ones), torch.zeros(4, 2, 2))


def test_every_class_of_torch_nn_is_a_layer_or_is_absent_for_a_reason():
    classes = {name for name, item in vars(nn).items() if inspect.isclass(item) and issubclass(item, nn.Module)}
    assert classes - set(LAYERS) == set(ABSENT) & classes
    assert set(LAYERS) & set(ABSENT) == set()


def test_every_reason_of_a_lazy_class_names_a_layer():
    lazy = [name for name in ABSENT if name.startswith("Lazy")]
    assert all(name.removeprefix("Lazy") in LAYERS and name.removeprefix("Lazy") in ABSENT[name] for name in lazy)


def test_every_layer_has_a_module():
    assert all(hasattr(torch_modules, name) or hasattr(nn, name) for name in LAYERS)
