"""What makes probabilities of a network's outputs: its loss and its last layers together."""

import pytest
import torch

import archc
from archc.analysis.probabilities import READINGS, ending, reading
from archc.recipe.losses import LOSSES
from archc.training.objective import probabilities

ENDINGS = {
    "Linear: 10": "other",
    "{Linear: 10}, ReLU": "other",
    "{Linear: 10}, Softmax": "shares",
    "{Linear: 10}, Softmin": "shares",
    "{Linear: 10}, {Softmax: 1}, {Dropout: 0.1}, Identity": "shares",
    "{Linear: 10}, {Sequential: [{Softmax: -1}, Flatten]}": "shares",
    "{Linear: 10}, {Softmax: 0}": "chances",
    "{Linear: 10}, {Unflatten: {dim: 1, unflattened_size: [10, 1, 1]}}, Softmax2d, Flatten": "shares",
    "{Linear: 10}, {Unflatten: {dim: 1, unflattened_size: [2, 5]}}, {Softmax: 2}, Flatten": "chances",
    "{Linear: 10}, {Unflatten: {dim: 1, unflattened_size: [1, 10]}}, {Softmax: 2}, Flatten": "shares",
    "{Linear: 10}, LogSoftmax": "log_shares",
    "{Linear: 10}, {Unflatten: {dim: 1, unflattened_size: [2, 5]}}, {LogSoftmax: 2}, Flatten": "other",
    "{Linear: 10}, Sigmoid": "chances",
    "{Linear: 10}, Hardsigmoid, {Unflatten: {dim: 1, unflattened_size: [2, 5]}}, {Permute: [0, 2, 1]}": "chances",
    "{Linear: 10}, {Residual: [Sigmoid]}": "other",
}


def network(layers):
    return archc.loads(f"archc: 1\ninput: [7]\nlayers: [{layers if '{' in layers else f'{{{layers}}}'}]\n")


@pytest.mark.parametrize("layers", ENDINGS)
def test_the_last_layers_say_what_outputs_are(layers):
    assert ending(network(layers)) == ENDINGS[layers]


@pytest.mark.filterwarnings("ignore:Implicit dimension")
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("layers", ENDINGS)
def test_what_is_given_as_a_probability_is_one(layers, loss):
    made = network(layers)
    how = reading(made, LOSSES[loss]())
    assert how == READINGS[LOSSES[loss].gives].get(ENDINGS[layers])
    if how is None:
        return
    torch.manual_seed(0)
    with torch.no_grad():
        outputs = archc.build(made).eval()(10 * torch.randn(64, 7))
    shares = probabilities(outputs, how)
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert torch.equal(shares.argmax(1), outputs.argmax(1))
    if how == "softmax" or ENDINGS[layers] in ("shares", "log_shares"):
        torch.testing.assert_close(shares.sum(1), torch.ones(64))


@pytest.mark.parametrize(
    ("layers", "loss", "how"),
    [
        ("Linear: 10", "CrossEntropyLoss", "softmax"),
        ("{Linear: 10}, Softmax", "CrossEntropyLoss", "as they are"),
        ("{Linear: 10}, LogSoftmax", "NLLLoss", "exp"),
        ("{Linear: 10}, Softmax", "NLLLoss", "as they are"),
        ("Linear: 10", "NLLLoss", None),
        ("Linear: 10", "KLDivLoss", None),
        ("Linear: 10", "BCEWithLogitsLoss", "sigmoid"),
        ("{Linear: 10}, Sigmoid", "BCEWithLogitsLoss", "as they are"),
        ("{Linear: 10}, Sigmoid", "SoftMarginLoss", "as they are"),
        ("{Linear: 10}, Sigmoid", "BCELoss", "as they are"),
        ("{Linear: 10}, Sigmoid", "CrossEntropyLoss", None),
        ("{Linear: 10}, Softmax", "MSELoss", "as they are"),
        ("Linear: 10", "MSELoss", None),
    ],
)
def test_loss_and_last_layers_together_say_how_outputs_are_read(layers, loss, how):
    assert reading(network(layers), LOSSES[loss]()) == how
