"""Branches that cannot be merged are told what makes them fit: paddings inside, or sizes of the input."""

import pytest

from archc.edit.repair import mend
from tests.support.reading import front


def spec(shape, layers):
    return f"archc: 1\ninput: {shape}\nlayers: {layers}\n"


def told(text):
    (diagnostic,) = front(text).report
    assert diagnostic.slug == "branches-differ"
    return diagnostic


def mended(text):
    return mend(front(text), lambda source: front(source.text), unsafe=True).front


def unet(depth, inner="[ReLU]"):
    for _ in range(depth):
        up = "{ConvTranspose2d: {out_channels: 4, kernel_size: 2, stride: 2}}"
        inner = f"[{{Concat: [[], [{{MaxPool2d: 2}}, {{Sequential: {inner}}}, {up}]]}}]"
    return inner


UP1 = "[{Concat: [[], [{MaxPool1d: 2}, {ConvTranspose1d: {out_channels: 3, kernel_size: 2, stride: 2}}]]}]"
GRAPH = "[{Graph: {nodes: {a: [{MaxPool2d: 2}, {Upsample: {scale_factor: 2}}], b: {from: [a, input], merge: Add}}}}]"
TALL = "[{Add: [[], [{MaxPool2d: [4, 1]}, {Upsample: {scale_factor: [4, 1]}}]]}]"

SIZES = {
    ("[3, 350, 525]", unet(2)): ("H and W multiples of 4", [3, 352, 528]),
    ("[3, 30, 32]", unet(3)): ("H and W multiples of 8", [3, 32, 32]),
    ("[3, 101, 64]", unet(1)): ("H and W multiples of 2", [3, 102, 64]),
    ("[8, 15]", UP1): ("L a multiple of 2", [8, 16]),
    ("[3, 15, 16]", GRAPH): ("H and W multiples of 2", [3, 16, 16]),
    ("[3, 15, 15]", TALL): ("H a multiple of 4", [3, 16, 15]),
}


@pytest.mark.parametrize(("shape", "layers"), SIZES)
def test_an_input_is_said_with_which_branches_fit(shape, layers):
    words, fitting = SIZES[shape, layers]
    assert told(spec(shape, layers)).helps == (
        f"begin with an input with {words}, as in {' x '.join(map(str, fitting))}",
    )
    assert front(spec(fitting, layers)).report.ok


def test_tokens_are_counted_too():
    rest = f"[{{Embedding: {{num_embeddings: 9, embedding_dim: 4}}}}, {{Permute: [0, 2, 1]}}, {UP1[1:]}"
    text = spec("{shape: [15], dtype: int64}", rest)
    assert told(text).helps == ("begin with an input with T a multiple of 2, as in 16",)


def test_no_size_is_said_where_the_data_gives_it():
    train = "train: {data: {name: MNIST}, loss: CrossEntropyLoss, optimizer: SGD, epochs: 1}\n"
    found = front(spec("[1, 27, 28]", unet(1)) + train).report
    assert [d.helps for d in found if d.slug == "branches-differ"] == [()]


def conv(rest, out=8):
    return f"{{Conv2d: {{out_channels: {out}, {rest}}}}}"


THREE, PADDED = conv("kernel_size: 3"), conv("kernel_size: 3, padding: 1")
PADDINGS = {
    f"[{{Residual: [{THREE}, ReLU]}}]": ("write `padding: 1` in `Conv2d`", f"[{{Residual: [{PADDED}, ReLU]}}]"),
    f"[{{Residual: [{PADDED}, {THREE}]}}]": (
        "write `padding: 1` in `Conv2d`",
        f"[{{Residual: [{PADDED}, {PADDED}]}}]",
    ),
    f"[{{Residual: [{THREE}, {THREE}]}}]": (
        "write `padding: 1` in `Conv2d` of line 3 and `padding: 1` in `Conv2d` of line 3",
        f"[{{Residual: [{PADDED}, {PADDED}]}}]",
    ),
    f"[{{Residual: [{conv('kernel_size: 3, dilation: 2')}]}}]": (
        "write `padding: 2` in `Conv2d`",
        f"[{{Residual: [{conv('kernel_size: 3, dilation: 2, padding: 2')}]}}]",
    ),
    f"[{{Residual: [{conv('kernel_size: 5, padding: 1')}]}}]": (
        "write `padding: 2` in `Conv2d`",
        f"[{{Residual: [{conv('kernel_size: 5, padding: 2')}]}}]",
    ),
    f"[{{Residual: [{conv('kernel_size: [3, 1]')}]}}]": (
        "write `padding: [1, 0]` in `Conv2d`",
        f"[{{Residual: [{conv('kernel_size: [3, 1], padding: [1, 0]')}]}}]",
    ),
    f"[{{Residual: [{conv('kernel_size: 2')}]}}]": (
        "write `padding: same` in `Conv2d`",
        f"[{{Residual: [{conv('kernel_size: 2, padding: same')}]}}]",
    ),
    f"[{{Concat: [[{conv('kernel_size: 1')}], [{THREE}]]}}]": (
        "write `padding: 1` in `Conv2d`",
        f"[{{Concat: [[{conv('kernel_size: 1')}], [{PADDED}]]}}]",
    ),
    "[{Add: [[], [{MaxPool2d: {kernel_size: 3, stride: 1}}]]}]": (
        "write `padding: 1` in `MaxPool2d`",
        "[{Add: [[], [{MaxPool2d: {kernel_size: 3, stride: 1, padding: 1}}]]}]",
    ),
    f"[{{Repeat: {{times: 3, layers: [{{Residual: [{THREE}]}}]}}}}]": (
        "write `padding: 1` in `Conv2d`",
        f"[{{Repeat: {{times: 3, layers: [{{Residual: [{PADDED}]}}]}}}}]",
    ),
    f"[{{Graph: {{nodes: {{a: [{THREE}], b: {{from: [a, input], merge: Add}}}}}}}}]": (
        "write `padding: 1` in `Conv2d`",
        f"[{{Graph: {{nodes: {{a: [{PADDED}], b: {{from: [a, input], merge: Add}}}}}}}}]",
    ),
}


@pytest.mark.parametrize("layers", PADDINGS)
def test_the_padding_is_said_with_which_a_branch_keeps_its_size(layers):
    text = spec("[8, 16, 16]", layers)
    words, meant = PADDINGS[layers]
    assert told(text).helps == (words,)
    after = mended(text)
    assert after.source.text == spec("[8, 16, 16]", meant)
    assert after.report.ok


def test_a_strided_branch_is_padded_to_fit_its_shortcut():
    inside, beside = conv("kernel_size: 3, stride: 2"), conv("kernel_size: 1, stride: 2")
    layers = f"[{{Residual: {{layers: [{inside}], shortcut: [{beside}]}}}}]"
    text = spec("[8, 16, 16]", layers)
    assert told(text).helps == ("write `padding: 1` in `Conv2d`",)
    assert mended(text).report.ok


def test_a_padding_that_is_not_enough_comes_with_the_shortcut():
    text = spec("[8, 16, 16]", f"[{{Residual: [{conv('kernel_size: 3', out=16)}]}}]")
    assert told(text).helps == (
        "write `padding: 1` in `Conv2d`, and give it a shortcut that fits, "
        "as in `shortcut: [{Conv2d: {out_channels: 16, kernel_size: 1}}]`",
    )
    assert not told(text).fixes
    both = f"{{layers: [{conv('kernel_size: 3, padding: 1', out=16)}], shortcut: [{conv('kernel_size: 1', out=16)}]}}"
    assert front(spec("[8, 16, 16]", f"[{{Residual: {both}}}]")).report.ok


def test_nothing_is_said_where_nothing_helps():
    assert told(spec("[8, 16, 16]", "[{Add: [[{AdaptiveAvgPool2d: 3}], [{AdaptiveAvgPool2d: 5}]]}]")).helps == ()
