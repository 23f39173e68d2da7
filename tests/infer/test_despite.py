"""After a fault, what a layer's arguments say of its output is known: every mistake is told in one run, and once."""

import pytest

from tests.support.reading import findings, front, layer

LENET = """\
archc: 1
input: [1, 28, 28]
layers:
  - Conv2d: {in_channels: 3, out_channels: 6, kernel_size: 5, padding: 2}
  - ReLU
  - MaxPool2d: 2
  - Conv2d: {in_channels: 16, out_channels: 16, kernel_size: 5}
  - ReLU
  - MaxPool2d: 2
  - Flatten
  - Linear: {in_features: 256, out_features: 120}
  - ReLU
  - Linear: {in_features: 120, out_features: 84}
  - ReLU
  - Linear: {in_features: 80, out_features: 10}
"""


def after(first, *others, given="[16, 12, 12]"):
    lines = "".join(f"  - {line}\n" for line in others)
    return findings(layer(first, given) + lines)


def test_four_wrong_numbers_are_four_errors():
    wrong = ["in_channels: 3", "in_channels: 16", "in_features: 256", "in_features: 80"]
    assert findings(LENET) == [f"size-mismatch: {text}" for text in wrong]


CHANNELS_IN_DOUBT = {
    "BatchNorm2d: {num_features: 20}": "size-mismatch: num_features: 20",
    "GroupNorm: {num_groups: 4, num_channels: 20}": "size-mismatch: num_channels: 20",
    "GroupNorm: 5": "not-divisible: 5",
    "ChannelShuffle: 5": "not-divisible: 5",
    "PReLU: 5": "neither-one-nor-all: 5",
    "InstanceNorm2d: {num_features: 20}": "size-mismatch: num_features: 20",
}


@pytest.mark.parametrize("first", CHANNELS_IN_DOUBT)
def test_a_size_that_goes_through_is_in_doubt_until_a_layer_gives_a_new_one(first):
    silent = "Conv2d: {in_channels: 20, out_channels: 8, kernel_size: 3}"
    told = "Conv2d: {in_channels: 9, out_channels: 8, kernel_size: 3}"
    assert after(first, silent, told) == [CHANNELS_IN_DOUBT[first], "size-mismatch: in_channels: 9"]


@pytest.mark.parametrize("first", CHANNELS_IN_DOUBT)
def test_the_other_axes_are_known(first):
    assert after(first, "MaxPool2d: 13") == [CHANNELS_IN_DOUBT[first], "window-too-large: 13"]


NEW_CHANNELS = {
    "Conv2d: {out_channels: 10, kernel_size: 3, padding: 1, groups: 5}": "not-divisible: groups: 5",
    "ConvTranspose2d: {out_channels: 10, kernel_size: 3, groups: 5}": "not-divisible: groups: 5",
    "Conv2d: {out_channels: 10, kernel_size: 13}": "window-too-large: kernel_size: 13",
    "Conv2d: {out_channels: 10, kernel_size: 3, padding: 12, padding_mode: reflect}": "padding-too-large: padding: 12",
    "ConvTranspose2d: {out_channels: 10, kernel_size: 3, padding: 9}": "nothing-left: padding: 9",
}


@pytest.mark.parametrize("first", NEW_CHANNELS)
def test_the_channels_of_a_convolution_are_known_whatever_it_cannot_take(first):
    next_one = "Conv2d: {in_channels: 9, out_channels: 8, kernel_size: 1}"
    assert after(first, next_one) == [NEW_CHANNELS[first], "size-mismatch: in_channels: 9"]


@pytest.mark.parametrize("first", ["MaxPool2d: 13", "Conv2d: {out_channels: 4, kernel_size: 13}"])
def test_positions_behind_a_window_that_does_not_fit_are_unknown_until_they_are_given(first):
    flat = ["Flatten", "Linear: {in_features: 7, out_features: 20}"]
    assert len(after(first, *flat)) == 1
    assert len(after(first, "Conv2d: {out_channels: 2, kernel_size: 20}", *flat)) == 1
    last = "Linear: {in_features: 30, out_features: 2}"
    assert after(first, *flat, last)[1:] == ["size-mismatch: in_features: 30"]
    assert after(first, "AdaptiveAvgPool2d: 1", *flat)[1:] == ["size-mismatch: in_features: 7"]


def test_features_behind_attention_are_in_doubt_and_its_steps_are_known():
    attention = "MultiheadAttention: {embed_dim: 60, num_heads: 4}"
    lines = ["LayerNorm: {normalized_shape: 60}", "Linear: 10", "LSTM: {input_size: 9, hidden_size: 6}", "Mean: 1"]
    found = after(attention, *lines, "Linear: {in_features: 5, out_features: 2}", given="[20, 64]")
    assert found == [
        "size-mismatch: embed_dim: 60",
        "size-mismatch: input_size: 9",
        "size-mismatch: in_features: 5",
    ]


@pytest.mark.parametrize("shape", ["[32]", "[16, 12]"])
def test_all_sizes_of_a_norm_are_in_doubt_together(shape):
    lines = ["Conv2d: {out_channels: 4, kernel_size: 3}", "MaxPool2d: 13", "BatchNorm2d: {num_features: 9}"]
    found = after(f"LayerNorm: {{normalized_shape: {shape}}}", *lines, given="[16, 10, 8]")
    assert found == [f"size-mismatch: normalized_shape: {shape}", "size-mismatch: num_features: 9"]


def test_no_layer_is_blamed_for_an_axis_that_was_most_likely_meant_otherwise():
    linear = "Linear: {in_features: 2304, out_features: 10}"  # a Flatten is missing
    assert after(linear, "Linear: {in_features: 99, out_features: 10}") == ["size-mismatch: in_features: 2304"]
    turned = "Conv1d: {in_channels: 37, out_channels: 8, kernel_size: 3}"
    assert len(after(turned, "Conv1d: {in_channels: 9, out_channels: 8, kernel_size: 3}", given="[691, 37]")) == 1


BRANCHES = {
    "Residual: [{Conv2d: {out_channels: 16, kernel_size: 3}}]": ["in_channels: 9"],
    "Residual: [{Conv2d: {out_channels: 8, kernel_size: 3, padding: 1}}]": [],
    "Add: [[{Conv2d: {out_channels: 8, kernel_size: 3}}], [{Conv2d: {out_channels: 8, kernel_size: 5}}]]":
        ["in_channels: 9"],
    "Concat: [[Identity], [{MaxPool2d: 2}]]": ["in_channels: 9"],
    "Concat: [[Identity], [Flatten]]": [],
}  # fmt: skip


@pytest.mark.parametrize("container", BRANCHES)
def test_the_sizes_in_which_branches_agree_are_known(container):
    found = after(container, "Conv2d: {in_channels: 9, out_channels: 8, kernel_size: 1}")
    assert found == [
        f"branches-differ: {container.partition(':')[0]}",
        *map("size-mismatch: {}".format, BRANCHES[container]),
    ]


def test_what_a_container_gives_is_known_despite_a_fault_inside():
    inner = "Residual: [{Conv2d: {in_channels: 3, out_channels: 16, kernel_size: 3, padding: 1}}, BatchNorm2d]"
    assert after(inner, "Conv2d: {in_channels: 9, out_channels: 8, kernel_size: 1}") == [
        "size-mismatch: in_channels: 3",
        "size-mismatch: in_channels: 9",
    ]


def test_the_nodes_of_a_graph_are_checked_beside_one_that_is_wrong():
    text = """\
archc: 1
input: [3, 32, 32]
layers:
  - Graph:
      nodes:
        a: [{Conv2d: {in_channels: 4, out_channels: 8, kernel_size: 3, padding: 1}}]
        b: {from: a, layers: [{Conv2d: {in_channels: 9, out_channels: 8, kernel_size: 3, padding: 1, stride: 2}}]}
        c: {from: [a, b], merge: Concat, layers: [{Conv2d: {in_channels: 17, out_channels: 4, kernel_size: 1}}]}
"""
    wrong = ["in_channels: 4", "in_channels: 9", "in_channels: 17"]
    expected = [f"size-mismatch: {text}" for text in wrong]
    assert findings(text) == [*expected[:2], "branches-differ: merge: Concat", expected[2]]


def test_a_mistake_in_what_repeats_is_told_once():
    rows = "[{Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}}, BatchNorm2d]"
    found = after(f"Repeat: {{times: 4, layers: {rows}}}", "Flatten", "Linear: {in_features: 4, out_features: 2}")
    assert found == ["size-mismatch: in_channels: 3", "size-mismatch: in_features: 4"]


def test_a_size_beyond_all_limits_is_told_and_what_follows_is_checked():
    found = after("Flatten", "Linear: 10", "Linear: {in_features: 9, out_features: 2}", given="[65536, 65536]")
    assert found == ["dimension-too-large: Flatten", "size-mismatch: in_features: 9"]


def test_unknown_sizes_are_shown_as_such():
    text = layer("MaxPool2d: 13", "[16, 12, 12]") + "  - Conv2d: {in_channels: 9, out_channels: 8, kernel_size: 1}\n"
    error = front(text).report.diagnostics[1]
    assert error.labels[0].text == "gives 16 x ? x ?"
    assert error.notes[0] == "in layer `1` (Conv2d), which receives 16 x ? x ?"
    assert error.notes[1] == "the shapes so far: input 16 x 12 x 12 -> `0` (MaxPool2d) 16 x ? x ?"


def test_a_window_that_does_not_fit_is_told_beside_a_wrong_size_and_behind_one():
    both = "Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 13}"
    assert after(both) == ["size-mismatch: in_channels: 3", "window-too-large: kernel_size: 13"]
    norm, conv = "BatchNorm2d: {num_features: 20}", "Conv2d: {in_channels: 20, out_channels: 8, kernel_size: 13}"
    last = ["Flatten", "Linear: {in_features: 9, out_features: 4}", "Linear: {in_features: 5, out_features: 4}"]
    assert after(norm, conv, *last) == [
        "size-mismatch: num_features: 20",
        "window-too-large: kernel_size: 13",
        "size-mismatch: in_features: 5",
    ]
