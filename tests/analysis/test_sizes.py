"""Legal sizes: for which heights and widths a network is valid, and for which it keeps its weights."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archc
from archc.analysis.sizes import LegalSizes, Sizes, Tie, legal_sizes
from tests.support.places import ROOT
from tests.support.reading import front

UNET = "188, 204, 220, ... (steps of 16)"


def sizes(text):
    read = front(text)
    assert read.network, read.report.diagnostics
    return legal_sizes(read.spec, read.network)


def of(layers, shape="[3, 64, 64]"):
    return sizes(f"archc: 1\ninput: {shape}\nlayers: {layers}\n")


def of_file(name):
    return sizes((ROOT / "specs" / name).read_text())


def said(runs):
    return ", ".join(map(str, runs))


@pytest.mark.parametrize(
    ("name", "valid", "same"),
    [
        ("zoo/alexnet.yaml", ">= 63", ">= 63"),
        ("zoo/vgg16.yaml", ">= 32", ">= 32"),
        ("zoo/inception_v3.yaml", ">= 75", ">= 75"),
        ("zoo/unet.yaml", UNET, UNET),
        ("zoo/vit_b_16.yaml", ">= 16", "224 to 239"),
        ("mnist_cnn.yaml", ">= 4", "28 to 31"),
        ("fashion_cnn.yaml", ">= 8", "28 to 31"),
    ],
)
def test_the_legal_sizes_of_published_networks(name, valid, same):
    found = of_file(name)
    assert [axis.letter for axis in found.axes] == ["H", "W"]
    for axis in found.axes:
        assert (said(axis.valid), said(axis.same), axis.tried) == (valid, same, None)
    assert found.together


def test_the_layer_that_fixes_the_size_is_named():
    assert of_file("mnist_cnn.yaml").tie == Tie("fc1", "Linear", "in_features", 3136)
    assert of_file("zoo/vgg16.yaml").tie is None


def test_a_vector_of_features_has_no_positions():
    assert of("[{Linear: 10}]", "[784]") == LegalSizes((), True, None)


def test_steps_of_tokens_are_positions():
    found = of("[{Embedding: {num_embeddings: 9, embedding_dim: 4}}, {LSTM: 8}]", "{shape: [12], dtype: int64}")
    assert [(axis.letter, said(axis.valid), said(axis.same)) for axis in found.axes] == [("T", ">= 1", ">= 1")]


def test_steps_of_a_sequence_are_its_first_axis():
    (axis,) = of("[{LSTM: 8}]", "[12, 4]").axes
    assert (axis.axis, axis.letter) == (0, "T")


def test_the_length_of_a_signal_is_its_second_axis():
    (axis,) = of("[{Conv1d: {out_channels: 4, kernel_size: 9}}]", "[2, 64]").axes
    assert (axis.axis, axis.letter, said(axis.valid)) == (1, "L", ">= 9")


def test_height_and_width_can_differ():
    height, width = of("[{Conv2d: {out_channels: 4, kernel_size: [3, 5]}}]").axes
    assert (said(height.valid), said(width.valid)) == (">= 3", ">= 5")


def test_divisible_sizes():
    height, _ = of("[{PixelUnshuffle: 4}]").axes
    assert said(height.valid) == "multiples of 4"
    assert height.valid == (Sizes(4, None, 4),)


def test_a_written_width_admits_few_sizes():
    layers = "[{MaxPool2d: 4}, Flatten, {Linear: {in_features: 768, out_features: 10}}]"
    for axis in of(layers).axes:
        assert said(axis.valid) == said(axis.same) == "64 to 67"


def test_a_period_too_long_to_be_seen_twice_is_not_taken_to_go_on():
    height, _ = of("[{PixelUnshuffle: 100}]", "[1, 100, 100]").axes
    assert said(height.valid) == "= 100, = 200"
    assert height.tried == 228


def test_sizes_that_are_valid_alone_but_not_together():
    found = of("[InstanceNorm2d]")
    assert [said(axis.valid) for axis in found.axes] == [">= 1", ">= 1"]
    assert not found.together


LAYERS = st.lists(
    st.sampled_from(
        [
            "{Conv2d: {out_channels: 3, kernel_size: 3}}",
            "{Conv2d: {out_channels: 3, kernel_size: 5, stride: 3, padding: 1}}",
            "{Conv2d: {out_channels: 3, kernel_size: 3, dilation: 4}}",
            "{MaxPool2d: 2}",
            "{MaxPool2d: {kernel_size: 3, stride: 2, ceil_mode: true, padding: 1}}",
            "{ConvTranspose2d: {out_channels: 3, kernel_size: 2, stride: 2}}",
            "{Residual: [{AvgPool2d: 3}, {Upsample: {scale_factor: 3}}]}",
            "{PixelUnshuffle: 2}",
            "{ReflectionPad2d: 3}",
        ]
    ),
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(LAYERS, st.integers(1, 700))
def test_what_is_said_of_a_size_is_so(layers, size):
    text = f"archc: 1\ninput: [3, 90, 90]\nlayers: [{', '.join(['Identity', *layers])}]\n"
    read = front(text)
    if read.network is None:
        return
    height, _ = legal_sizes(read.spec, read.network).axes
    if height.tried is not None and size > height.tried:
        return
    legal = any(
        run.first <= size and (run.last is None or size <= run.last) and (size - run.first) % run.step == 0
        for run in height.valid
    )
    try:
        archc.loads(text.replace("90, 90", f"{size}, 90"))
    except archc.SpecError:
        assert not legal
    else:
        assert legal
