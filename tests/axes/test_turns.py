"""A written size that is the size of another axis leads to that axis; a fix that takes another axis is never safe."""

import pytest

from archc.diagnostics.report import Report
from archc.edit.repair import apply, mend
from archc.front import read
from archc.source import SourceFile
from tests.support.reading import front

C1, C2 = "Conv1d: {out_channels: 64, kernel_size: 5}", "Conv2d: {out_channels: 64, kernel_size: 3}"
WORDS, EMBEDDING = "{shape: [50], dtype: int64}", "Embedding: {num_embeddings: 100, embedding_dim: 32}"
LAST = "Permute: [0, 2, 3, 1]"
SEQUENCE = C2, "Flatten: {start_dim: 2}"

MENDED = {
    # The channels of an input come first
    ("[691, 37]", "Conv1d: {in_channels: 37, out_channels: 8, kernel_size: 3}"): "input [37, 691]",
    ("[128, 9]", "ConvTranspose1d: {in_channels: 9, out_channels: 8, kernel_size: 3}"): "input [9, 128]",
    ("[64, 64, 3]", "Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}"): "input [3, 64, 64]",
    ("[64, 48, 3]", "BatchNorm2d: {num_features: 3}"): "input [3, 64, 48]",
    ("[64, 64, 3]", "BatchNorm2d", "Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}"): "input [3, 64, 64]",
    ("{shape: [64, 64, 3]}", "GroupNorm: {num_groups: 3, num_channels: 3}"): "input [3, 64, 64]",
    ("[64, 64, 3]", "Conv2d: {out_channels: 6, kernel_size: 3, groups: 3}"): "input [3, 64, 64]",
    ("[64, 64, 3]", "PReLU: 3"): "input [3, 64, 64]",
    ("[16, 64, 64, 3]", "Conv3d: {in_channels: 3, out_channels: 8, kernel_size: 3}"): "input [3, 16, 64, 64]",
    # Features are looked for in the last axis
    ("[64, 100]", "LSTM: {input_size: 64, hidden_size: 32}"): "Permute LSTM",
    ("[64, 100]", "GRU: {input_size: 64, hidden_size: 32}", "Linear: 3"): "Permute GRU Linear",
    ("[64, 100]", "MultiheadAttention: {embed_dim: 64, num_heads: 8}"): "Permute MultiheadAttention",
    ("[64, 100]", "TransformerEncoderLayer: {d_model: 64, nhead: 8}"): "Permute TransformerEncoderLayer",
    ("[64, 100]", "TransformerEncoder: {d_model: 64, nhead: 8, num_layers: 2}"): "Permute TransformerEncoder",
    ("[9, 128]", C1, "RNN: {input_size: 64, hidden_size: 32}"): "Conv1d Permute RNN",
    ("[9, 128]", C1, "MultiheadAttention: 8"): "Conv1d Permute MultiheadAttention",
    ("[9, 128]", C1, "TransformerEncoderLayer: 16"): "Conv1d Permute TransformerEncoderLayer",
    ("[9, 128]", C1, "Linear: {in_features: 64, out_features: 10}"): "Conv1d Permute Linear Permute",
    ("[9, 128]", C1, "LayerNorm: {normalized_shape: 64}"): "Conv1d Permute LayerNorm Permute",
    ("[3, 32, 32]", C2, "LayerNorm: 64"): "Conv2d Permute LayerNorm Permute",
    ("[3, 32, 32]", C2, "RMSNorm: {normalized_shape: [64]}"): "Conv2d Permute RMSNorm Permute",
    ("[3, 32, 32]", *SEQUENCE, "TransformerEncoderLayer: {d_model: 64, nhead: 4}"): (
        "Conv2d Flatten Permute TransformerEncoderLayer"
    ),
    ("[3, 32, 32]", *SEQUENCE, "PositionEmbedding: {num_positions: 900, embed_dim: 64}"): (
        "Conv2d Flatten Permute PositionEmbedding"
    ),
    # Channels are looked for in the first
    (WORDS, EMBEDDING, "Conv1d: {in_channels: 32, out_channels: 8, kernel_size: 3}"): "Embedding Permute Conv1d",
    (WORDS, EMBEDDING, "BatchNorm1d: {num_features: 32}"): "Embedding Permute BatchNorm1d Permute",
    (WORDS, EMBEDDING, "InstanceNorm1d: {num_features: 32}"): "Embedding Permute InstanceNorm1d Permute",
    (WORDS, EMBEDDING, "GroupNorm: {num_groups: 8, num_channels: 32}"): "Embedding Permute GroupNorm Permute",
    (WORDS, EMBEDDING, "GroupNorm: 8"): "Embedding Permute GroupNorm Permute",
    (WORDS, EMBEDDING, "PReLU: 32"): "Embedding Permute PReLU Permute",
    ("[100, 16]", "LSTM: 64", "BatchNorm1d: {num_features: 64}", "LSTM: 8"): "LSTM Permute BatchNorm1d Permute LSTM",
    ("[3, 32, 32]", C2, LAST, "BatchNorm2d: {num_features: 64}"): "Conv2d Permute Permute BatchNorm2d Permute",
    ("[3, 32, 32]", C2, LAST, "LayerScale: {num_channels: 64}"): "Conv2d Permute Permute LayerScale Permute",
    # Another layer took the wrong axis before it
    ("[3, 32, 32]", *SEQUENCE, "ClassToken", "TransformerEncoderLayer: {d_model: 64, nhead: 4}"): (
        "Conv2d Flatten Permute ClassToken TransformerEncoderLayer"
    ),
    ("[3, 32, 32]", *SEQUENCE, "Residual: [LayerNorm, {MultiheadAttention: 16}]"): "Conv2d Flatten Permute Residual",
    # A window is too large along the wrong axis, or a sequence is to be made of an image
    ("[64, 64, 3]", "Conv2d: {out_channels: 8, kernel_size: 5}"): "input [3, 64, 64]",
    (WORDS, "Embedding: {num_embeddings: 9, embedding_dim: 4}", "Conv1d: {out_channels: 8, kernel_size: 5}"): (
        "Embedding Permute Conv1d"
    ),
    ("[3, 32, 32]", C2, "TransformerEncoderLayer: 4"): "Conv2d Flatten Permute TransformerEncoderLayer",
    ("[3, 32, 32]", C2, LAST, "MultiheadAttention: 4"): "Conv2d Permute Flatten MultiheadAttention",
    ("[1, 80, 200]", C2, "GRU: 8"): "Conv2d Permute Flatten GRU",
    ("[1, 96]", "LSTM: {input_size: 1, hidden_size: 8}"): "Permute LSTM",
    ("[28, 28, 1]", "Conv2d: {in_channels: 1, out_channels: 8, kernel_size: 3}"): "input [1, 28, 28]",
    # A Flatten is missing, or a pool
    ("[28, 28]", "Linear: {in_features: 784, out_features: 10}"): "Flatten Linear",
    ("[3, 32, 32]", C2, "Linear: {in_features: 57600, out_features: 10}"): "Conv2d Flatten Linear",
    ("[9, 128]", C1, "Linear: {in_features: 7936, out_features: 10}"): "Conv1d Flatten Linear",
    (WORDS, EMBEDDING, "Linear: {in_features: 1600, out_features: 2}"): "Embedding Flatten Linear",
    ("[20, 3, 16]", "Linear: {in_features: 48, out_features: 10}", "LSTM: 8"): "Flatten Linear LSTM",
    ("[3, 32, 32]", C2, "Linear: {in_features: 3136, out_features: 10}"): "Conv2d AdaptiveAvgPool2d Flatten Linear",
    ("[3, 32, 32]", C2, "Linear: {in_features: 64, out_features: 10}"): "Conv2d AdaptiveAvgPool2d Flatten Linear",
    ("[3, 8, 32, 32]", "Conv3d: {out_channels: 64, kernel_size: 3}", "Linear: {in_features: 512, out_features: 10}"): (
        "Conv3d AdaptiveAvgPool3d Flatten Linear"
    ),
}

NUMBERS = {
    # What a layer gives is known, so that it is the number which is wrong
    ("[3, 32, 32]", C2, "BatchNorm2d: {num_features: 30}"): "64",
    ("[9, 128]", C1, "Conv1d: {in_channels: 124, out_channels: 8, kernel_size: 3}"): "64",
    (WORDS, EMBEDDING, "Linear: {in_features: 50, out_features: 2}"): "32",
    ("[3, 32, 32]", "Conv2d: {in_channels: 32, out_channels: 8, kernel_size: 3}"): "3",
    ("[3, 32, 32]", "MaxPool2d: 2", "Conv2d: {in_channels: 16, out_channels: 8, kernel_size: 3}"): "3",
    ("[512, 7, 7]", "Conv2d: {in_channels: 7, out_channels: 8, kernel_size: 3}"): "512",
    ("[64, 100]", "LSTM: {input_size: 65, hidden_size: 32}"): "100",
    ("[9, 100]", "AdaptiveAvgPool1d: 1", "GroupNorm: {num_groups: 1, num_channels: 1}"): "9",
}


def spec(given, *layers):
    return f"archc: 1\ninput: {given}\nlayers:\n" + "".join([f"  - {layer}\n" for layer in layers])


def again(source: SourceFile):
    return front(source.text, name=source.name)


@pytest.mark.parametrize("case", MENDED, ids=" ".join)
def test_a_size_of_another_axis_is_mended_by_taking_that_axis(case):
    before = front(spec(*case))
    (found,) = before.report
    assert [fix.safe for fix in found.fixes] == [False]
    assert mend(before, again).fixed == ()
    after = mend(before, again, unsafe=True).front
    assert [d.message for d in after.report if d.code != "W628"] == []
    if MENDED[case].startswith("input"):
        assert f"input {list(after.network.input)}" == MENDED[case]
    else:
        assert " ".join([node.type for node in after.network.nodes]) == MENDED[case]


@pytest.mark.parametrize("case", MENDED, ids=" ".join)
def test_the_size_of_the_wrong_axis_is_not_what_is_said_to_be_written(case):
    (found,) = front(spec(*case)).report
    assert "inferred" not in found.helps[0]
    assert "must be" not in found.fault.label()


@pytest.mark.parametrize("case", NUMBERS, ids=" ".join)
def test_a_number_that_is_wrong_is_only_that(case):
    (found,) = front(spec(*case)).report
    assert found.helps[0].startswith(f"write {NUMBERS[case]}, or delete")
    assert [fix.safe for fix in found.fixes] == [True]


HELPS = {
    # Another layer took the wrong axis before it
    ("[3, 32, 32]", *SEQUENCE, "ClassToken", "TransformerEncoderLayer: {d_model: 64, nhead: 4}"): (
        "put `Permute: [0, 2, 1]` before `2` (ClassToken)"
    ),
    ("[3, 32, 32]", *SEQUENCE, "ClassToken", "TransformerEncoderLayer: 7"): (
        "put `Permute: [0, 2, 1]` before `2` (ClassToken); then `nhead` can be 1, 2, 4, 8, 16, 32 or 64"
    ),
    ("[3, 32, 32]", *SEQUENCE, "Residual: [LayerNorm, {MultiheadAttention: 16}]"): (
        "put `Permute: [0, 2, 1]` behind `1` (Flatten)"
    ),
    ("[691, 37]", "Conv1d: {in_channels: 37, out_channels: 8, kernel_size: 3}"): (
        "write `input: [37, 691]`, if that is how the data are; or put `Permute: [0, 2, 1]` before it"
    ),
    ("[64, 100]", "LSTM: {input_size: 64, hidden_size: 32}"): (
        "put `Permute: [0, 2, 1]` before it; or write `input: [100, 64]`, if that is how the data are"
    ),
    ("[3, 32, 32]", C2, "LayerNorm: 64"): (
        "put `Permute: [0, 2, 3, 1]` before it and `Permute: [0, 3, 1, 2]` behind it, "
        "or use `GroupNorm: 1` or `BatchNorm2d`"
    ),
    ("[3, 32, 32]", C2, "Linear: {in_features: 3136, out_features: 10}"): (
        "put `AdaptiveAvgPool2d: 7` and `Flatten` before it, which makes 64 x 7 x 7 = 3,136 features "
        "(`Flatten` alone makes 57,600)"
    ),
    # Neither this axis nor another one: what to do, and which number then
    ("[9, 128]", C1, "LSTM: {input_size: 65, hidden_size: 8}"): (
        "put `Permute: [0, 2, 1]` before it, and write 64, or delete `input_size`: it is inferred"
    ),
    ("[3, 32, 32]", C2, "Linear: {in_features: 1000, out_features: 10}"): (
        "put `Flatten` before it, which makes 57,600 features, and write 57600, or delete `in_features`: it is inferred"
    ),
    (WORDS, EMBEDDING, "Conv1d: {out_channels: 64, kernel_size: 1}", "LSTM: {input_size: 16, hidden_size: 8}"): (
        "put `Permute: [0, 2, 1]` before it, and write 64, or delete `input_size`: it is inferred"
    ),
    ("[100, 16]", "LSTM: {hidden_size: 16, output: last}", "GRU: 3"): (
        "delete `output: last` of `0` (LSTM), with which it hands on the last step alone"
    ),
    ("[32, 100, 16]", "LSTM: 4"): (
        "if its first axis is the batch, delete it: the input is 100 x 16; if not, put `Permute: [0, 3, 1, 2]` and "
        "`Flatten: {start_dim: 2}` before it, which makes 16 steps x 3200 features"
    ),
    ("[32, 9, 100]", "Conv1d: {out_channels: 8, kernel_size: 3}"): (
        "if its first axis is the batch, delete it: the input is 9 x 100; if not, use `Conv2d`"
    ),
    ("[28, 28]", "Linear: {in_features: 700, out_features: 10}"): (
        "write 28, or delete `in_features`: it is inferred; with a `Flatten` before it, it is 784"
    ),
    ("[64, 100]", "MultiheadAttention: 8"): (
        "`num_heads` can be 1, 2, 4, 5, 10, 20, 25, 50 or 100; if axis 1 is meant, put `Permute: [0, 2, 1]` before it"
    ),
}


WRONG = {
    ("[9, 128]", C1, "LSTM: {input_size: 65, hidden_size: 8}"): "LSTM: {input_size: 64, hidden_size: 8}",
    ("[9, 128]", C1, "LSTM: {input_size: 124, hidden_size: 8}"): "LSTM: {input_size: 64, hidden_size: 8}",
    (
        "[3, 32, 32]",
        C2,
        "Linear: {in_features: 1000, out_features: 2}",
    ): "Linear: {in_features: 57600, out_features: 2}",
    ("[3, 32, 32]", C2, "LayerNorm: 30"): "LayerNorm: 64",
    (WORDS, EMBEDDING, "Conv1d: {in_channels: 50, out_channels: 8, kernel_size: 3}"): (
        "Conv1d: {in_channels: 32, out_channels: 8, kernel_size: 3}"
    ),
}


@pytest.mark.parametrize("case", WRONG, ids=" ".join)
def test_a_size_that_was_written_for_the_wrong_axis_is_that_of_the_right_one_then(case):
    before = front(spec(*case))
    found = next(d for d in before.report if d.code in ("E303", "W640"))
    assert [fix.safe for fix in found.fixes] == [False]
    after = again(SourceFile("x.yaml", apply(before.source.text, list(found.fixes[0].edits))))
    assert [d.message for d in after.report if d.code != "W628"] == []
    assert f"  - {WRONG[case]}\n" in after.source.text


@pytest.mark.parametrize("case", HELPS, ids=" ".join)
def test_the_help_names_the_ways_the_likeliest_first(case):
    before = front(spec(*case))
    (found,) = before.report
    assert found.helps == (HELPS[case],)
    assert mend(before, again).fixed == ()


def test_sizes_of_several_axes_are_written_anew_and_not_left_out():
    before = front(spec("[3, 32, 32]", C2, "LayerNorm: [64, 32, 32]"))
    after = mend(before, again).front
    assert "LayerNorm: [64, 30, 30]" in after.source.text


def test_another_input_that_is_asked_about_is_not_written():
    text = spec("[3, 64, 64]", "Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}")
    (found,) = read(SourceFile("x.yaml", text), Report("x.yaml"), input_shape=(64, 64, 3)).report
    assert found.helps == ("put `Permute: [0, 3, 1, 2]` before it",)
    text = text.replace("in_channels: 3, ", "").replace("kernel_size: 3", "kernel_size: 5")
    (found,) = read(SourceFile("x.yaml", text), Report("x.yaml"), input_shape=(64, 64, 3)).report
    assert (found.helps, found.fixes) == (("the channels come first: write `input: [3, 64, 64]`",), ())


@pytest.mark.parametrize("case", [("[64, 100]", "LSTM: {input_size: 64, hidden_size: 32}")])
def test_names_are_shown_where_a_layer_cannot_take_what_it_receives(case):
    (found,) = front(spec(*case)).report
    assert found.notes[0] == "in layer `0` (LSTM), which receives 64 x 100"
    (found,) = front(spec("[9, 128]", C1, "LSTM: {input_size: 65, hidden_size: 32}")).report
    assert found.notes[0] == "in layer `1` (LSTM), which receives 64 channels x length 124"
    assert found.labels[0].text == "gives 64 channels x length 124"


def test_as_many_features_as_channels_ask_for_a_global_pool_before_the_flatten():
    head = "archc: 1\ninput: [3, 32, 32]\nlayers:\n  - Conv2d: {out_channels: 64, kernel_size: 3}\n"
    before = front(head + "  - Flatten\n  - Linear: {in_features: 64, out_features: 10}\n")
    (found,) = before.report.errors
    assert found.helps == ("put `AdaptiveAvgPool2d: 1` before `1` (Flatten), which makes 64 features",)
    assert mend(before, lambda source: front(source.text)).fixed == ()
    after = mend(before, lambda source: front(source.text), unsafe=True).front
    assert [d.code for d in after.report.errors] == []
    assert "  - AdaptiveAvgPool2d: 1\n  - Flatten\n" in after.source.text
