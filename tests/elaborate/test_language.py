"""Blocks, Repeat, vars, `when` and containers: what they mean, and what is wrong with them."""

import pytest

import archc
from archc.source import SourceFile
from archc.syntax.read import parse
from archc.syntax.tree import data_of
from tests.support.reading import findings, front

HEAD = "archc: 1\ninput: [8, 16, 16]\n"


def paths(text):
    network = front(HEAD + text).network
    assert network is not None
    return [(node.path, node.type, node.output) for node in network.walk()]


def nodes(text):
    network = front(HEAD + text).network
    assert network is not None
    return network.nodes


def test_a_block_is_a_nested_sequential_of_its_layers():
    text = """\
blocks:
  conv:
    params: {channels: int, kernel: 3}
    layers:
      - Conv2d: {out_channels: "${channels}", kernel_size: "${kernel}", padding: same, bias: false}
      - BatchNorm2d
layers:
  - conv: {channels: 4, name: stem}
  - conv: {channels: 6, kernel: 1}
"""
    assert paths(text) == [
        ("stem", "Sequential", (4, 16, 16)),
        ("stem.0", "Conv2d", (4, 16, 16)),
        ("stem.1", "BatchNorm2d", (4, 16, 16)),
        ("1", "Sequential", (6, 16, 16)),
        ("1.0", "Conv2d", (6, 16, 16)),
        ("1.1", "BatchNorm2d", (6, 16, 16)),
    ]


def test_blocks_and_repeats_written_out_by_hand_give_an_equal_network():
    short = """\
vars: {width: 4}
blocks:
  unit:
    params: {channels: int, act: true}
    layers:
      - Conv2d: {out_channels: "${channels}", kernel_size: 3, padding: 1}
      - ReLU: {when: "${act}"}
layers:
  - Repeat:
      times: 2
      as: i
      layers:
        - unit: {channels: "${width * (i + 1)}", name: "unit${i}"}
  - unit: {channels: 2, act: false}
"""
    by_hand = """\
layers:
  - Sequential: {name: unit0, layers: [{Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}, ReLU]}
  - Sequential: {name: unit1, layers: [{Conv2d: {out_channels: 8, kernel_size: 3, padding: 1}}, ReLU]}
  - Sequential: [{Conv2d: {out_channels: 2, kernel_size: 3, padding: 1}}]
"""
    assert nodes(short) == nodes(by_hand)


def test_repeat_leaves_no_trace_and_its_layers_take_the_next_positions():
    text = "layers:\n  - ReLU\n  - Repeat: {times: 2, layers: [Tanh, Identity]}\n  - Sigmoid\n"
    found = [(path, kind) for path, kind, _ in paths(text)]
    assert found == [
        ("0", "ReLU"),
        ("1", "Tanh"),
        ("2", "Identity"),
        ("3", "Tanh"),
        ("4", "Identity"),
        ("5", "Sigmoid"),
    ]


def test_repeats_nest_and_see_each_others_counters():
    text = """\
layers:
  - Repeat:
      times: 2
      as: i
      layers:
        - Repeat:
            times: 2
            as: j
            layers:
              - Identity: {name: "a${i}${j}"}
"""
    assert [path for path, _, _ in paths(text)] == ["a00", "a01", "a10", "a11"]


def test_a_repeat_of_no_times_has_no_layers():
    assert [path for path, _, _ in paths("layers: [ReLU, Repeat: {times: 0, layers: [Tanh]}]\n")] == ["0"]


def test_a_false_when_leaves_a_layer_out_and_the_next_takes_its_position():
    text = "vars: {deep: false}\nlayers:\n  - ReLU: {when: '${deep}'}\n  - Tanh: {when: '${not deep}'}\n  - Sigmoid\n"
    assert [(path, kind) for path, kind, _ in paths(text)] == [("0", "Tanh"), ("1", "Sigmoid")]


def test_vars_may_use_those_before_them_and_set_changes_them():
    text = (
        HEAD
        + "vars: {width: 8, half: '${width // 2}'}\nlayers: [{Conv2d: {out_channels: '${half}', kernel_size: 1}}]\n"
    )
    assert archc.loads(text).output == (4, 16, 16)
    assert archc.loads(text, set={"vars.width": 20}).output == (10, 16, 16)


def test_a_block_sees_its_parameters_and_the_vars_and_nothing_of_its_caller():
    text = """\
vars: {a: 1}
blocks:
  inner:
    layers:
      - Conv2d: {out_channels: "${a + b}", kernel_size: 1}
  outer:
    params: {b: 2}
    layers:
      - inner
layers:
  - outer
"""
    assert findings(HEAD + text) == ["unknown-name: b"]


def test_a_fault_in_a_block_is_shown_at_its_definition_with_every_call():
    text = """\
blocks:
  inner:
    params: {k: int}
    layers:
      - Conv2d: {out_channels: 4, kernel_size: "${k}"}
  outer:
    layers:
      - inner: {k: 31}
layers:
  - outer
"""
    (found,) = front(HEAD + text).report.errors
    assert found.slug == "window-too-large"
    assert found.span.text == 'kernel_size: "${k}"'
    assert [label.text for label in found.labels][-2:] == ["`outer` is called here", "`inner` is called here"]
    assert [label.span.text for label in found.labels][-2:] == ["outer", "inner"]


def test_a_mistake_in_a_block_that_is_called_twice_is_one_diagnostic():
    text = "blocks: {b: {layers: [{Linear: ten}]}}\nlayers: [b, b, Repeat: {times: 5, layers: [b]}]\n"
    assert findings(HEAD + text) == ["wrong-value: ten"]


def test_a_block_with_one_parameter_takes_its_value_alone():
    text = "blocks: {conv: {params: {c: int}, layers: [{Conv2d: {out_channels: '${c}', kernel_size: 1}}]}}\n"
    assert paths(text + "layers: [conv: 3]\n")[0][2] == (3, 16, 16)


MISTAKES = {
    "blocks: {a: {layers: [b]}, b: {layers: [a]}}\nlayers: [a]\n": "recursive-block: a",
    "blocks: {a: {params: {n: int}, layers: [ReLU]}}\nlayers: [a: {}]\n": "missing-parameter: a",
    "blocks: {a: {params: {n: int}, layers: [ReLU]}}\nlayers: [a: {n: x}]\n": "wrong-parameter: x",
    "blocks: {a: {params: {n: int}, layers: [ReLU]}}\nlayers: [a: {n: true}]\n": "wrong-parameter: true",
    "blocks: {a: {params: {n: 1}, layers: [ReLU]}}\nlayers: [a: {n: [1]}]\n": "wrong-parameter: [1]",
    "blocks: {a: {params: {n: 1}, layers: [ReLU]}}\nlayers: [a: {m: 1}]\n": "unknown-argument: m",
    "blocks: {a: {params: {n: 1, m: 2}, layers: [ReLU]}}\nlayers: [a: 3]\n": "no-principal-argument: 3",
    "blocks: {a: {}}\nlayers: [ReLU]\n": "missing-key: a",
    "blocks: {A: {layers: [ReLU]}}\nlayers: [ReLU]\n": "bad-name: A",
    "blocks: {a: {params: {name: 1}, layers: [ReLU]}}\nlayers: [ReLU]\n": "bad-name: name",
    "vars: {if: 1}\nlayers: [ReLU]\n": "bad-name: if",
    "vars: {a: [1]}\nlayers: [ReLU]\n": "wrong-value: [1]",
    "layers: [Repeat: {times: -1, layers: [ReLU]}]\n": "wrong-value: -1",
    "layers: [Repeat: {times: 2}]\n": "missing-argument: Repeat",
    "layers: [Repeat: {time: 2, layers: [ReLU]}]\n": "unknown-argument: time",
    "layers: [Repeat: {times: 2, layers: []}]\n": "wrong-structure: []",
    "layers: [Repeat: {times: 2, as: 1, layers: [ReLU]}]\n": "wrong-value: 1",
    "layers: [Repeat: {times: 2, as: größe, layers: [ReLU]}]\n": "wrong-value: größe",
    "layers: [Repeat: {times: 2, as: if, layers: [ReLU]}]\n": "wrong-value: if",
    "layers: [Repeat: {times: 2, layers: [{ReLU: {name: a}}]}]\n": "duplicate-name: a",
    "layers: [ReLU: {when: 1}]\n": "wrong-value: 1",
    "layers: [ReLU: {when: '${1}'}]\n": "wrong-value: '${1}'",
    "layers: [{Linear: '${w}'}]\n": "unknown-name: w",
    "vars: {w: 0}\nlayers: [{Linear: '${w}'}]\n": "wrong-value: '${w}'",
    "layers: [Concat: []]\n": "wrong-structure: []",
    "layers: [Concat: {branches: {a.b: []}}]\n": "bad-name: a.b",
    "layers: [Concat: {branches: [[ReLU], [Flatten]]}]\n": "branches-differ: Concat",
    "layers: [Add: [[], [{Conv2d: {out_channels: 3, kernel_size: 1}}]]]\n": "branches-differ: Add",
    "layers: [Residual: []]\n": "wrong-structure: []",
    "layers: [Residual: {shortcut: []}]\n": "missing-argument: Residual",
    "layers: [Residual: [{Linear: ten}], Linear: 3]\n": "wrong-value: ten",
}


@pytest.mark.parametrize("text", MISTAKES, ids=lambda text: MISTAKES[text])
def test_one_mistake_is_one_diagnostic_at_its_place(text):
    assert findings(HEAD + text) == [MISTAKES[text]]


@pytest.mark.parametrize("times", ["1000000000", "9223372036854775807"])
@pytest.mark.parametrize("layer", ["ReLU", "{ReLU: {when: false}}", "{Repeat: {times: 1000000, layers: [ReLU]}}"])
def test_a_huge_repeat_ends_at_the_limit_of_layers(times, layer):
    text = f"layers: [Repeat: {{times: {times}, layers: [{layer}]}}]\n"
    assert [line.partition(":")[0] for line in findings(HEAD + text)] == ["too-many-layers"]


@pytest.mark.slow
@pytest.mark.parametrize(("times", "expected"), [(99_998, []), (99_999, []), (100_000, ["too-many-layers"])])
def test_a_network_has_at_most_100000_layers(times, expected):
    text = f"archc: 1\ninput: [2]\nlayers: [Repeat: {{times: {times}, layers: [Identity]}}]\n"
    assert [line.partition(":")[0] for line in findings(text)] == expected


def test_a_chain_of_blocks_ends_at_the_limit_of_nesting():
    chain = "".join(f"  b{n}: {{layers: [b{n + 1}]}}\n" for n in range(300))
    text = f"{HEAD}blocks:\n{chain}  b300: {{layers: [ReLU]}}\nlayers: [b0]\n"
    assert [line.partition(":")[0] for line in findings(text)] == ["nested-too-deep"]


def test_branches_are_named_by_position_or_by_key():
    text = "layers:\n  - Concat: {branches: [[ReLU], []], dim: 1}\n  - Add: {branches: {left: [ReLU], right: []}}\n"
    found = [path for path, _, _ in paths(text)]
    assert found == ["0", "0.0", "0.0.0", "0.1", "1", "1.left", "1.left.0", "1.right"]


def test_the_help_of_a_residual_is_the_shortcut_that_fits():
    text = "layers: [Residual: [{Conv2d: {out_channels: 4, kernel_size: 3, stride: 2, padding: 1}}]]\n"
    (found,) = front(HEAD + text).report.errors
    assert "shortcut: [{Conv2d: {out_channels: 4, kernel_size: 1, stride: 2}}]" in found.helps[0]
    mended = """\
layers:
  - Residual:
      layers: [{Conv2d: {out_channels: 4, kernel_size: 3, stride: 2, padding: 1}}]
      shortcut: [{Conv2d: {out_channels: 4, kernel_size: 1, stride: 2}}]
"""
    assert paths(mended)[0] == ("0", "Residual", (4, 8, 8))


def test_sizes_of_1_are_stretched():
    text = "layers: [Multiply: [[], [{AdaptiveAvgPool2d: 1}, Sigmoid]]]\n"
    assert paths(text)[0] == ("0", "Multiply", (8, 16, 16))


def test_expressions_serve_input_and_train_too():
    text = """\
archc: 1
vars: {size: 28, batch: 50}
input: [1, "${size}", "${size}"]
layers: [Flatten, Linear: 10]
train:
  data: {name: MNIST}
  loss: CrossEntropyLoss
  optimizer: {SGD: {lr: "${0.1 / batch}"}}
  epochs: 1
  batch_size: ${batch}
"""
    network = archc.loads(text)
    assert network.input == (1, 28, 28)
    assert network.train.batch_size == 50
    assert network.train.optimizer.lr == pytest.approx(0.002)


def test_a_document_and_its_json_twin_give_equal_networks():
    import json

    from archc.diagnostics.report import Report

    text = (
        HEAD
        + "vars: {w: 3}\nlayers: [Concat: {branches: {a: [{Conv2d: {out_channels: '${w}', kernel_size: 1}}], b: []}}]\n"
    )
    twin = json.dumps(data_of(parse(SourceFile("x.yaml", text), Report()).tree))
    assert archc.loads(text).nodes == archc.loads(twin, format="json").nodes


@pytest.mark.parametrize("kind", ["int", "float", "bool", "str"])
def test_a_type_of_a_parameter_is_one_in_quotes_too(kind):
    """JSON has no text without quotes."""
    text = f'{HEAD}blocks: {{b: {{"params": {{"n": "{kind}"}}, "layers": ["ReLU"]}}}}\nlayers: [b]\n'
    assert findings(text) == ["missing-parameter: b"]
    twin = '{"archc": 1, "input": [4], "blocks": {"b": {"params": {"n": "int"}, "layers": [{"Linear": "${n}"}]}}, '
    assert archc.loads(twin + '"layers": [{"b": 3}]}', format="json").output == (3,)
