"""What was most likely meant by a wrong name, and no suggestion where nobody can tell."""

import pytest

from archc.elaborate.suggest import distance, suggest
from archc.layers import LAYERS
from archc.recipe.optimizers import OPTIMIZERS
from archc.reference.explain import nearest
from tests.support.reading import front, layer, train

LAYER_NAMES = {
    "Conv2D": "Conv2d",
    "conv2d": "Conv2d",
    "Conv": "Conv2d",
    "Dense": "Linear",
    "FC": "Linear",
    "Liner": "Linear",
    "Relu": "ReLU",
    "RELU": "ReLU",
    "LeakyRelu": "LeakyReLU",
    "Max_Pool2d": "MaxPool2d",
    "MaxPooling2D": "MaxPool2d",
    "AveragePooling2D": "AvgPool2d",
    "GlobalAveragePooling2D": "AdaptiveAvgPool2d",
    "batch_norm_2d": "BatchNorm2d",
    "BatchNormalization": "BatchNorm2d",
    "BacthNorm2d": "BatchNorm2d",
    "Flaten": "Flatten",
    "Droput": "Dropout",
    "SoftMax": "Softmax",
    "Sequental": "Sequential",
}

ARGUMENTS = {
    ("Conv2d", "filters"): "out_channels",
    ("Conv2d", "kernal_size"): "kernel_size",
    ("Conv2d", "kernel"): "kernel_size",
    ("Conv2d", "outChannels"): "out_channels",
    ("Conv2d", "strides"): "stride",
    ("Conv2d", "pading"): "padding",
    ("Conv2d", "use_bias"): "bias",
    ("Linear", "units"): "out_features",
    ("Linear", "out"): "out_features",
    ("Dropout", "rate"): "p",
    ("LeakyReLU", "alpha"): "negative_slope",
    ("MaxPool2d", "pool_size"): "kernel_size",
    ("AdaptiveAvgPool2d", "size"): "output_size",
    ("BatchNorm2d", "epsilon"): "eps",
    ("Softmax", "axis"): "dim",
}

KEYS = {
    "optimiser": "optimizer",
    "epoch": "epochs",
    "batchsize": "batch_size",
    "batch-size": "batch_size",
    "criterion": "loss",
    "dataset": "data",
    "Seed": "seed",
    "devise": "device",
}


@pytest.mark.parametrize("name", LAYER_NAMES)
def test_a_misspelt_layer_or_another_frameworks_is_suggested(name):
    (diagnostic,) = [d for d in front(layer(f"{name}")).report if d.slug == "unknown-layer"]
    assert f"`{LAYER_NAMES[name]}" in diagnostic.helps[0]


@pytest.mark.parametrize(("owner", "name"), ARGUMENTS)
def test_a_misspelt_argument_or_another_frameworks_is_suggested(owner, name):
    report = front(layer(f"{owner}: {{{name}: 1}}", "[1, 4, 4]")).report
    (diagnostic,) = [d for d in report if d.slug == "unknown-argument"]
    assert diagnostic.fault.suggestion == ARGUMENTS[owner, name]
    assert diagnostic.fixes[0].edits[0].text == ARGUMENTS[owner, name]


@pytest.mark.parametrize("name", KEYS)
def test_a_misspelt_key_of_train_is_suggested(name):
    (diagnostic,) = [d for d in front(train(**{name: "1"}, **{KEYS[name]: None})).report if d.slug == "unknown-key"]
    assert diagnostic.fault.suggestion == KEYS[name]


@pytest.mark.parametrize(
    ("name", "meant"), [("ADAM", "Adam"), ("adamw", "AdamW"), ("rms_prop", "RMSprop"), ("Sgd", "SGD")]
)
def test_a_misspelt_optimizer_is_suggested(name, meant):
    assert suggest(name, OPTIMIZERS) == meant


@pytest.mark.parametrize(
    ("name", "meant"), [("e101x", "E101"), ("conv2", "Conv2d"), ("window-to-large", "window-too-large")]
)
def test_a_topic_of_explain_is_suggested(name, meant):
    assert nearest(name) == meant


@pytest.mark.parametrize("name", ["X", "Bogus", "Transformer", "BatchNorm4d", "x" * 65, "", "日本", "linearlinear"])
def test_nothing_is_suggested_where_nothing_or_too_much_is_near(name):
    assert suggest(name, LAYERS) is None


def test_an_argument_that_is_written_already_is_not_taken_as_meant():
    front_ = front(layer("Linear: {out_features: 2, out_feature: 3}", "[4]"))
    assert [d.slug for d in front_.report] == ["unknown-argument"]
    assert front_.spec.layers[0].layer.out_features == 2
    assert not front_.report.diagnostics[0].fixes


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("kitten", "sitting", 3)],
)
def test_the_distance_counts_insertions_deletions_replacements_and_swaps(a, b, steps):
    assert distance(a, b) == distance(b, a) == steps
