"""An `inplace` layer on what something else needs is an error where the network is trained."""

import pytest

from tests.support.reading import findings, front, train

IN_PLACE = "{ReLU: {inplace: true}}"

LAYERS = {
    # What torch keeps for the gradient.
    f"{{Linear: 8}}, Tanh, {IN_PLACE}": "`ReLU` overwrites its input, and the gradient of `2 (Tanh)` needs it",
    f"{{Linear: 8}}, ReLU, Identity, {IN_PLACE}": (
        "`ReLU` overwrites its input, and the gradient of `2 (ReLU)` needs it"
    ),
    "{Linear: 8}, {ReLU: {inplace: true}}, {Dropout: {inplace: true}}": (
        "`Dropout` overwrites its input, and the gradient of `2 (ReLU)` needs it"
    ),
    "{Linear: 8}, {ELU: {inplace: true}}, {Dropout: {inplace: true}}": (
        "`Dropout` overwrites its input, and the gradient of `2 (ELU)` needs it"
    ),
    "{Linear: 8}, ELU, {Dropout: {inplace: true}}": None,
    f"{{Linear: 8}}, {IN_PLACE}": None,
    f"{{Linear: 8}}, BatchNorm1d, {IN_PLACE}, {{Linear: 8}}, BatchNorm1d, {IN_PLACE}": None,
    f"Tanh, {IN_PLACE}": None,  # nothing before it is learned
    "{Linear: 8}, {LeakyReLU: {negative_slope: -0.5, inplace: true}}": (
        "`LeakyReLU` overwrites its input, and the gradient of `LeakyReLU` with a slope below 0 needs its input"
    ),
    "{LeakyReLU: {negative_slope: -0.5, inplace: true}}": None,
    # What another layer takes.
    f"{{Linear: 8}}, {{Residual: [{IN_PLACE}, {{Linear: 8}}]}}": (
        "`ReLU` overwrites its input, and `2 (Residual)` takes it too"
    ),
    f"{{Linear: 8}}, {{Residual: [Identity, {IN_PLACE}, {{Linear: 8}}]}}": (
        "`ReLU` overwrites its input, and `2 (Residual)` takes it too"
    ),
    f"{{Residual: [{IN_PLACE}, {{Linear: 784}}]}}": "`ReLU` overwrites its input, and `1 (Residual)` takes it too",
    f"{{Linear: 8}}, {{Residual: [{{Linear: 8}}, {IN_PLACE}]}}, {IN_PLACE}": None,
    f"{{Linear: 8}}, {{Concat: [[{IN_PLACE}], [{{Linear: 3}}]]}}": (
        "`ReLU` overwrites its input, and `2.1.0 (Linear)` takes it too"
    ),
    f"{{Linear: 8}}, {{Graph: {{nodes: {{a: [{{Linear: 8}}], b: [{IN_PLACE}], c: {{from: [a, b], merge: Add}}}}}}}}": (
        "`ReLU` overwrites its input, and `2.a.0 (Linear)` takes it too"
    ),
    f"{{Graph: {{nodes: {{a: [{{Linear: 8}}], b: {{from: a, layers: [{IN_PLACE}]}}}}}}}}": None,
    f"{{Graph: {{nodes: {{a: [{{Linear: 8}}], b: {{from: [a, a], merge: Multiply, layers: [{IN_PLACE}]}}}}}}}}": None,
}


@pytest.mark.parametrize("layers", LAYERS)
def test_what_something_else_needs_is_not_overwritten(layers):
    text = train().replace("{Linear: 10}", f"{layers}, {{Linear: 10}}")
    said = [d.message for d in front(text).report.errors]
    assert said == ([LAYERS[layers]] if LAYERS[layers] else [])


def test_where_nothing_is_trained_it_is_no_error():
    text = train().replace("{Linear: 10}", f"{{Linear: 8}}, Tanh, {IN_PLACE}")
    assert findings(text.partition("train:")[0]) == []


GROUPS = {"{Linear: 8}, {GroupNorm: 8}": ["norm-of-one-value: GroupNorm"], "{Linear: 8}, {GroupNorm: 4}": []}


@pytest.mark.parametrize("layers", GROUPS)
def test_a_norm_of_single_values_is_an_error_where_the_network_is_trained(layers):
    text = train().replace("{Linear: 10}", f"{layers}, {{Linear: 10}}")
    assert [found for found in findings(text) if "constant" not in found] == GROUPS[layers]
