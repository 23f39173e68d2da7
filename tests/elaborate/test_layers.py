"""How layers are written: three spellings, principal arguments, names and paths."""

import pytest

from archc.layers import LAYERS
from archc.terms.record import REQUIRED, declared
from tests.support.reading import HEAD, findings, front, layer

PRINCIPALS = {
    "AdaptiveAvgPool2d": ("output_size", "[7, null]", (7, None)),
    "AvgPool2d": ("kernel_size", "[2, 3]", (2, 3)),
    "Dropout": ("p", "0.25", 0.25),
    "Dropout2d": ("p", "1", 1.0),
    "LeakyReLU": ("negative_slope", "-1", -1.0),
    "Linear": ("out_features", "10", 10),
    "LogSoftmax": ("dim", "-1", -1),
    "MaxPool2d": ("kernel_size", "2", (2, 2)),
    "Softmax": ("dim", "1", 1),
}


_BY_ARGUMENT = {
    "alpha": "CELU ELU",
    "approximate": "GELU",
    "dim": "GLU LogSoftmax Mean Softmax Softmin",
    "dims": "Permute",
    "downscale_factor": "PixelUnshuffle",
    "groups": "ChannelShuffle",
    "hidden_size": "GRU LSTM RNN",
    "init_value": "LayerScale",
    "kernel_size": "AvgPool1d AvgPool2d AvgPool3d MaxPool1d MaxPool2d MaxPool3d Unfold",
    "lambd": "Hardshrink Softshrink",
    "negative_slope": "LeakyReLU",
    "normalized_shape": "LayerNorm RMSNorm",
    "nhead": "TransformerEncoderLayer",
    "num_groups": "GroupNorm",
    "num_heads": "MultiheadAttention",
    "num_parameters": "PReLU",
    "out_features": "Linear",
    "output_size": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d "
    "AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d",
    "p": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout StochasticDepth",
    "padding": "CircularPad1d CircularPad2d CircularPad3d ReflectionPad1d ReflectionPad2d ReflectionPad3d "
    "ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d",
    "size": "LocalResponseNorm",
    "upscale_factor": "PixelShuffle",
}
PRINCIPAL = {name: argument for argument, names in _BY_ARGUMENT.items() for name in names.split()}
LEAVES = sorted(name for name, cls in LAYERS.items() if not cls.contains)


@pytest.mark.parametrize("name", PRINCIPALS)
def test_a_value_alone_is_the_principal_argument(name):
    argument, text, value = PRINCIPALS[name]
    alone, named = (front(layer(f"{name}: {written}")).network for written in (text, f"{{{argument}: {text}}}"))
    assert getattr(alone.nodes[0].layer, argument) == value
    assert alone == named


def test_every_layer_has_the_principal_argument_of_the_language_or_none():
    assert {name: LAYERS[name].principal for name in LEAVES if LAYERS[name].principal} == PRINCIPAL


@pytest.mark.parametrize("name", LEAVES)
def test_a_layer_without_required_arguments_is_a_bare_name_or_has_nothing_beside_it(name):
    bare, empty, braces = (findings(layer(f"{name}{rest}", "[2, 4, 4]")) for rest in ("", ":", ": {}"))
    needs = any(a.default is REQUIRED for a in declared(LAYERS[name]).values())
    assert bare == empty == braces
    assert (bare == [f"missing-argument: {name}"]) == needs


@pytest.mark.parametrize("name", sorted(set(LEAVES) - set(PRINCIPAL)))
def test_a_layer_without_a_principal_argument_takes_no_value_alone(name):
    assert findings(layer(f"{name}: 3", "[2, 4, 4]")) == ["no-principal-argument: 3"]


def test_a_pair_is_an_int_or_a_list_of_two():
    one, two = (front(layer(f"Conv2d: {{out_channels: 2, kernel_size: {k}}}")).network for k in ("3", "[3, 3]"))
    assert one == two
    assert findings(layer("Conv2d: {out_channels: 2, kernel_size: [3]}")) == ["wrong-value: [3]"]
    assert findings(layer("Conv2d: {out_channels: 2, kernel_size: [3, 3, 3]}")) == ["wrong-value: [3, 3, 3]"]


def test_sizes_that_follow_from_the_input_may_be_written():
    written = "Conv2d: {in_channels: 1, out_channels: 2, kernel_size: 3}"
    left_out = "Conv2d: {out_channels: 2, kernel_size: 3}"
    assert front(layer(written)).network.params == front(layer(left_out)).network.params


def test_unnamed_layers_have_their_position_as_path():
    text = HEAD + "  - ReLU\n  - Tanh: {name: act}\n  - Sequential: [ReLU, {ReLU: {name: x}}]\n  - ReLU\n"
    paths = [node.path for node in front(text).network.walk()]
    assert paths == ["0", "act", "2", "2.0", "2.x", "3"]


def test_two_siblings_cannot_have_one_name_and_the_second_name_is_marked():
    text = HEAD + "  - ReLU: {name: a}\n  - Tanh: {name: a}\n"
    (diagnostic,) = front(text).report
    assert (diagnostic.slug, diagnostic.span.text, diagnostic.span.first.line) == ("duplicate-name", "a", 5)
    assert [(label.span.text, label.span.first.line) for label in diagnostic.labels] == [("a", 4)]


def test_a_name_may_not_be_the_position_of_a_sibling():
    assert findings(HEAD + "  - ReLU: {name: '1'}\n  - Tanh\n") == ["duplicate-name: Tanh"]
    assert findings(HEAD + "  - ReLU\n  - Tanh: {name: '0'}\n") == ["duplicate-name: '0'"]
    assert findings(HEAD + "  - ReLU: {name: '0'}\n  - Tanh: {name: '1'}\n") == []


def test_layers_of_different_sequentials_may_share_a_name():
    inner = "Sequential: {name: %s, layers: [{%s: {name: a}}]}"
    text = f"{HEAD}  - {inner % ('x', 'ReLU')}\n  - {inner % ('y', 'Tanh')}\n  - ReLU: {{name: a}}\n"
    assert findings(text) == []


@pytest.mark.parametrize("name", ["''", "a.b", ".", "forward", "weight_norm.x", "training", "__class__"])
def test_a_name_that_torch_refuses_is_refused(name):
    assert findings(layer(f"ReLU: {{name: {name}}}")) == [f"bad-name: {name}"]


def test_a_name_is_text():
    assert findings(layer("ReLU: {name: 3}")) == ["wrong-value: 3"]


def test_a_deep_nest_of_sequentials_is_a_network():
    text = "archc: 1\ninput: [4]\nlayers: " + "[{Sequential: " * 40 + "[ReLU]" + "}]" * 40 + "\n"
    network = front(text).network
    assert max(node.depth for node in network.walk()) == 41


@pytest.mark.parametrize(("count", "slugs"), [(99, []), (100, []), (101, ["too-many-layers"])])
def test_the_limit_of_layers_counts_nested_ones(count, slugs, monkeypatch):
    monkeypatch.setattr("archc.elaborate.layers.MAX_LAYERS", 100)
    nested = f"archc: 1\ninput: [4]\nlayers: [{{Sequential: [{'Identity,' * (count - 1)}]}}]\n"
    assert [diagnostic.slug for diagnostic in front(nested).report] == slugs


@pytest.mark.slow
def test_a_network_has_at_most_100_000_layers():
    report = front("archc: 1\ninput: [4]\nlayers: [" + "ReLU," * 100_001 + "]\n").report
    assert [diagnostic.message for diagnostic in report] == ["the network has more than 100,000 layers"]
