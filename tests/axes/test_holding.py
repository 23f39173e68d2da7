"""What the axes of a network hold, from layer to layer."""

import pytest

from archc.axes import hold
from archc.axes.turns import orders
from archc.diagnostics.words import dimensions, named
from tests.support.reading import front

HELD = {
    # What is made
    ("[9, 128]", "{Conv1d: {out_channels: 64, kernel_size: 5}}, ReLU"): "64 channels x length 124",
    ("[100, 16]", "{LSTM: 32}"): "100 steps x 32 features",
    ("{shape: [20], dtype: int64}", "{Embedding: {num_embeddings: 50, embedding_dim: 8}}"): "20 steps x 8 features",
    ("[3, 8, 8]", "{Unfold: {kernel_size: 4, stride: 4}}"): "48 features x 4 tokens",
    ("[48, 4]", "{Fold: {output_size: 8, kernel_size: 4, stride: 4}}"): "3 channels x height 8 x width 8",
    # What is kept, moved, merged, split, replaced and taken away
    ("[9, 128]", "BatchNorm1d, {Permute: [0, 2, 1]}"): "length 128 x 9 channels",
    ("[3, 8, 8]", "{MaxPool2d: 2}, {Permute: [0, 3, 1, -2]}"): "width 4 x 3 channels x height 4",
    ("[3, 8, 8]", "{MaxPool2d: 2}, {Flatten: {start_dim: 2}}"): "3 channels x 16 tokens",
    ("[3, 8, 8]", "{MaxPool2d: 2}, {Flatten: {end_dim: 2}}"): "12 features x width 4",
    ("[3, 1, 8]", "{MaxPool2d: 1}, {Flatten: {end_dim: 2}}"): "3 channels x width 8",
    ("[3, 8, 8]", "{Flatten: {start_dim: 2}}"): "3 x 64",
    ("[3, 8, 8]", "{MaxPool2d: 2}, Flatten"): "48 features",
    ("[3, 8, 8]", "{MaxPool2d: 2}, {Unflatten: {dim: 3, unflattened_size: [2, 2]}}"): "3 channels x height 4 x 2 x 2",
    ("[9, 128]", "BatchNorm1d, {Unflatten: {dim: 1, unflattened_size: [1, 9]}}"): "1 x 9 x 128",
    ("[9, 128]", "BatchNorm1d, {Linear: 10}"): "9 channels x 10 features",
    ("[9, 128]", "BatchNorm1d, {Mean: 1}"): "length 128",
    ("[9, 128]", "BatchNorm1d, {Mean: {dim: 2, keepdim: true}}"): "9 channels x length 1",
    ("[9, 128]", "BatchNorm1d, {Select: {dim: -1, index: 0}}"): "9 channels",
    # What the first layer that cares decides, and what none does
    ("[9, 128]", "ReLU, Dropout, BatchNorm1d"): "9 channels x length 128",
    ("[9, 128]", "{Linear: 4}"): "9 x 4 features",
    ("[9, 128]", "LayerNorm"): "9 x 128",
    # Branches agree, or nothing is known
    ("[9, 128]", "{Residual: [BatchNorm1d]}"): "9 channels x length 128",
    ("[9, 128]", "{Concat: [[BatchNorm1d], [Tanh]]}"): "18 channels x length 128",
    ("[9, 128]", "BatchNorm1d, {Concat: {branches: [[ReLU], [{Linear: 4}]], dim: 2}}"): "9 channels x 132",
    (
        "[9, 128]",
        "{Graph: {nodes: {a: [BatchNorm1d], b: {from: [a, input], merge: Add}, c: {from: b, layers: [Tanh]}}}}",
    ): "9 channels x length 128",
    (
        "[9, 4]",
        "BatchNorm1d, {Multiply: [[], [{AdaptiveAvgPool1d: 1}, Flatten, {Linear: 9}, "
        "{Unflatten: {dim: 1, unflattened_size: [9, 1]}}]]}",
    ): "9 channels x length 4",
}


@pytest.mark.parametrize("case", HELD, ids=" ".join)
def test_the_axes_of_an_output_are_known_as_far_as_layers_say_what_they_hold(case):
    given, layers = case
    network = front(f"archc: 1\ninput: {given}\nlayers: [{layers}]\n").network_or_raise()
    held = hold(network).output
    assert held.shape == network.output
    assert named(held.shape, held.holds) == HELD[case]


def test_the_first_layer_that_cares_says_it_of_the_input_too():
    network = front("archc: 1\ninput: [9, 128]\nlayers: [ReLU, {Dropout1d: 0.1}, {MaxPool1d: 2}]\n").network_or_raise()
    assert hold(network).input.holds == ("channels", "length")


def test_a_turn_moves_one_axis_and_its_way_back_moves_it_back():
    assert orders(0, 1, 2) == ((0, 2, 1), (0, 2, 1))
    assert orders(0, 2, 3) == ((0, 2, 3, 1), (0, 3, 1, 2))
    assert orders(2, 0, 3) == ((0, 3, 1, 2), (0, 2, 3, 1))


def test_names_are_said_where_a_shape_is_not_as_any_image_has_it():
    assert dimensions((3, 8, 8), ("channels", "height", "width")) == "3 x 8 x 8"
    assert dimensions((8, 8, 1), ("height", "width", "channels")) == "height 8 x width 8 x 1 channel"
    assert dimensions((8,), ("features",)) == "8"
    assert dimensions((8, 9), (None, None)) == "8 x 9"
