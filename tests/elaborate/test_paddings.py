"""A padding in words, of TensorFlow and others, is told the number that does the same."""

import pytest

from archc.layers import window
from tests.support.reading import front, layer

WORDS = {
    "ConvTranspose2d: {out_channels: 3, kernel_size: 16, stride: 8, padding: same}": ("padding: 4", (3, 368, 496)),
    "ConvTranspose2d: {out_channels: 3, kernel_size: [4, 3], stride: [2, 1], padding: same}": (
        "padding: 1",
        (3, 92, 62),
    ),
    "ConvTranspose2d: {out_channels: 3, kernel_size: 5, padding: full}": (None, None),
    "Conv2d: {out_channels: 3, kernel_size: 4, stride: 2, padding: same}": ("padding: 1", (3, 23, 31)),
    "Conv2d: {out_channels: 3, kernel_size: [3, 5], stride: 3, padding: same}": ("padding: [1, 2]", (3, 16, 21)),
    "Conv2d: {out_channels: 3, kernel_size: 3, dilation: 2, padding: full}": ("padding: 4", (3, 50, 66)),
    "MaxPool2d: {kernel_size: 3, stride: 2, padding: same}": ("padding: 1", (3, 23, 31)),
    "MaxPool2d: {kernel_size: 2, padding: valid}": ("padding: 0", (3, 23, 31)),
}


@pytest.mark.parametrize("line", WORDS)
def test_a_word_becomes_a_number(line):
    written, output = WORDS[line]
    found = front(layer(line, "[3, 46, 62]"))
    (diagnostic,) = found.report
    if written is None:
        assert diagnostic.fixes == ()
        return
    assert f"write `{written}`" in diagnostic.helps[0]
    (edit,) = diagnostic.fixes[0].edits
    mended = found.source.text[: edit.span.start] + edit.text + found.source.text[edit.span.end :]
    assert front(mended).network.output == output


ADVICE = {
    "ConvTranspose2d: {out_channels: 3, kernel_size: 3, stride: 2, padding: same}": (
        "write `padding: 1` and `output_padding: 1`, which gives 2 times the size of the input"
    ),
    "MaxPool2d: {kernel_size: 2, padding: same}": (
        "write `ceil_mode: true` instead, which gives the size of the input over `stride`, rounded up"
    ),
    "AvgPool2d: {kernel_size: 4, stride: 2, padding: same}": (
        "write `padding: 1` and `ceil_mode: true`, which gives the size of the input over `stride`, rounded up"
    ),
}


@pytest.mark.parametrize("line", ADVICE)
def test_where_another_argument_is_needed_both_are_said(line):
    (diagnostic,) = front(layer(line, "[3, 7, 7]")).report
    assert diagnostic.helps == (ADVICE[line],)
    assert diagnostic.fixes == ()


def test_a_causal_convolution_has_its_zeros_before_it():
    line = "Conv1d: {out_channels: 8, kernel_size: 3, dilation: 4, padding: causal}"
    (diagnostic,) = front(layer(line, "[1, 17]")).report
    assert diagnostic.helps == ("delete it, and put `ZeroPad1d: [8, 0]` before the layer: zeros on the left alone",)


@pytest.mark.parametrize("seen", range(1, 9))
@pytest.mark.parametrize("stride", range(2, 5))
def test_the_same_of_tensorflow_is_the_size_over_the_stride_rounded_up(seen, stride):
    for size in range(1, 20):
        (pad,) = window.same((size,), (seen,), (stride,))
        assert window.slide(size, seen, stride, 2 * pad) == -(-size // stride)


@pytest.mark.parametrize(
    ("stride", "extra", "advice"),
    [
        (1, 1, "delete `output_padding`, or raise `stride` to 2"),
        (2, 2, "lower `output_padding` to 1, or raise `stride` to 3"),
    ],
)
def test_an_output_padding_is_called_so(stride, extra, advice):
    line = f"ConvTranspose1d: {{out_channels: 4, kernel_size: 3, stride: {stride}, output_padding: {extra}}}"
    (diagnostic,) = front(layer(line, "[3, 3]")).report
    assert diagnostic.message.startswith(f"an `output_padding` of {extra} is more than")
    assert diagnostic.helps == (advice,)
