"""Fixes: what is mended, how the text around it looks afterwards, and what is left alone."""

import json

import pytest

from archc.diagnostics.catalog import faults
from archc.diagnostics.report import Report
from archc.edit.repair import apply, candidates, mend
from archc.front import read
from archc.reference import examples
from archc.source import SourceFile

HEAD = "archc: 1\ninput: [1, 28, 28]\nlayers:\n"
TRAIN = "train:\n  data: {name: MNIST}\n  loss: CrossEntropyLoss\n  optimizer: SGD\n  epochs: 1\n"


def reading(text, name="x.yaml"):
    return read(SourceFile(name, text), Report(name))


def mended(text, *, unsafe=False, name="x.yaml"):
    """The text after its fixes, and the slugs of what was mended."""
    result = mend(reading(text, name), lambda source: read(source, Report(name)), unsafe=unsafe)
    return result.front.source.text, [d.slug for d in result.fixed]


SAFE = {
    "an inferred size in the middle": (
        HEAD + "  - Conv2d: {out_channels: 8, in_channels: 3, kernel_size: 3}\n",
        HEAD + "  - Conv2d: {out_channels: 8, kernel_size: 3}\n",
    ),
    "an inferred size that comes last": (
        HEAD + "  - Flatten\n  - Linear: {out_features: 10, in_features: 728}  # head\n",
        HEAD + "  - Flatten\n  - Linear: {out_features: 10}  # head\n",
    ),
    "an inferred size on a line of its own": (
        HEAD + "  - Flatten\n  - Linear:\n      in_features: 728  # 28 * 26\n      out_features: 10\n",
        HEAD + "  - Flatten\n  - Linear:\n      out_features: 10\n",
    ),
    "an inferred size that is the only argument": (
        HEAD + "  - BatchNorm2d: {num_features: 3}\n",
        HEAD + "  - BatchNorm2d\n",
    ),
    "an inferred size that is the only argument, in a list on one line": (
        "archc: 1\ninput: [4]\nlayers: [{BatchNorm1d: {num_features: 3}}, ReLU]\n",
        "archc: 1\ninput: [4]\nlayers: [BatchNorm1d, ReLU]\n",
    ),
    "tabs": (
        "archc: 1\ninput: [4]\nlayers:\n\t- Linear:\n\t\t\tout_features: 2\n\t- ReLU\n",
        "archc: 1\ninput: [4]\nlayers:\n  - Linear:\n      out_features: 2\n  - ReLU\n",
    ),
    "no space after a colon": (HEAD + "  - Softmax:1\n", HEAD + "  - Softmax: 1\n"),
    "no space after a colon in braces": (
        HEAD + "  - Dropout: {p:0.5}\n",
        HEAD + "  - Dropout: {p: 0.5}\n",
    ),
    "arguments that are not indented": (
        HEAD + "  - Conv2d:\n    out_channels: 8\n    # odd\n    kernel_size: 3\n  - ReLU\n",
        HEAD + "  - Conv2d:\n      out_channels: 8\n      # odd\n      kernel_size: 3\n  - ReLU\n",
    ),
    "another case": (HEAD + "  - maxpool2D: 2\n", HEAD + "  - MaxPool2d: 2\n"),
    "hyphens for underscores": (
        HEAD + "  - MaxPool2d: {kernel-size: 2}\n",
        HEAD + "  - MaxPool2d: {kernel_size: 2}\n",
    ),
    "a number in quotes": (HEAD + '  - Dropout: "0.5"\n', HEAD + "  - Dropout: 0.5\n"),
    "a whole number with a point": (HEAD + "  - MaxPool2d: 2.0\n", HEAD + "  - MaxPool2d: 2\n"),
    "digits in groups": (HEAD + "  - Flatten\n  - Linear: 1_000\n", HEAD + "  - Flatten\n  - Linear: 1000\n"),
    "yes": (HEAD + "  - ReLU: {inplace: yes}\n", HEAD + "  - ReLU: {inplace: true}\n"),
    "off": (HEAD + "  - ReLU: {inplace: Off}\n", HEAD + "  - ReLU: {inplace: false}\n"),
    "a tuple of Python": (
        HEAD + "  - MaxPool2d:\n      kernel_size: (3, 5)\n",
        HEAD + "  - MaxPool2d:\n      kernel_size: [3, 5]\n",
    ),
    "a softmax without its axis": (HEAD + "  - Flatten\n  - Softmax\n", HEAD + "  - Flatten\n  - Softmax: 1\n"),
    "a softmax without its axis in a list on one line": (
        "archc: 1\ninput: [4]\nlayers: [ReLU, Softmax]\n",
        "archc: 1\ninput: [4]\nlayers: [ReLU, {Softmax: 1}]\n",
    ),
    "no edition": ("# mine\ninput: [4]\nlayers: [ReLU]\n", "# mine\narchc: 1\ninput: [4]\nlayers: [ReLU]\n"),
}


@pytest.mark.parametrize(("before", "after"), SAFE.values(), ids=SAFE)
def test_a_safe_fix_mends_a_spec(before, after):
    text, fixed = mended(before)
    assert text == after
    assert fixed
    assert reading(text).report.ok


UNSAFE = {
    "a misspelt layer": (HEAD + "  - Flaten\n", HEAD + "  - Flatten\n"),
    "a misspelt argument": (HEAD + "  - MaxPool2d: {kernal_size: 2}\n", HEAD + "  - MaxPool2d: {kernel_size: 2}\n"),
    "the word of another framework": (
        HEAD + "  - Conv2d: {filters: 8, kernel_size: 3}\n",
        HEAD + "  - Conv2d: {out_channels: 8, kernel_size: 3}\n",
    ),
    "a kernel that is too large": (HEAD + "  - MaxPool2d: 29\n", HEAD + "  - MaxPool2d: 28\n"),
    "a softmax before cross entropy": (
        HEAD + "  - Flatten\n  - Linear: 10\n  - Softmax: 1  # probabilities\n" + TRAIN,
        HEAD + "  - Flatten\n  - Linear: 10\n" + TRAIN,
    ),
    "a softmax before cross entropy, in a list on one line": (
        HEAD[:-1] + " [Flatten, Linear: 10, Softmax: 1]\n" + TRAIN,
        HEAD[:-1] + " [Flatten, Linear: 10]\n" + TRAIN,
    ),
    "a Linear on an image": (HEAD + "  - ReLU\n  - Linear: 10\n", HEAD + "  - ReLU\n  - Flatten\n  - Linear: 10\n"),
    "a Linear on an image, in a list on one line": (
        HEAD[:-1] + " [ReLU, {Linear: 10}]\n",
        HEAD[:-1] + " [ReLU, Flatten, {Linear: 10}]\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), UNSAFE.values(), ids=UNSAFE)
def test_a_guess_is_made_only_where_it_is_asked_for(before, after):
    assert mended(before) == (before, [])
    text, fixed = mended(before, unsafe=True)
    assert text == after
    assert fixed


def test_tabs_among_spaces_are_a_guess():
    text = "archc: 1\ninput: [4]\nlayers:\n  \t- ReLU\n"
    assert mended(text) == (text, [])
    assert mended(text, unsafe=True) == (text.replace("\t", "  "), ["tab-indentation"])


def test_faults_behind_a_syntax_error_are_mended_in_the_same_run():
    before = "archc: 1\ninput: [1, 28, 28]\nlayers:\n\t- conv2d: {out_channels: '8', kernel_size:3}\n\t- Flatten\n"
    text, fixed = mended(before)
    assert text == HEAD + "  - Conv2d: {out_channels: 8, kernel_size: 3}\n  - Flatten\n"
    assert fixed == ["tab-indentation", "unknown-layer", "no-space-after-colon", "wrong-value"]


def test_equal_faults_are_mended_each():
    text, fixed = mended(HEAD + "  - relu\n" * 50)
    assert text == HEAD + "  - ReLU\n" * 50
    assert fixed == ["unknown-layer"] * 50


def test_a_fix_that_helps_is_applied_beside_one_that_does_not():
    before = HEAD + "  - Dropout: '5'\n  - relu\n  - Dropout: '6'\n"
    text, fixed = mended(before)
    assert text == before.replace("relu", "ReLU")
    assert fixed == ["unknown-layer"]


def test_a_fix_that_brings_another_fault_is_not_applied():
    before = HEAD + "  - Flatten\n  - Linear: 10\n  - LogSoftmax: 1\n" + TRAIN.replace("CrossEntropyLoss", "NLLoss")
    text, _ = mended(before, unsafe=True)
    assert "loss: NLLLoss" in text
    assert "LogSoftmax" in text


@pytest.mark.parametrize(
    ("shape", "layer"),
    [
        ("[64, 100]", "MultiheadAttention: {embed_dim: 96, num_heads: 8}"),
        ("[64, 100]", "TransformerEncoderLayer: {d_model: 96, nhead: 8}"),
        ("[6, 9, 9]", "Conv2d: {in_channels: 8, out_channels: 8, kernel_size: 3, groups: 4}"),
        ("[6, 9, 9]", "GroupNorm: {num_groups: 4, num_channels: 8}"),
    ],
)
def test_a_fix_that_brings_a_fault_of_another_code_to_its_layer_is_not_applied(shape, layer):
    text = f"archc: 1\ninput: {shape}\nlayers:\n  - {layer}\n"
    assert [d.slug for d in reading(text).report] == ["size-mismatch"]
    assert mended(text, unsafe=True) == (text, [])


EXPRESSIONS = {
    "vars: {n: 4.0}|Linear: ${n}": None,
    "vars: {n: 9}|Linear: ${n / 4 * 4}": "Linear: ${n // 4 * 4}",
    "vars: {n: 9}|Linear: ${n / 2}": "Linear: ${n // 2}",
    "vars: {n: 1}|ReLU: {when: '${n}'}": None,
    'vars: {n: 1}|ReLU: {when: "${n}"}': 'ReLU: {when: "${n > 0}"}',
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_the_value_of_an_expression_is_not_written_in_its_stead(case):
    variables, line = case.split("|")
    head = f"archc: 1\ninput: [8]\n{variables}\nlayers:\n  - "
    assert mended(f"{head}{line}\n", unsafe=True)[0] == f"{head}{EXPRESSIONS[case] or line}\n"


def test_guesses_that_show_other_mistakes_stay():
    lines = ["Linear: [80, 20]", "{class_name: Dense, config: {units: 30}}", "LayerNorm: {normalized_shape: 31}"]
    after = ["Linear: 20", "Linear: {out_features: 30}", "LayerNorm: {normalized_shape: 31}"]
    head = "archc: 1\ninput: [8, 2]\nlayers:\n"
    bogus = "  - Bogus\n"
    text, fixed = mended(head + "".join(f"  - {line}\n" for line in lines) + bogus, unsafe=True)
    assert text == head + "".join(f"  - {line}\n" for line in after[:2]) + "  - LayerNorm\n" + bogus
    assert len(fixed) == 3


def test_a_guess_that_shows_what_an_unknown_shape_had_hidden_stays():
    head = "archc: 1\ninput: [80]\nlayers:\n"
    text, fixed = mended(head + "  - Linear: [80, 20]\n  - GroupNorm: 7\n", unsafe=True)
    assert text == head + "  - Linear: 20\n  - GroupNorm: 7\n"
    assert fixed == ["wrong-value"]
    assert [d.slug for d in reading(text).report.errors] == ["not-divisible"]


WRONG_GUESSES = {
    "a smaller window, with which branches do not fit": HEAD + "  - Concat: [[{MaxPool2d: 30}], []]\n",
    "a key of another block": HEAD + "  - Sequential:\n      layers:\n        - ReLU\n       name: a\n  - Bogus\n",
    "a heading that has no arguments": HEAD + "  - ReLU\n      negative_slope: 1\n",
}


@pytest.mark.parametrize("text", WRONG_GUESSES.values(), ids=WRONG_GUESSES)
def test_a_guess_that_leaves_errors_that_were_not_there_is_taken_back(text):
    assert [d.slug for d in reading(text).report] != []
    assert mended(text, unsafe=True) == (text, [])


def test_what_can_be_mended_is_mended_beside_a_guess_that_is_taken_back():
    before = HEAD + "  - Linear: 10\n  - LogSoftmax: 1\n"
    assert mended(before, unsafe=True)[0] == HEAD + "  - Flatten\n  - Linear: 10\n  - LogSoftmax: 1\n"


def test_faults_of_shapes_in_two_layers_are_mended_one_after_the_other():
    head = "archc: 1\ninput: [784]\nlayers:\n"
    before = "  - Linear: {in_features: 100, out_features: 50}\n  - Linear: {in_features: 60, out_features: 10}\n"
    after = "  - Linear: {out_features: 50}\n  - Linear: {out_features: 10}\n"
    text, fixed = mended(head + before)
    assert (text, fixed) == (head + after, ["size-mismatch", "size-mismatch"])


def test_line_ends_stay_as_they_are():
    text, _ = mended((HEAD + "  - ReLU\n  - Linear: 10\n").replace("\n", "\r\n"), unsafe=True)
    assert text == (HEAD + "  - ReLU\n  - Flatten\n  - Linear: 10\n").replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["relu"], ["ReLU"]),
        ([{"MaxPool2d": "2"}], [{"MaxPool2d": 2}]),
        ([{"BatchNorm2d": {"num_features": 3}}], ["BatchNorm2d"]),
        ([{"MaxPool2d": {"kernelSize": 2}}], [{"MaxPool2d": {"kernel_size": 2}}]),
        (["Flatten", "Softmax"], ["Flatten", {"Softmax": 1}]),
    ],
    ids=str,
)
def test_json_is_mended_as_json(before, after):
    text, _ = mended(json.dumps({"input": [1, 28, 28], "layers": before}), name="x.json")
    assert json.loads(text) == {"archc": 1, "input": [1, 28, 28], "layers": after}


def test_a_fault_of_an_included_file_is_not_mended_from_outside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parts.yaml").write_text("blocks:\n  stem:\n    layers: [relu]\n")
    text = "archc: 1\ninclude: [parts.yaml]\ninput: [4]\nlayers: [stem]\n"
    assert [d.slug for d in reading(text, "x.yaml").report] == ["unknown-layer"]
    assert mended(text) == (text, [])


def test_a_mistake_in_a_block_that_is_called_twice_is_mended_once():
    before = "archc: 1\ninput: [4]\nblocks:\n  b:\n    layers:\n      - relu\nlayers: [b, b]\n"
    assert mended(before) == (before.replace("relu", "ReLU"), ["unknown-layer"])


def test_an_override_is_not_mended():
    front = read(SourceFile("x.yaml", HEAD + "  - Flatten\n"), Report("x.yaml"), overrides=["layers[0]=flatten"])
    assert [d.slug for d in front.report] == ["unknown-layer"]
    assert candidates(front, unsafe=True) == []


BAD = [(fault, example.text) for fault in faults() for example in examples(fault) if not example.good]


@pytest.mark.parametrize(("fault", "text"), BAD, ids=[fault.slug for fault, _ in BAD])
def test_the_bad_example_of_a_fault_is_mended_whole_or_left_as_it_is(fault, text):
    for unsafe in (False, True):
        now, fixed = mended(text, unsafe=unsafe)
        assert (now != text) == bool(fixed)
        if fixed:
            assert fault.slug not in {d.slug for d in reading(now).report}


def test_edits_are_applied_by_their_place_in_the_text():
    front = reading(HEAD + "  - relu\n  - flatten\n")
    edits = [edit for candidate in candidates(front, unsafe=False) for edit in candidate.fix.edits]
    assert apply(front.source.text, edits[::-1]) == HEAD + "  - ReLU\n  - Flatten\n"


SHARED = """\
archc: 1
input: [3, 32, 32]
blocks:
  conv:
    params: {width: int, norm: false, i: 0}
    layers:
      - Conv2d: {out_channels: "${width}", kernel_size: 3, padding: 1}
      - BatchNorm2d: {when: WHEN}
      - ReLU
layers:
  - conv: 8
  - conv: {width: 16, norm: true, i: 1}
"""


@pytest.mark.parametrize(
    ("when", "bias"),
    [
        ('"${norm}"', '"${not norm}"'),
        ('"${i > 0}"', '"${not (i > 0)}"'),
        ("'${ norm or i == 1 }'", '"${not (norm or i == 1)}"'),
    ],
)
def test_a_lint_of_a_block_is_mended_for_all_its_calls(when, bias):
    before = SHARED.replace("WHEN", when)
    text, fixed = mended(before, unsafe=True)
    assert fixed == ["bias-before-norm"]
    assert text == before.replace("padding: 1}", f"padding: 1, bias: {bias}}}")
    old, new = reading(before).network, reading(text).network
    assert old.params - new.params == 16
    assert [node.layer.bias for node in new.walk() if node.type == "Conv2d"] == [True, False]


def test_a_lint_of_a_block_that_is_right_in_another_call_has_no_fix():
    before = SHARED.replace("      - BatchNorm2d: {when: WHEN}\n      - ReLU\n", "") + "  - BatchNorm2d\n  - ReLU\n"
    before = before.replace("  - conv: {", "  - ReLU\n  - conv: {")
    assert [d.slug for d in reading(before).report if d.slug != "unused-parameter"] == ["bias-before-norm"]
    text, fixed = mended(before, unsafe=True)
    assert "bias-before-norm" not in fixed
    assert "bias" not in text
