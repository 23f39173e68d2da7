"""Branches that cannot be merged, as a layer in one takes another axis, lead to the Permute with which they can."""

import pytest

from archc.edit.repair import mend
from archc.source import SourceFile
from tests.support.reading import front

WORDS, EMBEDDING = "{shape: [50], dtype: int64}", "Embedding: {num_embeddings: 100, embedding_dim: 32}"
CONV2D = "Conv2d: {out_channels: 64, kernel_size: 4, stride: 4}"
WIDE = "{Conv1d: {out_channels: 32, kernel_size: 3, padding: 1}}"

MENDED = {
    # A layer of a branch takes another axis
    (WORDS, EMBEDDING, f"Residual: [{WIDE}, ReLU]"): "Embedding Permute Residual Sequential Conv1d ReLU",
    (WORDS, EMBEDDING, f"Residual: [LayerNorm, {WIDE}, ReLU, {{Permute: [0, 2, 1]}}]"): (
        "Embedding Residual Sequential LayerNorm Permute Conv1d ReLU Permute"
    ),
    ("[3, 32, 32]", CONV2D, "Residual: [LayerNorm, {Linear: 256}, GELU, {Linear: 64}, {Permute: [0, 3, 1, 2]}]"): (
        "Conv2d Residual Sequential Permute LayerNorm Linear GELU Linear Permute"
    ),
    # A branch does not turn its axes back
    (WORDS, EMBEDDING, f"Residual: [LayerNorm, {{Permute: [0, 2, 1]}}, {WIDE}, ReLU]"): (
        "Embedding Residual Sequential LayerNorm Permute Conv1d ReLU Permute"
    ),
    ("[3, 32, 32]", CONV2D, "Residual: [{Permute: [0, 2, 3, 1]}, LayerNorm, {Linear: 64}]"): (
        "Conv2d Residual Sequential Permute LayerNorm Linear Permute"
    ),
    ("[9, 96]", "Add: [[{Permute: [0, 2, 1]}, {LSTM: 64}], [{Conv1d: {out_channels: 64, kernel_size: 1}}]]"): (
        "Add Sequential Permute LSTM Permute Sequential Conv1d"
    ),
    # Nothing is known of the input
    ("[200, 128]", "Residual: [{Conv1d: {out_channels: 128, kernel_size: 3, padding: 1}}]"): (
        "Permute Residual Sequential Conv1d"
    ),
}


def spec(given, *layers):
    return f"archc: 1\ninput: {given}\nlayers:\n" + "".join([f"  - {layer}\n" for layer in layers])


def again(source: SourceFile):
    return front(source.text, name=source.name)


@pytest.mark.parametrize("case", MENDED, ids=" ".join)
def test_the_branches_fit_after_the_fix_which_is_never_safe(case):
    before = front(spec(*case))
    assert [(d.slug, [fix.safe for fix in d.fixes]) for d in before.report] == [("branches-differ", [False])]
    assert mend(before, again).fixed == ()
    after = mend(before, again, unsafe=True).front
    assert [d.message for d in after.report if d.severity == "error"] == []
    assert " ".join([node.type for node in after.network.walk()]) == MENDED[case]


def test_the_notes_have_names_and_the_layer_that_takes_another_axis():
    (found,) = front(spec(WORDS, EMBEDDING, f"Residual: [{WIDE}]")).report
    assert found.notes[:3] == (
        "branch `layers` gives 32 channels x 32 features",
        "branch `the input` gives 50 steps x 32 features",
        "`1.layers.0` (Conv1d) takes 50 steps x 32 features for channels x length",
    )


@pytest.mark.parametrize(
    ("given", "layer"),
    [
        ("[3, 32, 32]", "Residual: [{Conv2d: {out_channels: 32, kernel_size: 3, padding: 1}}]"),
        ("[3, 32, 32]", "Residual: [{Conv2d: {out_channels: 3, kernel_size: 3}}]"),
        ("[64, 100]", "Residual: [{Conv1d: {out_channels: 32, kernel_size: 3, padding: 1}}]"),
        (
            "[9, 100]",
            "Concat: [[{Conv1d: {out_channels: 100, kernel_size: 1}}], "
            "[{Conv1d: {out_channels: 8, kernel_size: 1, stride: 2}}]]",
        ),
    ],
)
def test_branches_that_differ_otherwise_are_not_turned(given, layer):
    (found,) = front(spec(given, layer)).report
    assert found.slug == "branches-differ"
    assert "Permute" not in "".join(found.helps)


def test_the_sizes_of_an_unflatten_lead_to_the_axis_that_they_make():
    text = spec("[3, 32, 32]", CONV2D, "Flatten: {start_dim: 2}", "Unflatten: {dim: 1, unflattened_size: [8, 16]}")
    assert [d.helps for d in front(text).report] == [()]
    sequence = "Permute: [0, 2, 1]", "LSTM: 32", "Unflatten: {dim: 2, unflattened_size: [8, 8]}"
    before = front(spec("[3, 32, 32]", CONV2D, "Flatten: {start_dim: 2}", *sequence))
    assert [d.helps for d in before.report] == [("put `Permute: [0, 2, 1]` before it, or use `dim: 1`",)]
    assert mend(before, again).fixed == ()
    assert mend(before, again, unsafe=True).front.network.output == (32, 8, 8)
