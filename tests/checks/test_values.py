"""What is known of the values that a network gives: what a loss cannot take of it is an error, what is lost a lint."""

import pytest

from tests.support.reading import findings, front, train

LINEAR = "{Linear: 10}"
PLANE = "{Unflatten: {dim: 1, unflattened_size: [10, 1, 1]}}"
POISSON = "{PoissonNLLLoss: {log_input: false}}"

ENDS = {
    # BCELoss takes numbers from 0 to 1, while training too.
    ("BCELoss", "Sigmoid"): [],
    ("BCELoss", "Hardsigmoid, Flatten, Identity"): [],
    ("BCELoss", "{Softmax: 1}"): [],
    ("BCELoss", "{Hardtanh: {min_val: 0, max_val: 1}}"): [],
    ("BCELoss", "{Hardtanh: {min_val: 0.2, max_val: 0.8}}"): ["outputs-cut-off: Hardtanh"],
    ("BCELoss", "ReLU6, Sigmoid"): ["outputs-cut-off: ReLU6"],
    ("BCELoss", "{Concat: [[{Linear: 4}, Sigmoid], [{Linear: 6}, {Softmax: 1}]]}"): [],
    ("BCELoss", "{Multiply: [[Sigmoid], [Hardsigmoid]]}"): [],
    ("BCELoss", "{Graph: {nodes: {a: [Sigmoid], b: {from: a, layers: [Identity]}}}}"): [],
    ("BCELoss", f"{PLANE}, Sigmoid, {{Upsample: {{scale_factor: 2}}}}, {{AvgPool2d: 2}}, Flatten"): [],
    ("BCELoss", f"{PLANE}, Sigmoid, {{MaxPool2d: 1}}, {{AdaptiveAvgPool2d: 1}}, Flatten"): [],
    ("BCELoss", "Tanh"): ["outputs-not-probabilities: loss: BCELoss"],
    ("BCELoss", "ReLU"): ["outputs-not-probabilities: loss: BCELoss"],
    ("BCELoss", "{LogSoftmax: 1}"): ["outputs-not-probabilities: loss: BCELoss"],
    ("BCELoss", "{Residual: [Sigmoid]}"): ["outputs-not-probabilities: loss: BCELoss"],
    ("BCELoss", "{Add: [[Sigmoid], [Sigmoid]]}"): ["outputs-not-probabilities: loss: BCELoss"],
    ("BCELoss", f"{PLANE}, Sigmoid, {{Upsample: {{scale_factor: 2, mode: bicubic}}}}, {{AvgPool2d: 2}}, Flatten"): [
        "outputs-not-probabilities: loss: BCELoss"
    ],
    # PoissonNLLLoss takes the logarithm of counts, or counts.
    ("PoissonNLLLoss", "Identity"): [],
    ("PoissonNLLLoss", "ReLU"): ["outputs-cut-off: ReLU"],
    (POISSON, "Softplus"): [],
    (POISSON, "ReLU"): [],
    (POISSON, "GELU"): [f"counts-below-zero: loss: {POISSON}"],
    (POISSON, "Identity"): [f"counts-below-zero: loss: {POISSON}"],
    # CrossEntropyLoss and its like take any numbers.
    ("CrossEntropyLoss", "ReLU"): ["outputs-cut-off: ReLU"],
    ("CrossEntropyLoss", "Sigmoid"): ["outputs-cut-off: Sigmoid"],
    ("CrossEntropyLoss", "ReLU6, Identity"): ["outputs-cut-off: ReLU6"],
    ("CrossEntropyLoss", "LogSigmoid"): ["outputs-cut-off: LogSigmoid"],
    ("CrossEntropyLoss", "Tanh"): ["outputs-cut-off: Tanh"],
    ("CrossEntropyLoss", "GELU"): ["outputs-cut-off: GELU"],
    ("CrossEntropyLoss", "ReLU, {Dropout: 0.5}"): ["outputs-cut-off: ReLU", "dropout-last: Dropout"],
    ("CrossEntropyLoss", "LeakyReLU"): [],
    ("CrossEntropyLoss", "PReLU"): [],
    ("CrossEntropyLoss", "{Softmax: 1}, Flatten"): ["softmax-before-cross-entropy: Softmax"],
    ("CrossEntropyLoss", "{Softmin: 1}"): ["softmax-before-cross-entropy: Softmin"],
    ("CrossEntropyLoss", "{Softmax: 1}, {Dropout: 0.5}"): [
        "softmax-before-cross-entropy: Softmax",
        "dropout-last: Dropout",
    ],
    ("CrossEntropyLoss", f"{PLANE}, Softmax2d, {{AdaptiveAvgPool2d: 1}}, Flatten"): [
        "softmax-before-cross-entropy: Softmax2d"
    ],
    ("CrossEntropyLoss", "{Multiply: [[], [Sigmoid]]}"): [],
    # As SqueezeNet and Network in Network have it.
    ("CrossEntropyLoss", f"{PLANE}, ReLU, {{AdaptiveAvgPool2d: 1}}, Flatten"): [],
    ("BCEWithLogitsLoss", "Sigmoid"): ["sigmoid-before-logits-loss: Sigmoid"],
    ("BCEWithLogitsLoss", "{Softmax: 1}, Flatten"): ["sigmoid-before-logits-loss: Softmax"],
    ("BCEWithLogitsLoss", "ReLU"): ["outputs-cut-off: ReLU"],
    ("SoftMarginLoss", "Tanh"): ["outputs-cut-off: Tanh"],
    # NLLLoss and KLDivLoss take the logarithms of shares.
    ("NLLLoss", "{LogSoftmax: 1}, Flatten, Identity"): [],
    ("KLDivLoss", "{LogSoftmax: -1}"): [],
    ("NLLLoss", "{Softmax: 1}"): ["nll-without-log-softmax: loss: NLLLoss"],
    ("NLLLoss", "LogSigmoid"): ["nll-without-log-softmax: loss: NLLLoss"],
    ("NLLLoss", "ReLU, {LogSoftmax: 1}"): ["outputs-cut-off: ReLU"],
    ("NLLLoss", "{Softmax: 1}, {LogSoftmax: 1}"): ["outputs-cut-off: Softmax"],
    # A distance has to be able to become 0.
    ("MSELoss", "Sigmoid"): [],
    ("MSELoss", "Tanh"): [],
    ("MSELoss", "{Softmax: 1}"): [],
    ("MSELoss", "LogSigmoid"): ["outputs-cut-off: LogSigmoid"],
    ("L1Loss", "{Hardtanh: {min_val: 0, max_val: 0.5}}"): ["outputs-cut-off: Hardtanh"],
    ("MultiMarginLoss", "ReLU"): [],
}


@pytest.mark.parametrize(("loss", "last"), ENDS)
def test_the_values_that_come_out_and_the_loss_fit_each_other(loss, last):
    text = train(loss=loss).replace(LINEAR, f"{LINEAR}, {last}")
    assert findings(text) == ENDS[loss, last]


def test_a_dropout_behind_probabilities_scales_them_while_training():
    text = train(loss="BCELoss").replace(LINEAR, f"{LINEAR}, Sigmoid, {{Dropout: 0.1}}")
    (found,) = front(text).report.errors
    assert found.message == "`BCELoss` takes outputs from 0 to 1, and `Dropout` gives others"
    assert found.helps[0].startswith("delete `Dropout`")


@pytest.mark.parametrize(
    ("loss", "last", "instead"),
    [
        ("BCELoss", "{LogSoftmax: 1}", "Sigmoid"),
        ("BCELoss", "ReLU", "Sigmoid"),
        ("NLLLoss", "{Softmax: 1}", "LogSoftmax: 1"),
        ("NLLLoss", "ReLU", "LogSoftmax: 1"),
    ],
)
def test_what_stands_in_the_place_of_a_wrong_last_layer_is_right(loss, last, instead):
    text = train(loss=loss).replace(LINEAR, f"{LINEAR}, {last}")
    (found,) = front(text).report
    assert f"`{instead}`" in found.helps[0]
    assert findings(text.replace(last, f"{{{instead}}}" if ":" in instead else instead)) == []


def test_pixels_are_from_0_to_1_until_they_are_moved():
    gate = "{Multiply: [[{Conv2d: {out_channels: 1, kernel_size: 1}}, Sigmoid], []]}"
    layers = f"[{gate}, {{AdaptiveAvgPool2d: [1, 10]}}, Flatten]"
    text = train(loss="BCELoss").replace(f"[Flatten, {LINEAR}]", layers)
    assert findings(text) == []
    for moved in ("transform: [{Normalize: {mean: [0.5], std: [0.5]}}]", "augment: [{RandomErasing: {value: 3}}]"):
        assert findings(text.replace("name: MNIST", f"name: MNIST, {moved}")) == [
            "outputs-not-probabilities: loss: BCELoss"
        ]


CONSTANTS = {
    "{Linear: 1}, {Softmax: 1}": "`Softmax` gives 1 for every sample",
    "{Linear: 1}, {LogSoftmax: 1}": "`LogSoftmax` gives 0 for every sample",
    "{Linear: 1}, LayerNorm": "`LayerNorm` gives the same for every sample",
    "{Linear: 4}, {GroupNorm: 4}, ReLU": "`GroupNorm` gives the same for every sample",
    "{Linear: 4}, {LayerNorm: {elementwise_affine: false}}": None,
    "{Linear: 4}, LogSigmoid, ReLU": "`ReLU` gives 0 for every sample",
    "{Linear: 4}, Sigmoid, {Threshold: {threshold: 1, value: 3}}": "`Threshold` gives 3 for every sample",
    "{Linear: 4}, {Dropout: 1}": "`Dropout` gives 0 for every sample while training",
    "{Linear: 4}, {Softmax: 1}, {Unflatten: {dim: 1, unflattened_size: [4, 1]}}, {Mean: 1}": (
        "`Mean` gives 0.25 for every sample"
    ),
    "{Linear: 4}, {Softmax: 1}": None,
    "{Linear: 4}, {Unflatten: {dim: 1, unflattened_size: [4, 1]}}, {Softmax: 2}": "`Softmax` gives 1 for every sample",
    "{Residual: [{Linear: 1}, {Softmax: 1}]}, {Linear: 3}": "`Softmax` gives 1 for every sample",
}


@pytest.mark.parametrize("layers", CONSTANTS)
def test_a_layer_that_gives_the_same_for_every_sample_is_a_lint(layers):
    report = front(f"archc: 1\ninput: [8]\nlayers: [{layers}]\n").report
    said = [d.message for d in report if d.slug == "constant"]
    assert said == ([CONSTANTS[layers]] if CONSTANTS[layers] else [])


def test_a_softmax_over_one_output_is_told_once():
    text = train(loss="BCELoss").replace("Linear: 10}]", "Linear: 1}, {Softmax: 1}]")
    assert [found.partition(":")[0] for found in findings(text)] == ["too-few-outputs", "constant"]
