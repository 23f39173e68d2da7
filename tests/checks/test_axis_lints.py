"""A layer that takes an axis for what it is known not to be is told, with what mends it; published networks are not."""

import re
from pathlib import Path

import pytest

from archc.axes import hold
from archc.edit.repair import apply, mend
from archc.source import SourceFile
from tests.support.reading import findings, front

PUBLISHED = sorted((Path(__file__).parents[1] / "specs/published").glob("*.yaml"))

CONV1D, CONV2D = "{Conv1d: {out_channels: 64, kernel_size: 5}}", "{Conv2d: {out_channels: 64, kernel_size: 4}}"
WORDS = "{shape: [50], dtype: int64}"
EMBEDDING = "{Embedding: {num_embeddings: 100, embedding_dim: 32}}"
SEQUENCE = "[3, 32, 32]", f"{CONV2D}, {{Flatten: {{start_dim: 2}}}}"

MISTAKES = {
    # Channels come first, and are taken for steps
    ("[9, 128]", f"{CONV1D}, ReLU, {{LSTM: 32}}"): "LSTM",
    ("[9, 128]", f"{CONV1D}, {{MaxPool1d: 2}}, {{GRU: 32}}"): "GRU",
    ("[9, 128]", f"{CONV1D}, {{RNN: {{hidden_size: 32, output: last}}}}"): "RNN",
    ("[9, 128]", "BatchNorm1d, {LSTM: 32}"): "LSTM",
    ("[9, 128]", "{ConvTranspose1d: {out_channels: 1, kernel_size: 2}}, {LSTM: 32}"): "LSTM",
    ("[9, 128]", f"{CONV1D}, {{MultiheadAttention: 4}}"): "MultiheadAttention",
    ("[9, 128]", f"{CONV1D}, PositionEmbedding, {{TransformerEncoderLayer: 4}}"): "PositionEmbedding",
    ("[9, 128]", f"{CONV1D}, ClassToken"): "ClassToken",
    (SEQUENCE[0], f"{SEQUENCE[1]}, {{TransformerEncoder: {{nhead: 29, num_layers: 2}}}}"): "TransformerEncoder",
    (SEQUENCE[0], f"{SEQUENCE[1]}, {{Repeat: {{times: 2, layers: [{{TransformerEncoderLayer: 29}}]}}}}"): (
        "TransformerEncoderLayer"
    ),
    (SEQUENCE[0], f"{SEQUENCE[1]}, {{Residual: [LayerNorm, {{MultiheadAttention: 29}}]}}, LayerNorm"): "LayerNorm",
    ("[3, 32, 32]", "{Unfold: {kernel_size: 4, stride: 4}}, {TransformerEncoderLayer: 8}"): "TransformerEncoderLayer",
    # Channels come first, and features are looked for in the last axis
    ("[3, 32, 32]", f"{CONV2D}, LayerNorm, ReLU"): "LayerNorm",
    ("[3, 32, 32]", f"{CONV2D}, {{LayerNorm: 29}}"): "LayerNorm",
    ("[3, 32, 32]", f"{CONV2D}, RMSNorm"): "RMSNorm",
    ("[9, 128]", f"{CONV1D}, LayerNorm, {{LSTM: 32}}"): "LayerNorm",
    ("[9, 128]", f"{CONV1D}, {{Linear: 10}}"): "Linear",
    ("[3, 8, 32, 32]", "{MaxPool3d: 2}, {Linear: 10}"): "Linear",
    ("[1, 8000]", f"{CONV1D}, {{AdaptiveAvgPool1d: 1}}, {{Linear: 10}}"): "Linear",
    # Features come last, and the first axis is taken for channels
    (WORDS, f"{EMBEDDING}, {CONV1D}"): "Conv1d",
    (WORDS, f"{EMBEDDING}, {{AdaptiveAvgPool1d: 1}}, Flatten"): "AdaptiveAvgPool1d",
    (WORDS, f"{EMBEDDING}, {{MaxPool1d: 2}}, {{LSTM: 8}}"): "MaxPool1d",
    (WORDS, f"{EMBEDDING}, {{Dropout1d: 0.1}}"): "Dropout1d",
    (WORDS, f"{EMBEDDING}, {{GroupNorm: 5}}"): "GroupNorm",
    (WORDS, f"{EMBEDDING}, InstanceNorm1d"): "InstanceNorm1d",
    (WORDS, f"{EMBEDDING}, {{Upsample: {{scale_factor: 2}}}}"): "Upsample",
    (WORDS, f"{EMBEDDING}, {{LocalResponseNorm: 3}}"): "LocalResponseNorm",
    (WORDS, f"{EMBEDDING}, {{ChannelShuffle: 5}}"): "ChannelShuffle",
    (WORDS, f"{EMBEDDING}, {{PReLU: 50}}"): "PReLU",
    (WORDS, f"{EMBEDDING}, {{ReflectionPad1d: 1}}"): "ReflectionPad1d",
    ("[100, 16]", "{LSTM: 32}, BatchNorm1d, {LSTM: 8}"): "BatchNorm1d",
    ("[100, 16]", "{Linear: 32}, BatchNorm1d"): "BatchNorm1d",
    ("[100, 16]", "{TransformerEncoderLayer: 4}, {ConvTranspose1d: {out_channels: 3, kernel_size: 2}}"): (
        "ConvTranspose1d"
    ),
    ("[8, 8, 5]", "{Linear: 32}, {Conv2d: {out_channels: 4, kernel_size: 1}}"): "linear-on-image: Linear, Conv2d",
    # Channels of an image come last
    ("[3, 32, 32]", f"{CONV2D}, {{Permute: [0, 2, 3, 1]}}, BatchNorm2d"): "BatchNorm2d",
    ("[3, 32, 32]", f"{CONV2D}, {{Permute: [0, 2, 3, 1]}}, {{PixelUnshuffle: 1}}"): "PixelUnshuffle",
    ("[3, 32, 32]", f"{CONV2D}, {{Permute: [0, 2, 3, 1]}}, {{Dropout2d: 0.1}}"): "Dropout2d",
    ("[3, 32, 32]", f"{CONV2D}, {{Permute: [0, 2, 3, 1]}}, {{LayerScale: 0.1}}"): "LayerScale",
    # Each of several mistakes, and each place of one
    (WORDS, f"{EMBEDDING}, {CONV1D}, {{LSTM: 8}}"): "Conv1d, LSTM",
    ("[3, 32, 32]", f"{CONV2D}, LayerNorm, {CONV2D}, LayerNorm"): "LayerNorm, LayerNorm",
    ("[9, 128]", f"{CONV1D}, {{Concat: [[{{LSTM: 8}}], [{{GRU: 8}}]]}}"): "LSTM",
    ("[9, 128]", "{Concat: {branches: [[{Conv1d: {out_channels: 9, kernel_size: 1}}], [{LSTM: 128}]]}}"): "LSTM",
    # On purpose: a comment allows it
    (SEQUENCE[0], f"{SEQUENCE[1]}, {{Residual: [{{Linear: 90}}, GELU, {{Linear: 841}}]}}"): "Linear",
}

MEANT = {
    ("[9, 128]", f"{CONV1D}, {{Permute: [0, 2, 1]}}, {{LSTM: 32}}, {{Linear: 3}}"),
    ("[3, 32, 32]", f"{CONV2D}, {{LayerNorm: [29, 29]}}"),
    ("[3, 32, 32]", f"{CONV2D}, {{LayerNorm: [64, 29, 29]}}"),
    ("[3, 32, 32]", f"{CONV2D}, {{GroupNorm: 1}}, {{PReLU: 64}}, {{Dropout2d: 0.1}}, {{LayerScale: 0.1}}"),
    ("[28, 28]", "{LSTM: 32}"),
    ("[28, 28]", "LayerNorm, {Linear: 8}, {LSTM: 32}"),
    ("[9, 128]", "LayerNorm, " + CONV1D),
    ("[9, 128]", f"{CONV1D}, {{Mean: 2}}, LayerNorm, {{Linear: 3}}"),
    ("[9, 128]", f"{CONV1D}, {{AdaptiveAvgPool1d: 1}}, {{Permute: [0, 2, 1]}}, {CONV1D}"),
    ("[9, 128]", f"{CONV1D}, {{AdaptiveAvgPool1d: 1}}, {{Permute: [0, 2, 1]}}, {{Linear: 3}}"),
    ("[96, 1]", "{Linear: 64}, {TransformerEncoderLayer: 4}"),
    ("[1, 96]", "{AvgPool1d: 2}, LayerNorm, {Linear: 24}"),
    ("{shape: [10, 50, 32], axes: [depth, steps, features]}", "{Linear: 8}"),
    ("[64]", "{Linear: 32}, BatchNorm1d, LayerNorm, {Unflatten: {dim: 1, unflattened_size: [8, 4]}}, {LSTM: 3}"),
    (
        "[64]",
        "{Linear: 32}, {Unflatten: {dim: 1, unflattened_size: [8, 4]}}, {Conv1d: {out_channels: 3, kernel_size: 1}}",
    ),
    (WORDS, f"{EMBEDDING}, {{Permute: [0, 2, 1]}}, {{Dropout1d: 0.1}}, {{Permute: [0, 2, 1]}}, {{LSTM: 8}}"),
    (WORDS, f"{EMBEDDING}, {{ZeroPad1d: [0, 3]}}, {{LSTM: 8}}"),
    (WORDS, f"{EMBEDDING}, Flatten, {{Linear: 3}}, {{Softmax: 1}}"),
}


def spec(given, layers):
    return f"archc: 1\ninput: {given}\nlayers:\n  [{layers}]\n"


def of_axes(text):
    return [d for d in front(text).report if d.code in ("W601", "W640", "W641", "W642")]


@pytest.mark.parametrize("case", MISTAKES, ids=" ".join)
def test_a_layer_that_takes_one_axis_for_another_is_told_once(case):
    found = [
        d.span.text if d.slug == "axis-taken-for-another" else f"{d.slug}: {d.span.text}" for d in of_axes(spec(*case))
    ]
    assert ", ".join(found) == MISTAKES[case]


@pytest.mark.parametrize("case", sorted(MEANT), ids=" ".join)
def test_what_may_be_meant_is_silent(case):
    assert [d.message for d in of_axes(spec(*case))] == []


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_network_has_no_warning(path):
    assert findings(path.read_text(encoding="utf-8")) == []


UNKNOWN = {
    "efficient_channel_attention": "a convolution of one channel may take channels for a length",
    "mixed_series": "nothing says what the input holds",
    "speaker_vectors": "nothing says what the input holds",
}
"""Networks of which a Permute can be left out without a word."""


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_network_that_lacks_a_permute_is_told(path):
    text = path.read_text(encoding="utf-8")
    for match in re.finditer(r"^ *- Permute: .*\n|\{Permute: [^}]*\}, |, \{Permute: [^}]*\}(?=\])", text, re.MULTILINE):
        report = front(text[: match.start()] + text[match.end() :]).report
        told = any(d.code == "W640" or d.severity == "error" for d in report)
        assert told or path.stem in UNKNOWN


def test_a_mixer_is_told_where_it_mixes_tokens_and_a_comment_allows_it():
    layers = [
        "{Conv2d: {out_channels: 64, kernel_size: 8, stride: 8}}",
        "{Flatten: {start_dim: 2}}",
        "{Permute: [0, 2, 1]}",
        "{Residual: [LayerNorm, {Permute: [0, 2, 1]}, {Linear: 32}, GELU, {Linear: 16}, {Permute: [0, 2, 1]}]}",
        "{Residual: [LayerNorm, {Linear: 256}, GELU, {Linear: 64}]}",
        "{Mean: 1}",
    ]
    text = "archc: 1\ninput: [3, 32, 32]\nlayers:\n" + "".join([f"  - {layer[1:-1]}\n" for layer in layers])
    assert findings(text) == ["axis-taken-for-another: Linear"]
    allowed = text.replace(
        "{Linear: 16}, {Permute: [0, 2, 1]}]", "{Linear: 16}, {Permute: [0, 2, 1]}]  # archc: allow[W640] mixes tokens"
    )
    assert allowed != text
    assert findings(allowed) == []


HELPS = {
    ("[9, 128]", f"{CONV1D}, {{LSTM: 32}}"): "put `Permute: [0, 2, 1]` before it",
    ("[3, 32, 32]", f"{CONV2D}, LayerNorm"): (
        "put `Permute: [0, 2, 3, 1]` before it and `Permute: [0, 3, 1, 2]` behind it, "
        "or use `GroupNorm: 1` or `BatchNorm2d`"
    ),
    ("[9, 128]", f"{CONV1D}, LayerNorm"): (
        "put `Permute: [0, 2, 1]` before it and behind it, or use `GroupNorm: 1` or `BatchNorm1d`"
    ),
    ("[100, 16]", "{LSTM: 32}, BatchNorm1d"): "put `Permute: [0, 2, 1]` before it and behind it, or use `LayerNorm`",
    (WORDS, f"{EMBEDDING}, {{AdaptiveAvgPool1d: 1}}"): (
        "put `Permute: [0, 2, 1]` before it and behind it, or use `Mean: 1`"
    ),
    ("[9, 128]", f"{CONV1D}, {{Linear: 10}}"): (
        "put `Flatten` before it, which makes 7,936 features; or put `Permute: [0, 2, 1]` before it and behind it"
    ),
    (SEQUENCE[0], f"{SEQUENCE[1]}, {{Repeat: {{times: 2, layers: [{{TransformerEncoderLayer: 29}}]}}}}"): (
        "put `Permute: [0, 2, 1]` behind `1` (Flatten)"
    ),
    ("{shape: [8, 64], axes: [features, steps]}", "{Repeat: {times: 2, layers: [{LSTM: 64}]}}"): (
        "put `Permute: [0, 2, 1]` before it; outside of what repeats it, as it is right elsewhere"
    ),
    ("[9, 128]", f"{CONV1D}, LayerNorm, {{LSTM: 32}}"): (
        "put `Permute: [0, 2, 1]` before it, or use `GroupNorm: 1` or `BatchNorm1d`"
    ),
    ("[9, 128]", f"{CONV1D}, {{Concat: [[{{LSTM: 8}}], [{{GRU: 8}}]]}}"): (
        "put `Permute: [0, 2, 1]` behind `0` (Conv1d)"
    ),
    ("[3, 32, 32]", f"{CONV2D}, {{Permute: [0, 2, 3, 1]}}, {{LayerScale: 0.1}}"): (
        "put `Permute: [0, 3, 1, 2]` before it and `Permute: [0, 2, 3, 1]` behind it, or use `LayerScale: {dim: -1}`"
    ),
}


@pytest.mark.parametrize("case", HELPS, ids=" ".join)
def test_the_help_says_which_permute_or_which_layer_was_meant(case):
    assert of_axes(spec(*case))[-1].helps == (HELPS[case],)


TOKENS = "{Conv2d: {out_channels: 64, kernel_size: 2, stride: 2}}, {Flatten: {start_dim: 2}}"
ATTENTION = "{Residual: [LayerNorm, {MultiheadAttention: 4}]}"

SAME = "{Conv1d: {out_channels: 64, kernel_size: 1}}"

FOLLOWED = {
    # The examples of the kinds, as they are written without sizes
    ("[9, 128]", f"{CONV1D}, ReLU, {{LSTM: 32}}, {{Linear: 6}}"): "Conv1d ReLU Permute LSTM Linear",
    (WORDS, f"{EMBEDDING}, {CONV1D}, {{AdaptiveMaxPool1d: 1}}, Flatten"): (
        "Embedding Permute Conv1d AdaptiveMaxPool1d Flatten"
    ),
    ("[3, 32, 32]", f"{TOKENS}, {{TransformerEncoderLayer: 4}}, {{Mean: 1}}"): (
        "Conv2d Flatten Permute TransformerEncoderLayer Mean"
    ),
    ("[3, 32, 32]", f"{CONV2D}, LayerNorm, ReLU"): "Conv2d Permute LayerNorm Permute ReLU",
    ("[100, 16]", "{LSTM: 64}, BatchNorm1d, {LSTM: 8}"): "LSTM Permute BatchNorm1d Permute LSTM",
    ("[64, 64, 3]", "{ZeroPad2d: 3}, {Conv2d: {out_channels: 8, kernel_size: 7}}"): "ZeroPad2d Conv2d",
    # One Permute for all that want the other order, at the place where it reaches all of them
    ("[9, 128]", f"{CONV1D}, LayerNorm, {{LSTM: 32}}"): "Conv1d Permute LayerNorm LSTM",
    ("[9, 128]", f"{CONV1D}, {{Concat: [[{{LSTM: 8}}], [{{GRU: 8}}]]}}"): "Conv1d Permute Concat",
    ("[9, 128]", f"{CONV1D}, {{Concat: [[{{LSTM: {{hidden_size: 8, output: last}}}}], [{{Mean: 2}}]]}}"): (
        "Conv1d Concat"
    ),
    (WORDS, f"{EMBEDDING}, {{Concat: [[{CONV1D}, {{AdaptiveMaxPool1d: 1}}], [{CONV1D}, {{AdaptiveMaxPool1d: 1}}]]}}"): (
        "Embedding Permute Concat"
    ),
    (WORDS, f"{EMBEDDING}, BatchNorm1d, {CONV1D}, ReLU, {{LSTM: 16}}"): (
        "Embedding Permute BatchNorm1d Conv1d ReLU Permute LSTM"
    ),
    ("[3, 32, 32]", f"{TOKENS}, {{Linear: 64}}, {{TransformerEncoderLayer: 4}}"): (
        "Conv2d Flatten Permute Linear TransformerEncoderLayer"
    ),
    ("[3, 32, 32]", f"{TOKENS}, ClassToken, PositionEmbedding, {{TransformerEncoderLayer: 4}}"): (
        "Conv2d Flatten Permute ClassToken PositionEmbedding TransformerEncoderLayer"
    ),
    ("[3, 32, 32]", f"{TOKENS}, {ATTENTION}, {ATTENTION}, {{Mean: 1}}"): (
        "Conv2d Flatten Permute Residual Residual Mean"
    ),
    ("[3, 32, 32]", f"{TOKENS}, {{Residual: [{{MultiheadAttention: 4}}]}}"): "Conv2d Flatten Permute Residual",
    ("[3, 32, 32]", f"{TOKENS}, {{Repeat: {{times: 2, layers: [{ATTENTION}]}}}}"): (
        "Conv2d Flatten Permute Residual Residual"
    ),
    ("[3, 32, 32]", f"{TOKENS}, ReLU, {{Repeat: {{times: 2, layers: [{{TransformerEncoderLayer: 4}}]}}}}"): (
        "Conv2d Flatten ReLU Permute TransformerEncoderLayer TransformerEncoderLayer"
    ),
    ("{shape: [64, 64], axes: [channels, steps]}", "{Residual: [LayerNorm, {LSTM: 64}]}"): "Permute Residual",
    # A branch is turned back
    ("[9, 64]", f"{SAME}, {{Residual: [{{Permute: [0, 2, 1]}}, {{LSTM: 64}}]}}"): "Conv1d Residual",
    ("[9, 64]", f"{SAME}, {{Add: [[{{Permute: [0, 2, 1]}}, {{LSTM: 64}}], [{SAME}]]}}, {{LSTM: 8}}"): "Conv1d Add LSTM",
    # Each has its own where what follows wants the old order
    ("[9, 128]", f"{CONV1D}, {{MultiheadAttention: 4}}, {{MaxPool1d: 2}}"): (
        "Conv1d Permute MultiheadAttention Permute MaxPool1d"
    ),
    ("[9, 128]", f"{CONV1D}, LayerNorm, ReLU, {{MaxPool1d: 2}}, {CONV1D}, LayerNorm"): (
        "Conv1d Permute LayerNorm Permute ReLU MaxPool1d Conv1d Permute LayerNorm Permute"
    ),
}


def again(source: SourceFile):
    return front(source.text, name=source.name)


@pytest.mark.parametrize("case", FOLLOWED, ids=" ".join)
def test_a_fix_leads_to_a_network_that_is_right(case):
    before = front(spec(*case))
    assert mend(before, again).fixed == ()
    after = mend(before, again, unsafe=True).front
    assert [d.message for d in after.report if d.code in ("W640", "W641", "W642")] == []
    assert " ".join([node.type for node in after.network.nodes]) == FOLLOWED[case]


def test_both_layers_are_named_and_marked():
    (found,) = of_axes(spec("[9, 128]", f"{CONV1D}, ReLU, {{LSTM: 32}}"))
    assert found.message == "`LSTM` takes 64 channels x length 124 of `0` (Conv1d) for steps x features"
    assert [(label.span.text, label.text) for label in found.labels] == [("Conv1d", "gives 64 channels x length 124")]


FORMATS = {
    "block": "archc: 1\ninput: [9, 128]\nlayers:\n  - Conv1d: {out_channels: 8, kernel_size: 1}\n  - LAYER # last",
    "flow": "archc: 1\ninput: [9, 128]\nlayers: [{Conv1d: {out_channels: 8, kernel_size: 1}}, {LAYER}]\n",
    "json": '{"archc": 1, "input": [9, 128], "layers": [{"Conv1d": {"out_channels": 8, "kernel_size": 1}}, {LAYER}]}',
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("layer", ["LSTM: 32", "LayerNorm: 128", "Linear: 5"])
def test_the_fix_mends_it_and_is_never_safe(form, layer):
    name, _, value = layer.partition(": ")
    text = FORMATS[form].replace("LAYER", f'"{name}": {value}' if form == "json" else layer)
    text = (
        text.replace("LayerNorm: 128", "LayerNorm")
        .replace("{LayerNorm}", "LayerNorm")
        .replace('{"LayerNorm": 128}', '"LayerNorm"')
    )
    before = front(text, name=f"x.{'json' if form == 'json' else 'yaml'}")
    assert [d.slug for d in before.report] == ["axis-taken-for-another"]
    assert not any(fix.safe for d in before.report for fix in d.fixes)

    assert mend(before, again).fixed == ()
    after = mend(before, again, unsafe=True).front
    assert [d.message for d in after.report] == []
    expected = [
        "Conv1d",
        *{"LSTM": ["Permute", "LSTM"], "Linear": ["Flatten", "Linear"]}.get(name, ["Permute", name, "Permute"]),
    ]
    assert [node.type for node in after.network.nodes] == expected
    assert after.network.output == (before.network.output if name == "LayerNorm" else after.network.output)


CHANNELS_LAST = {
    ("[64, 64, 3]", "{Conv2d: {out_channels: 8, kernel_size: 3}}"): True,
    ("[28, 28, 1]", "ReLU, {MaxPool2d: {kernel_size: 3, padding: 1}}"): True,
    ("[240, 320, 4]", "{ZeroPad2d: 1}, BatchNorm2d"): True,
    (
        "[240, 320, 3]",
        "{Unflatten: {dim: 1, unflattened_size: [24, 10]}}, {Conv3d: {out_channels: 2, kernel_size: 3}}",
    ): False,
    ("[240, 320, 3]", "BatchNorm2d"): True,
    ("[16, 112, 112, 3]", "{Conv3d: {out_channels: 8, kernel_size: 3}}"): True,
    ("[3, 64, 64]", "{Conv2d: {out_channels: 8, kernel_size: 3}}"): False,
    ("[3, 64, 3]", "{Conv2d: {out_channels: 8, kernel_size: 3}}"): False,
    ("[9, 128, 1]", "{Conv2d: {out_channels: 8, kernel_size: [3, 1]}}"): False,
    ("[512, 4, 4]", "{Conv2d: {out_channels: 8, kernel_size: 3}}"): False,
    ("[512, 7, 3]", "{Conv2d: {out_channels: 8, kernel_size: 3}}"): False,
    ("[64, 64, 3]", "{Permute: [0, 3, 1, 2]}, {Conv2d: {out_channels: 8, kernel_size: 3}}"): False,
    ("[64, 64, 3]", "Flatten, {Linear: 10}"): False,
}


@pytest.mark.parametrize("case", CHANNELS_LAST, ids=" ".join)
def test_an_input_that_looks_like_other_tools_images_is_told(case):
    found = of_axes(spec(*case))
    assert [(d.slug, d.span.text) for d in found] == [("channels-last-input", case[0])] * CHANNELS_LAST[case]


@pytest.mark.parametrize(
    "written", ["input: [64, 48, 3]", "input: {shape: [64, 48, 3]}", "input:\n  - 64\n  - 48\n  - 3"]
)
def test_the_fix_of_such_an_input_puts_the_channels_first(written):
    text = f"archc: 1\n{written}\nlayers:\n  - Conv2d: {{out_channels: 8, kernel_size: 3}}\n"
    (found,) = front(text).report
    (fix,) = found.fixes
    assert not fix.safe
    after = front(apply(text, list(fix.edits)))
    assert (len(after.report), after.network.input) == (0, (3, 64, 48))


def test_branches_that_hold_the_same_in_another_order_are_told_where_they_are_merged():
    conv = "{Conv1d: {out_channels: 64, kernel_size: 1}}"
    text = spec("[9, 64]", f"{conv}, {{Residual: [{{Permute: [0, 2, 1]}}, {{LSTM: 64}}]}}")
    (found,) = of_axes(text)
    assert (
        found.message
        == "`Residual` merges length 64 x 64 features of `layers` with 64 channels x length 64 of its input"
    )
    nodes = f"a: [{conv}], b: {{from: a, layers: [{{Permute: [0, 2, 1]}}]}}, c: {{from: [a, b], merge: Add}}"
    assert findings(spec("[9, 64]", f"{{Graph: {{nodes: {{{nodes}}}}}}}")) == ["branches-turned: c"]


def test_what_layers_disagree_about_is_unknown():
    conv = "{Conv1d: {out_channels: 64, kernel_size: 1}}"
    network = front(spec("[9, 64]", f"{conv}, {{Residual: [{{Permute: [0, 2, 1]}}]}}")).network
    assert hold(network).output.holds == (None, None)
