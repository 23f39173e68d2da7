"""`input.axes`: what the author says that axes hold."""

import json

import pytest

import archc
from archc.axes import hold
from archc.backends import table
from archc.layers.base import GIVEN_MEANINGS
from tests.support.reading import findings, front

SPEC = "archc: 1\ninput: {{shape: {}, axes: {}}}\nlayers:\n  - {}\n"


def network(shape, axes, layer):
    return front(SPEC.format(shape, axes, layer)).network


def test_names_follow_the_data_through_the_network():
    assert network("[37, 691]", "[channels, steps]", "ReLU").input_axes == ("channels", "steps")
    held = hold(network("[37, 691]", "[channels, steps]", "Permute: [0, 2, 1]"))
    assert held.output.holds == ("steps", "channels")
    held = hold(network("[37, 691]", "[channels, steps]", "Conv1d: {out_channels: 8, kernel_size: 3}"))
    assert held.output.holds == ("channels", "steps")


@pytest.mark.parametrize("meaning", GIVEN_MEANINGS)
def test_each_name_may_be_said(meaning):
    assert network("[3]", f"[{meaning}]", "ReLU").input_axes == (meaning,)


def test_the_author_has_the_last_word():
    assert findings(SPEC.format("[64, 64, 3]", "[channels, height, width]", "BatchNorm2d")) == []
    for axes in ("[height, width, channels]", "[height, width, features]"):
        assert findings(SPEC.format("[64, 64, 3]", axes, "BatchNorm2d")) == ["axis-taken-for-another: BatchNorm2d"]
    written = SPEC.format(
        "[691, 37]", "[steps, features]", "Conv1d: {in_channels: 37, out_channels: 8, kernel_size: 3}"
    )
    (found,) = front(written).report
    assert found.helps == ("put `Permute: [0, 2, 1]` before it",)


@pytest.mark.parametrize(
    ("written", "help_"),
    {
        "CHW": "write `axes: [channels, height, width]`",
        "NCL": "write `axes: [channels, length]`",
        "[batch, channels]": "the batch axis is not written: delete it",
        "[time, features]": "did you mean `steps`?",
        "[channel, length]": "did you mean `channels`?",
        "[C, length]": "did you mean `channels`?",
        "[channels]": "write a name for each size of `shape`, in its order",
    }.items(),
)
def test_other_words_lead_to_the_right_ones(written, help_):
    (found,) = front(SPEC.format("[37, 691]", written, "ReLU")).report
    assert found.helps == (help_,)


def test_layout_is_another_word_for_it():
    (found,) = front("archc: 1\ninput: {shape: [4, 5], layout: [steps, features]}\nlayers: [ReLU]\n").report
    assert found.helps == ("did you mean `axes`?",)


def test_it_is_set_from_the_command_line_and_from_python(tmp_path):
    text = "archc: 1\ninput: {shape: [37, 691]}\nlayers: [ReLU]\n"
    assert front(text, "input.axes=[channels, steps]").network.input_axes == ("channels", "steps")
    spec = {"archc": 1, "input": {"shape": [37, 691], "axes": ["channels", "steps"]}, "layers": ["ReLU"]}
    assert archc.loads(json.dumps(spec), format="json").input_axes == ("channels", "steps")


def test_an_input_of_another_number_of_axes_has_no_names():
    path = "archc: 1\ninput: {shape: [37, 691], axes: [channels, steps]}\nlayers: [ReLU]\n"
    assert archc.loads(path).input_axes == ("channels", "steps")
    assert front(path, "input.shape=[4]").network is None


MISTAKES = {
    ("[4]", ""): "wrong-value: axes",
    ("[4]", "features"): "wrong-value: features",
    ("[4]", "[]"): "axes-miscounted: []",
    ("[4]", "[3]"): "wrong-value: 3",
    ("[4]", "[tokens]"): "wrong-value: tokens",
    ("[4]", "[null]"): "wrong-value: null",
    ("[4]", "{features: 4}"): "wrong-value: {features: 4}",
    ("[4]", "[steps, features]"): "axes-miscounted: [steps, features]",
    ("[4, 4]", "[steps, steps]"): "axis-named-twice: steps",
}


@pytest.mark.parametrize("case", MISTAKES, ids=" ".join)
def test_one_mistake_in_the_names_is_one_diagnostic(case):
    assert findings(SPEC.format(*case, "ReLU")) == [MISTAKES[case]]


def test_names_that_the_author_gives_are_shown_wherever_shapes_are():
    text = SPEC.format("[64, 48, 3]", "[height, width, channels]", "Permute: [0, 3, 1, 2]")
    text += "  - Conv2d: {out_channels: 8, kernel_size: 3}\n"
    shown = table.render_markdown(front(text).network)
    assert "8 channels x height 62 x width 46" in shown
    assert "height 64 x width 48 x 3 channels" in shown
    data = table.as_data(front(text).network)
    assert data["input"]["axes"] == ["height", "width", "channels"]
    assert data["output"]["axes"] == data["layers"][1]["axes"] == ["channels", "height", "width"]
    assert "axes" not in table.as_data(front("archc: 1\ninput: [3, 4, 4]\nlayers: [ReLU]\n").network)["output"]
    (found,) = front(text.replace("kernel_size: 3", "kernel_size: 99")).report
    assert found.notes[0] == "in layer `1` (Conv2d), which receives 3 channels x height 64 x width 48"
    assert "channels come first" not in found.helps[0]
