"""What torch permits and nobody means is a warning, at the layer; and what is meant is silent."""

import pytest

from archc import checks
from archc.layers import LAYERS
from tests.support.reading import findings, front, layer


def graph(nodes):
    """A Graph of these nodes, as one layer of a list."""
    return f"{{Graph: {{nodes: {{{nodes}}}}}}}"


CASES = {
    ("Linear: 10", "[1, 28, 28]"): ["linear-on-image: Linear"],
    ("Linear: 10", "[28, 28]"): [],
    ("Linear: 10", "[28]"): [],
    ("Softmax", "[10]"): ["softmax-without-dim: Softmax"],
    ("Softmax", "[3, 4]"): ["softmax-over-batch: Softmax"],
    ("LogSoftmax", "[3, 4, 4]"): ["softmax-without-dim: LogSoftmax"],
    ("Softmax: 0", "[10]"): ["softmax-over-batch: Softmax"],
    ("Softmax: -2", "[10]"): ["softmax-over-batch: Softmax"],
    ("Softmax: -1", "[10]"): [],
    ("LogSoftmax: 2", "[3, 4]"): [],
    ("Sequential: [{Linear: 10}]", "[1, 28, 28]"): ["linear-on-image: Linear"],
    (graph("a: [{Permute: [0, 2, 3, 1]}], b: {from: a, layers: [{Linear: 10}]}")[1:-1], "[1, 28, 28]"): [],
    (
        graph("a: [{Permute: [0, 2, 3, 1]}], b: {from: [a, input], merge: {Concat: 1}, layers: [{Linear: 10}]}")[1:-1],
        "[28, 28, 28]",
    ): ["linear-on-image: Linear"],
    ("Residual: {layers: [{Permute: [0, 2, 3, 1]}, {Linear: 28}]}", "[28, 28, 28]"): [],
}
CONV = "Conv2d: {out_channels: 8, kernel_size: 3, padding: 1}"
CHAINS = {
    # Two maps that are one
    ("[8]", "{Linear: 8}, {Linear: 8}"): ["nothing-between: Linear"],
    ("[8]", "{Linear: 8}, Identity, {Dropout: 0.1}, {Linear: 8}"): ["nothing-between: Linear"],
    ("[8]", "{Sequential: [{Linear: 8}]}, {Sequential: [{Linear: 8}]}"): ["nothing-between: Linear"],
    ("[8]", "{Linear: 8}, ReLU, {Linear: 8}"): [],
    ("[64]", "{Linear: 4}, {Linear: 64}"): [],
    ("[8, 9, 9]", f"{{{CONV}}}, {{{CONV}}}"): ["nothing-between: Conv2d"],
    ("[8, 9, 9]", f"{{Residual: [{{{CONV}}}, {{{CONV}}}]}}"): ["nothing-between: Conv2d"],
    ("[8, 9, 9]", f"{{{CONV}}}, {{Residual: [{{{CONV}}}]}}"): [],
    (
        "[8, 9, 9]",
        "{Conv2d: {out_channels: 8, kernel_size: 3, groups: 8}}, {Conv2d: {out_channels: 9, kernel_size: 1}}",
    ): [],
    (
        "[8, 9, 9]",
        "{Conv2d: {out_channels: 8, kernel_size: [1, 3]}}, {Conv2d: {out_channels: 8, kernel_size: [3, 1]}}",
    ): [],
    # A bias before a norm
    ("[8, 9, 9]", f"{{{CONV}}}, BatchNorm2d, ReLU"): ["bias-before-norm: Conv2d"],
    ("[8, 9, 9]", "{Conv2d: {out_channels: 8, kernel_size: 3, bias: false}}, BatchNorm2d, ReLU"): [],
    ("[8, 9, 9]", f"{{{CONV}}}, ReLU, BatchNorm2d"): [],
    ("[8, 9, 9]", f"{{{CONV}}}, {{GroupNorm: 4}}"): [],
    # Dropout
    ("[8]", "{Linear: 8}, Dropout"): ["dropout-last: Dropout"],
    ("[8]", "{Linear: 8}, Dropout, {Softmax: 1}"): ["dropout-last: Dropout"],
    ("[8]", "{Residual: [{Linear: 8}, Dropout]}"): [],
    ("[8]", "Dropout, {Dropout: 0.1}, {Linear: 8}"): ["dropout-twice: Dropout"],
    ("[8]", "Dropout, ReLU, Dropout, {Linear: 8}"): [],
    # An activation twice
    ("[8]", "ReLU, ReLU"): ["activation-twice: ReLU"],
    ("[8]", "{LeakyReLU: 0.1}, {LeakyReLU: 0.2}"): [],
    ("[8]", "ReLU, Tanh"): [],
    ("[8]", "{Residual: [ReLU]}, ReLU"): [],
    # The nodes of a Graph: a border is none, and what is used twice is followed by nothing
    ("[8]", graph("a: [{Linear: 8}], b: {from: a, layers: [{Linear: 8}]}")): ["nothing-between: Linear"],
    ("[8]", graph("a: [ReLU]") + ", ReLU"): ["activation-twice: ReLU"],
    ("[8]", "ReLU, " + graph("a: [ReLU]")): ["activation-twice: ReLU"],
    ("[8]", "ReLU, " + graph("a: [ReLU], b: {from: [a, input], merge: Add}")): [],
    ("[8]", graph("a: [ReLU], b: {from: [a, input], merge: Add, layers: [ReLU]}")): [],
    ("[8]", graph("a: [{Linear: 8}], b: {from: a, layers: [Dropout]}")): ["dropout-last: Dropout"],
    (
        "[8]",
        graph("a: [Dropout], b: {from: a, layers: [Dropout]}, c: {from: [a, b], merge: Add, layers: [{Linear: 8}]}"),
    ): [],
    # A norm of the outputs
    ("[8]", "{Linear: 8}, BatchNorm1d"): ["norm-last: BatchNorm1d"],
    ("[8]", "{Linear: 8}, BatchNorm1d, {Softmax: 1}"): ["norm-last: BatchNorm1d"],
    ("[8]", "{Linear: 8}, BatchNorm1d, ReLU"): [],
    # Rows that no window sees
    ("[1, 13, 13]", "{MaxPool2d: 2}"): ["rows-dropped: MaxPool2d"],
    ("[1, 13, 13]", "{MaxPool2d: {kernel_size: 2, ceil_mode: true}}"): [],
    ("[1, 13, 13]", "{MaxPool2d: {kernel_size: 2, padding: 1}}"): [],
    ("[1, 12, 13]", "{AvgPool2d: 2}"): ["rows-dropped: AvgPool2d"],
    ("[1, 13]", "{MaxPool1d: 2}"): ["rows-dropped: MaxPool1d"],
    ("[1, 29, 29]", "{MaxPool2d: 2}"): [],
    ("[1, 8, 8]", "{Conv2d: {out_channels: 1, kernel_size: 1, stride: 2}}"): [],
    ("[1, 7, 7]", "{Conv2d: {out_channels: 1, kernel_size: 3, stride: 2}}"): [],
    ("[1, 8, 8]", "{Conv2d: {out_channels: 1, kernel_size: 3, stride: 2}}"): ["rows-dropped: Conv2d"],
    ("[1, 8, 8]", "{Conv2d: {out_channels: 1, kernel_size: 3, stride: 2, padding: 1}}"): [],
    ("[1, 8, 8]", "{Conv2d: {out_channels: 1, kernel_size: 3, padding: same}}"): [],
    # Most parameters behind a Flatten
    ("[3, 400, 400]", "Flatten, {Linear: 100}"): ["heavy-flatten: Linear"],
    ("[3, 400, 400]", "{AdaptiveAvgPool2d: 1}, Flatten, {Linear: 100}"): [],
    ("[1, 28, 28]", "Flatten, {Linear: 100}"): [],
    ("[480000]", "{Linear: 100}"): [],
    # Sizes that follow from the input
    ("[8]", "{Linear: {in_features: 8, out_features: 2}}"): ["redundant-size: in_features: 8"],
    ("[8, 3, 3]", "{BatchNorm2d: {num_features: 8}}"): ["redundant-size: num_features: 8"],
    ("[8]", "{Linear: {in_features: '${4 * 2}', out_features: 2}}"): [],
}


def chain(shape, layers):
    return f"archc: 1\ninput: {shape}\nlayers: [{layers}]\n"


@pytest.mark.parametrize(("line", "shape"), CASES)
def test_a_layer_that_nobody_means_is_a_warning_and_the_spec_is_fine(line, shape):
    front_ = front(layer(line, shape))
    assert findings(layer(line, shape)) == CASES[line, shape]
    assert front_.report.ok
    assert front_.network is not None


@pytest.mark.parametrize(("shape", "layers"), CHAINS)
def test_layers_that_follow_each_other_are_looked_at(shape, layers):
    assert findings(chain(shape, layers)) == CHAINS[shape, layers]


ARGUMENTS = {"Threshold": "{threshold: 0.1, value: 1}"}


@pytest.mark.parametrize("name", [name for name, cls in LAYERS.items() if cls.family == "activation"])
def test_every_activation_is_known_where_it_is_there_twice(name):
    line = f"{{{name}: {ARGUMENTS.get(name, '{}')}}}"
    assert findings(chain("[8, 4]", f"{line}, {line}")) == [f"activation-twice: {name}"]


@pytest.mark.parametrize("name", [name for name, cls in LAYERS.items() if cls.family == "dropout"])
def test_every_dropout_is_known_where_nothing_follows_it(name):
    shape = {"Dropout2d": "[8, 4, 4]", "Dropout3d": "[8, 4, 4, 4]"}.get(name, "[8, 4]")
    assert findings(chain(shape, f"ReLU, {name}")) == [f"dropout-last: {name}"]


def test_the_linear_warning_says_how_many_features_a_flatten_makes():
    (warning,) = front(layer("Linear: 10", "[2, 3, 4]")).report
    assert warning.helps == ("put `Flatten` before it, which makes 24 features",)


def test_a_dropped_row_is_named_with_what_keeps_it():
    (warning,) = front(chain("[1, 12, 13]", "{MaxPool2d: 2}")).report
    assert warning.message == "`MaxPool2d` never sees the last column of 12 x 13"
    assert warning.helps == ("`ceil_mode: true` keeps them and gives 6 x 7; `padding: 1` keeps them",)
    for mended in ("kernel_size: 2, ceil_mode: true", "kernel_size: 2, padding: 1"):
        assert findings(chain("[1, 12, 13]", f"{{MaxPool2d: {{{mended}}}}}")) == []


def test_a_layer_of_a_repeat_is_reported_once():
    text = chain("[8]", "Repeat: {times: 5, layers: [{Linear: 8}, ReLU, ReLU]}")
    assert findings(text) == ["activation-twice: ReLU"]


def test_a_layer_that_is_left_out_is_not_between_others():
    assert findings(chain("[8]", "{Linear: 8}, {ReLU: {when: false}}, {Linear: 8}")) == ["nothing-between: Linear"]


def mended(text, name="x.yaml"):
    """A text with every fix of its warnings applied, from its end to its start."""
    edits = [edit for d in front(text, name=name).report for fix in d.fixes for edit in fix.edits]
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - Dropout\n  - Dropout: 0.1  # why\n  - ReLU\n", "  - Dropout\n  - ReLU\n"),
        ("  - Sequential: [ReLU, ReLU, Tanh]\n", "  - Sequential: [ReLU, Tanh]\n"),
        ("  - Sequential: [ReLU, ReLU]\n", "  - Sequential: [ReLU]\n"),
        ("  - Linear: {in_features: 8, out_features: 2}\n", "  - Linear: {out_features: 2}\n"),
        ("  - Linear: {out_features: 2, in_features: 8}\n", "  - Linear: {out_features: 2}\n"),
        ("  - Linear:\n      in_features: 8\n      out_features: 2\n", "  - Linear:\n      out_features: 2\n"),
        ("  - BatchNorm1d: {num_features: 8}\n", "  - BatchNorm1d\n"),
    ],
)
def test_a_fix_deletes_a_layer_or_an_argument_and_nothing_else(before, after):
    head = "archc: 1\ninput: [8]\nlayers:\n"
    assert mended(head + before) == head + after
    assert findings(head + after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{out_channels: 8, kernel_size: 3}", "{out_channels: 8, kernel_size: 3, bias: false}"),
        ("{out_channels: 8, bias: true, kernel_size: 3}", "{out_channels: 8, bias: false, kernel_size: 3}"),
        (
            "\n      out_channels: 8\n      kernel_size: 3",
            "\n      out_channels: 8\n      kernel_size: 3\n      bias: false",
        ),
    ],
)
def test_a_fix_takes_the_bias_away(before, after):
    text = f"archc: 1\ninput: [3, 9, 9]\nlayers:\n  - Conv2d: {before}\n  - BatchNorm2d\n"
    assert mended(text) == text.replace(before, after)


def test_a_fix_takes_the_bias_away_in_json():
    text = (
        '{"archc": 1, "input": [3, 9, 9], "layers": [{"Conv2d": {"out_channels": 8, "kernel_size": 3}}, "BatchNorm2d"]}'
    )
    assert mended(text, "x.json") == text.replace(": 3}}", ': 3, "bias": false}}')


def test_a_fix_puts_the_missing_flatten_before_a_linear():
    text = "archc: 1\ninput: [3, 9, 9]\nlayers:\n  - Tanh\n  - Linear: 2\n"
    assert mended(text) == text.replace("  - Linear", "  - Flatten\n  - Linear")


UNUSED = """\
archc: 1
input: [4]
vars: {a: 1, b: "${a}", c: 3}
blocks:
  one: {params: {x: 1, c: 2}, layers: [{Linear: "${x + c}"}, two]}
  two: {layers: [ReLU]}
  three: {layers: [Tanh]}
layers: [one: {x: "${a}"}]
"""


def test_names_that_nothing_uses_are_warnings_each_at_its_place():
    assert findings(UNUSED) == ["unused-variable: b", "unused-variable: c", "unused-block: three"]


@pytest.mark.parametrize("section", ["vars: {a: 1}\n", "vars:\n  a: 1  # once\n", "blocks: {b: {layers: [ReLU]}}\n"])
def test_the_last_unused_name_goes_with_its_section(section):
    text = "archc: 1\ninput: [4]\n{}layers: [ReLU]\n"
    assert mended(text.format(section)) == text.format("")


def test_a_name_that_is_used_by_another_file_may_be_unused_here():
    text = "archc: 1\ninput: [4]\ninclude: [other.yaml]\nvars: {a: 1}\nblocks: {b: {layers: [ReLU]}}\nlayers: [ReLU]\n"
    assert [line.partition(":")[0] for line in findings(text)] == ["include-not-found"]


TABLES = (checks.CHAIN, checks.NETWORK, checks.DOCUMENT, checks.RECIPE, checks.PLAN, checks.SIZED, checks.CLAIMS)


def test_a_check_stands_in_one_literal_table_once():
    listed = [check for table in TABLES for check in table]
    assert len(set(listed)) == len(listed)
