"""The input that is offered where a window does not fit is the smallest with which all windows fit."""

import pytest

from tests.support.reading import front

POOLS = "layers: [{MaxPool2d: 4}, {MaxPool2d: 4}, {MaxPool2d: 2}]\n"


def offered(shape, layers):
    text = f"archc: 1\ninput: {shape}\n{layers}"
    (diagnostic,) = front(text).report
    return diagnostic.fault.smallest


@pytest.mark.parametrize(
    ("shape", "smallest"), [("[1, 28, 28]", (1, 32, 32)), ("[3, 28, 40]", (3, 32, 40)), ("[1, 1, 1]", (1, 32, 32))]
)
def test_the_smallest_input_fits_and_one_less_does_not(shape, smallest):
    assert offered(shape, POOLS) == smallest
    assert front(f"archc: 1\ninput: {list(smallest)}\n{POOLS}").report.ok
    less = [smallest[0], *(size - 1 for size in smallest[1:])]
    assert not front(f"archc: 1\ninput: {less}\n{POOLS}").report.ok


def test_the_padding_that_is_offered_is_the_smallest_that_works():
    text = "archc: 1\ninput: [1, 4, 4]\nlayers: [{Conv2d: {out_channels: 1, kernel_size: 9%s}}]\n"
    (diagnostic,) = front(text % "").report
    padding = diagnostic.fault.padding
    assert front(text % f", padding: {padding}").report.ok
    assert not front(text % f", padding: {padding - 1}").report.ok


def test_no_padding_is_offered_that_a_pool_cannot_have():
    (diagnostic,) = front("archc: 1\ninput: [1, 1]\nlayers: [{MaxPool1d: {kernel_size: 2, dilation: 9}}]\n").report
    assert diagnostic.fault.padding is None


def test_no_input_is_offered_where_the_data_gives_it():
    train = "train: {data: {name: MNIST}, loss: CrossEntropyLoss, optimizer: SGD, epochs: 1}\n"
    assert offered("[1, 28, 28]", POOLS + train) is None


def test_no_input_is_offered_where_none_helps():
    assert offered("[1, 28, 28]", "layers: [{AdaptiveAvgPool2d: 1}, {MaxPool2d: 2}]\n") is None


def test_channels_that_stand_last_are_recognised():
    (diagnostic,) = front("archc: 1\ninput: [28, 28, 3]\nlayers: [{MaxPool2d: 4}]\n").report
    assert diagnostic.helps == ("the channels come first: write `input: [3, 28, 28]`",)


TOKENS = "layers: [{Embedding: {num_embeddings: 9, embedding_dim: 4}}, {Permute: [0, 2, 1]}, %s]\n"
CONV = "{Conv1d: {out_channels: 4, kernel_size: %d}}"


@pytest.mark.parametrize("convs", [CONV % 5, f"{CONV % 3}, {CONV % 3}", f"{CONV % 2}, {{MaxPool1d: 2}}, {CONV % 2}"])
def test_tokens_have_a_smallest_number_too(convs):
    (smallest,) = offered("{shape: [2], dtype: int64}", TOKENS % convs)
    assert front(f"archc: 1\ninput: {{shape: [{smallest}], dtype: int64}}\n{TOKENS % convs}").report.ok
    assert not front(f"archc: 1\ninput: {{shape: [{smallest - 1}], dtype: int64}}\n{TOKENS % convs}").report.ok


def test_steps_that_stand_first_have_a_smallest_number():
    layers = f"layers: [{{Permute: [0, 2, 1]}}, {CONV % 5}]\n"
    assert offered("[3, 8]", layers) == (5, 8)


def test_an_input_is_offered_where_nothing_is_left():
    (diagnostic,) = front("archc: 1\ninput: [4, 15, 16]\nlayers: [{ZeroPad2d: -8}]\n").report
    assert diagnostic.helps == ("begin with an input of at least 4 x 17 x 17",)
