"""One mistake is one diagnostic, at the smallest place; independent mistakes are all found in one run."""

import pytest

from archc.diagnostics.report import Report
from archc.front import read
from archc.source import SourceFile
from tests.support.reading import HEAD, findings, front, layer, train

BIG = "1" + "0" * 30

DOCUMENTS = {
    "- ReLU\n- Tanh\n": "wrong-structure: - ReLU",
    "ReLU\n": "wrong-structure: ReLU",
    "archc: 2\ninput: nonsense\nlayers: {}\ntrian: 1\n": "unknown-edition: 2",
    "archc: 1.0\ninput: [4]\nlayers: [ReLU]\n": "unknown-edition: 1.0",
    "archc: true\ninput: [4]\nlayers: [ReLU]\n": "unknown-edition: true",
    "archc: '1'\ninput: [4]\nlayers: [ReLU]\n": "unknown-edition: '1'",
    "archc: 0\ninput: [4]\nlayers: [ReLU]\n": "unknown-edition: 0",
    "archc: [1]\ninput: [4]\nlayers: [ReLU]\n": "unknown-edition: [1]",
    f"archc: {BIG}\ninput: [4]\nlayers: [ReLU]\n": f"int-too-large: {BIG}",
    "input: [4]\nlayers: [ReLU]\n": "missing-key: input",
    "archc: 1\nlayers: [ReLU]\n": "missing-key: archc",
    "archc: 1\ninput: [4]\n": "missing-key: archc",
    "archc: 1\ninput: [4]\nlayer: [ReLU]\n": "unknown-key: layer",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\nbogus: 1\n": "unknown-key: bogus",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\nvars: [1]\n": "wrong-structure: vars",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\nexpect: {output: [5]}\n": "shape-not-as-expected: output: [5]",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\nname: My/Net\n": "bad-name: My/Net",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\nname: 3\n": "wrong-value: 3",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\ndescription: [a]\n": "wrong-value: [a]",
    "archc: 1\ninput: [4]\nlayers:\n": "wrong-structure: layers",
    "archc: 1\ninput: [4]\nlayers: []\n": "wrong-structure: []",
    "archc: 1\ninput: [4]\nlayers: ReLU\n": "wrong-structure: ReLU",
    "archc: 1\ninput: [4]\nlayers: {Linear: 2}\n": "wrong-structure: Linear",
    "archc: 1\ninput: [4]\nlayers: *x\n": "unknown-alias: *x",
    "archc: 1\ninput: *x\nlayers: [ReLU]\n": "unknown-alias: *x",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\ntrain: *x\n": "unknown-alias: *x",
    "archc: 1\ninput: [4]\nlayers: [ReLU]\n<<: {name: a}\n": "merge-key: <<",
    "<<: *base\narchc: 1\n": ["merge-key: <<", "unknown-alias: *base"],
}

INPUTS = {
    "": "wrong-value: input",
    "4": "wrong-value: 4",
    "[]": "wrong-value: []",
    "[0]": "wrong-value: 0",
    "[-3]": "wrong-value: -3",
    "[4, 0, 4]": "wrong-value: 0",
    "[2147483648]": "wrong-value: 2147483648",
    f"[{BIG}]": f"int-too-large: {BIG}",
    "[1.5]": "wrong-value: 1.5",
    "[.inf]": "wrong-value: .inf",
    "[true]": "wrong-value: true",
    "['4']": "wrong-value: '4'",
    "[[4]]": "wrong-value: [4]",
    "[null]": "wrong-value: null",
    "1, 28, 28": "wrong-value: 1, 28, 28",
    "[" + ", ".join("2" * 17) + "]": "rank-too-large: [" + ", ".join("2" * 17) + "]",
    "{shape: [4], dtype: float}": "wrong-value: float",
    "{shape: [4], dtype: 3}": "wrong-value: 3",
    "{shap: [4]}": "unknown-key: shap",
    "{dtype: int64}": "missing-key: input",
    "{shape: 4}": "wrong-value: 4",
    "{shape: [4], size: 2}": "unknown-key: size",
}

LAYERS = {
    "": "not-a-layer:",
    "3": "not-a-layer: 3",
    "[ReLU]": "not-a-layer: [ReLU]",
    "{}": "not-a-layer: {}",
    "{ReLU: {}, Tanh: {}}": "not-a-layer: ReLU",
    "Linear:10": "no-space-after-colon: Linear:10",
    "Linear: {out_features:10}": "no-space-after-colon: out_features:10",
    "Bogus": "unknown-layer: Bogus",
    "Concat: [c1, c2, c3]": "wrong-structure: c1",
    "Add: {branches: {a: c1, b: input, c: [ReLU]}}": "wrong-structure: c1",
    "Dense: 10": "unknown-layer: Dense",
    "Dense: {units: 10}": ["unknown-layer: Dense", "unknown-argument: units"],
    "Conv2D: {out_channels: 8, kernel_size: 3}": "unknown-layer: Conv2D",
    "Linear": "missing-argument: Linear",
    "Conv2d: {kernel_size: 3}": "missing-argument: Conv2d",
    "Conv2d: 3": "no-principal-argument: 3",
    "Flatten: 1": "no-principal-argument: 1",
    "ReLU: true": "no-principal-argument: true",
    "Conv2d: {filters: 8, kernel_size: 3}": "unknown-argument: filters",
    "Conv2d: {out_channels: 8, kernal_size: 3}": "unknown-argument: kernal_size",
    "ReLU: {colour: red}": "unknown-argument: colour",
    "Flatten: {device: cpu}": "unknown-argument: device",
    "ReLU: {when: 1}": "wrong-value: 1",
    "Linear: ten": "wrong-value: ten",
    "Linear: '10'": "wrong-value: '10'",
    "Linear: 0": "wrong-value: 0",
    "Linear: -1": "wrong-value: -1",
    "Linear: 1.0": "wrong-value: 1.0",
    "Linear: true": "wrong-value: true",
    "Linear: .inf": "wrong-value: .inf",
    "Linear: [10]": "wrong-value: [10]",
    "Linear: 2147483648": "wrong-value: 2147483648",
    f"Linear: {BIG}": f"int-too-large: {BIG}",
    f"Linear: {{in_features: {BIG}, out_features: 2}}": f"int-too-large: {BIG}",
    "Linear: *x": "unknown-alias: *x",
    "Linear: {out_features: 2, bias: 1}": "wrong-value: 1",
    "Linear: {out_features: 2, bias: yes}": "wrong-value: yes",
    "Linear: {<<: {bias: false}}": "merge-key: <<",
    "Dropout: 1.5": "wrong-value: 1.5",
    "Dropout: .nan": "wrong-value: .nan",
    "Dropout: half": "wrong-value: half",
    "LeakyReLU: .inf": "wrong-value: .inf",
    "LeakyReLU: 1e999": "wrong-value: 1e999",
    "Conv2d: {out_channels: 8, kernel_size: [3, 0]}": "wrong-value: 0",
    "Conv2d: {out_channels: 8, kernel_size: 3, padding: [1, -1]}": "wrong-value: -1",
    "Conv2d: {out_channels: 8, kernel_size: 3, padding: Same}": "wrong-value: Same",
    "Conv2d: {out_channels: 8, kernel_size: 3, padding_mode: zero}": "wrong-value: zero",
    "Conv2d: {out_channels: 8, kernel_size: 3, stride: 2, padding: same}": "same-with-stride: padding: same",
    "Conv2d: {out_channels: 8, kernel_size: 3, groups: 3}": "not-divisible: groups: 3",
    "AvgPool2d: {kernel_size: 2, divisor_override: 0}": "wrong-value: 0",
    "BatchNorm2d: {eps: 0}": "wrong-value: 0",
    "MaxPool2d: {kernel_size: 3, padding: 2, dilation: 2}": "padding-too-large: padding: 2",
    "MaxPool2d: {kernel_size: 2, return_indices: true}": "several-outputs: return_indices: true",
    "Sequential: []": "wrong-structure: []",
    "Sequential: ReLU": "wrong-structure: ReLU",
    "Sequential: {name: a}": "missing-argument: Sequential",
    "Sequential: {layers: [ReLU], times: 2}": "unknown-argument: times",
    "Sequential: [Bogus]": "unknown-layer: Bogus",
    "Softmax: 9": "no-such-axis: 9",
    "Softmax: 99": "wrong-value: 99",
}

SHAPES = {
    "Linear: {in_features: 3, out_features: 2}": "size-mismatch: in_features: 3",
    "BatchNorm2d: 3": "no-principal-argument: 3",
    "BatchNorm2d: {num_features: 3}": "size-mismatch: num_features: 3",
    "BatchNorm1d": "wrong-rank: BatchNorm1d",
    "MaxPool2d: 29": "window-too-large: 29",
    "Conv2d: {out_channels: 8, kernel_size: [3, 31]}": "window-too-large: kernel_size: [3, 31]",
    "Conv2d: {out_channels: 8, kernel_size: 3, groups: 2}": "not-divisible: groups: 2",
    "Conv2d: {out_channels: 8, kernel_size: 3, padding: 28, padding_mode: reflect}": "padding-too-large: padding: 28",
    "Flatten: {start_dim: 0}": "flatten-merges-batch: start_dim: 0",
    "Flatten: {start_dim: 3, end_dim: 1}": "axes-out-of-order: start_dim: 3",
    "Flatten: {end_dim: 4}": "no-such-axis: end_dim: 4",
}

TRAINS = [
    (train(loss=None), "missing-key: train"),
    (train(data=None), "missing-key: train"),
    (train(epochs=None), "missing-key: train"),
    (train(steps="5"), "contradiction: steps: 5"),
    (train(epochs="0"), "wrong-value: 0"),
    (train(epochs="1.5"), "wrong-value: 1.5"),
    (train(epochs="ten"), "wrong-value: ten"),
    (train(seed="-1"), "wrong-value: -1"),
    (train(shuffle="1"), "wrong-value: 1"),
    (train(device="3"), "wrong-value: 3"),
    (train(epoch="1", epochs=None), "unknown-key: epoch"),
    (train(optimiser="SGD", optimizer=None), "unknown-key: optimiser"),
    (train(loss="CrossEntropy"), "unknown-choice: CrossEntropy"),
    (train(metrics="[accuracy, f2]"), "wrong-value: f2"),
    (train(loss="{MSELoss: 3}"), "no-principal-argument: 3"),
    (train(loss="{CrossEntropyLoss: {label_smoothing: 2}}"), "wrong-value: 2"),
    (train(loss="[MSELoss]"), "not-a-layer: [MSELoss]"),
    (train(optimizer="{SGD: fast}"), "wrong-value: fast"),
    (train(optimizer="{SGD: -0.1}"), "wrong-value: -0.1"),
    (train(optimizer="{SGD: .inf}"), "wrong-value: .inf"),
    (train(optimizer="{SGD: {nesterov: true}}"), "contradiction: nesterov: true"),
    (train(optimizer="{Adam: {betas: [1, 0.9]}}"), "wrong-value: 1"),
    (train(optimizer="{Adam: {betas: [0.9]}}"), "wrong-value: [0.9]"),
    (train(optimizer="{Adam: {learning_rate: 0.1}}"), "unknown-argument: learning_rate"),
    (train(optimizer="{Adam: {foreach: true, fused: true}}"), "contradiction: fused: true"),
    (train(data="[MNIST]"), "wrong-structure: [MNIST]"),
    (train(data="MNITS"), "wrong-value: MNITS"),
    (train(data="{name: ImageNet}"), "wrong-value: ImageNet"),
    (train(data="{name: mnist}"), "wrong-value: mnist"),
    (train(data="{}"), "missing-key: data"),
    (train(data="{name: MNIST, validation: {}}"), "missing-key: validation"),
    (train(data="{name: MNIST, validation: 0.1}"), "wrong-structure: 0.1"),
    (train(data="{name: MNIST, validation: {first: 5, fraction: 0.1}}"), "contradiction: fraction: 0.1"),
    (train(data="{name: MNIST, validation: {fraction: 1}}"), "wrong-value: 1"),
    (train(data="{name: MNIST, validation: {first: 60000}}"), "empty-split: validation: {first: 60000}"),
    (train(data="{name: MNIST, validation: {fraction: 0.000001}}"), "empty-split: validation: {fraction: 0.000001}"),
    (train(data="{name: MNIST, transform: Normalize}"), "wrong-structure: Normalize"),
    (train(data="{name: MNIST, transform: [{Normalise: {mean: [0], std: [1]}}]}"), "unknown-choice: Normalise"),
    (train(data="{name: MNIST, transform: [{Normalize: {mean: [0], std: [0]}}]}"), "wrong-value: 0"),
    (
        train(data="{name: MNIST, transform: [{Normalize: {mean: [0, 1], std: [1, 1, 1]}}]}"),
        "contradiction: std: [1, 1, 1]",
    ),
    (train(evaluate="{every: 0 epochs}"), "wrong-value: 0 epochs"),
    (train(evaluate="1 epoch"), "wrong-structure: 1 epoch"),
    (train(loss="{CrossEntropyLoss: {weight: []}}"), "wrong-value: []"),
    (train(loss="{CrossEntropyLoss: {weight: [1, -1]}}"), "wrong-value: -1"),
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_one_mistake_in_a_document_is_one_diagnostic(text):
    expected = DOCUMENTS[text]
    assert findings(text) == (expected if isinstance(expected, list) else [expected])


@pytest.mark.parametrize("written", INPUTS)
def test_one_mistake_in_the_input_is_one_diagnostic(written):
    text = f"archc: 1\ninput: {written}\nlayers:\n  - Flatten\n  - Linear: {{in_features: 9, out_features: 2}}\n"
    found = findings(text)
    if found[-1] == "size-mismatch: in_features: 9":
        assert written == "{shap: [4]}" or written == "{shape: [4], size: 2}"
        found.pop()
    assert found == [INPUTS[written]]


@pytest.mark.parametrize("line", LAYERS)
def test_one_mistake_in_a_layer_is_one_diagnostic_and_nothing_after_it_is_blamed(line):
    text = layer(line, "[2, 28, 28]") + "  - Linear: {in_features: 99, out_features: 2}\n"
    found = [" ".join(text.split()) for text in findings(text)]
    if "in_features: 99" in found[-1] and front(layer(line, "[2, 28, 28]")).report.ok is False:
        assert line in MEANT, "the layer after it is blamed"
        found.pop()
    expected = LAYERS[line]
    assert found == (expected if isinstance(expected, list) else [expected])


MEANT = {
    "Dense: 10",
    "Dense: {units: 10}",
    "Conv2D: {out_channels: 8, kernel_size: 3}",
    "Conv2d: {filters: 8, kernel_size: 3}",
    "Conv2d: {out_channels: 8, kernal_size: 3}",
    "Conv2d: {out_channels: 8, kernel_size: 3, groups: 3}",
    "MaxPool2d: {kernel_size: 2, return_indices: true}",
    "ReLU: {colour: red}",
    "Flatten: {device: cpu}",
    "Sequential: {layers: [ReLU], times: 2}",
}
"""Mistakes after which the layer's output is known all the same, so that what follows is checked too."""


@pytest.mark.parametrize("line", SHAPES)
def test_one_wrong_shape_is_one_diagnostic_and_nothing_after_it_is_blamed(line):
    text = layer(line) + "  - Flatten\n  - Linear: {in_features: 99, out_features: 2}\n"
    known = ["size-mismatch: in_features: 99"] if line in GIVES else []
    assert findings(text) == [SHAPES[line], *known]


GIVES = {"Conv2d: {out_channels: 8, kernel_size: 3, groups: 2}"}
"""Shapes that a layer cannot take, though what it gives is known all the same: tests/infer has more of them."""


@pytest.mark.parametrize(("text", "expected"), TRAINS, ids=[expected for _, expected in TRAINS])
def test_one_mistake_in_train_is_one_diagnostic(text, expected):
    assert findings(text) == [expected]


SEVERAL = {
    "optimizer: {adam: {learning_rate: 0.1, foo: 2}}": [
        "unknown-choice: adam",
        "unknown-argument: learning_rate",
        "unknown-argument: foo",
    ],
    "optimizer: {SDG: {lr: fast}}": ["unknown-choice: SDG", "wrong-value: fast"],
    "loss: {CrossEntropy: {label_smooth: 0.1}}": ["unknown-choice: CrossEntropy", "unknown-argument: label_smooth"],
    "scheduler: {StepLr: {stepsize: 3}}": ["unknown-choice: StepLr", "unknown-argument: stepsize"],
    "scheduler: {CosineAnealingLR: {T_max: 0}}": ["unknown-choice: CosineAnealingLR", "wrong-value: 0"],
    "metrics: [acc, AUC, f1, f2]": ["wrong-value: acc", "wrong-value: AUC", "wrong-value: f2"],
    "log: [tensorboard, wandb, mlflow]": ["wrong-value: wandb", "wrong-value: mlflow"],
}


@pytest.mark.parametrize("line", SEVERAL)
def test_what_stands_under_a_misspelt_name_or_beside_a_wrong_element_is_checked_too(line):
    key, _, value = line.partition(": ")
    assert findings(train(epochs="20", **{key: value})) == SEVERAL[line]


def test_what_is_wrong_with_a_recipe_is_told_beside_what_is_wrong_with_the_network():
    text = train(optimizer="Adam", metrics="[r2]", scheduler="{ReduceLROnPlateau: {monitor: val_f1}}")
    text = text.replace("[1, 28, 28]", "[1, 28, 20]").replace(
        "Linear: 10", "Linear: {in_features: 784, out_features: 10}"
    )
    assert findings(text) == [
        "input-not-the-data: input: [1, 28, 20]",
        "size-mismatch: in_features: 784",
        "metric-of-other-targets: metrics: [r2]",
        "figure-not-measured: monitor: val_f1",
    ]


def test_all_independent_mistakes_are_found_in_one_run():
    text = """\
archc: 1
name: Bad/Name
input: [1, 28, 28]
layers:
  - Conv2D: {out_channels: 8, kernel_size: 3}
  - Dropout: 2
  - Sequential: [{Linear: ten}, Bogus]
train:
  data: {name: Mnist}
  loss: Cross
  optimizer: {Adam: {lr: fast}}
  epochs: -1
colour: red
"""
    assert findings(text) == [
        "bad-name: Bad/Name",
        "unknown-layer: Conv2D",
        "wrong-value: 2",
        "wrong-value: ten",
        "unknown-layer: Bogus",
        "wrong-value: Mnist",
        "unknown-choice: Cross",
        "wrong-value: fast",
        "wrong-value: -1",
        "unknown-key: colour",
    ]


def test_mistakes_before_the_first_unknown_shape_are_found_and_those_of_arguments_after_it():
    text = HEAD + "  - Conv2d: {out_channels: 8, kernel_size: 30}\n  - Linear: {in_features: 7, out_features: 2}\n"
    assert findings(text + "  - Linear: 0\n") == ["window-too-large: kernel_size: 30", "wrong-value: 0"]


def test_a_newer_edition_is_not_read_any_further():
    (diagnostic,) = front("archc: 7\nbogus: 1\n").report
    assert "needs a newer archc" in diagnostic.message


@pytest.mark.parametrize(("rank", "ok"), [(15, True), (16, True), (17, False)])
def test_a_shape_has_at_most_16_axes(rank, ok):
    assert front(layer("ReLU", str([1] * rank))).report.ok == ok


TOO_LARGE = "`out_features` must be an int below 2,147,483,648, found the number `2147483648`"


@pytest.mark.parametrize(("size", "ok"), [(2**31 - 2, True), (2**31 - 1, True), (2**31, False)])
def test_a_dimension_is_below_2_to_the_31(size, ok):
    assert front(layer("ReLU", f"[{size}]")).report.ok == ok
    assert front(layer(f"Linear: {size}", "[1]")).report.ok == ok
    assert [d.message for d in front(layer(f"Linear: {size}", "[1]")).report] == ([TOO_LARGE] if not ok else [])


@pytest.mark.parametrize(
    ("shape", "ok"), [("[65536, 32767]", True), ("[2, 1073741823]", True), ("[65536, 32768]", False)]
)
def test_a_computed_dimension_is_below_2_to_the_31(shape, ok):
    assert front(layer("Flatten", shape)).report.ok == ok


def test_metadata_is_ignored():
    assert findings("archc: 1\nx-author: {a: [1, .nan]}\nx-: 1\ninput: [4]\nlayers: [ReLU]\nx-y: *z\n") == [
        "unknown-alias: *z"
    ]
    assert findings("archc: 1\nx-author: {a: [1, .nan]}\nx-: 1\ninput: [4]\nlayers: [ReLU]\n") == []


def test_a_name_is_the_files_stem_unless_it_is_written():
    assert front("archc: 1\ninput: [4]\nlayers: [ReLU]\n", name="a/my-net.v2.yaml").network.name == "my-net.v2"
    assert front("archc: 1\nname: other\ninput: [4]\nlayers: [ReLU]\n", name="a/my.yaml").network.name == "other"


@pytest.mark.parametrize("name", ["a", "a" * 64, "a-b_3", "FashionCNN", "3a", "-a", "a b", "é", "Größe 3"])
def test_a_network_may_be_named(name):
    assert findings(f"archc: 1\nname: {name}\ninput: [4]\nlayers: [ReLU]\n") == []


@pytest.mark.parametrize("name", ["a" * 65, "''", "a/b", ".a", "a.", "con", "Nul.yaml", "a:b"])
def test_a_network_may_not_be_named(name):
    assert findings(f"archc: 1\nname: {name}\ninput: [4]\nlayers: [ReLU]\n") == [f"bad-name: {name}"]


def test_a_number_in_quotes_tells_to_delete_them():
    (diagnostic,) = front(layer("Linear: '10'", "[4]")).report
    assert diagnostic.helps == ("delete the quotes: `Linear: 10`",)


def test_json_and_yaml_say_the_same():
    text = '{"archc": 1, "input": [4], "layers": [{"Linear": 0}, "Bogus"]}'
    sources = [SourceFile(f"x.{ending}", text) for ending in ("json", "yaml")]
    said = [[(d.slug, d.span.start, d.message) for d in read(s, Report()).report] for s in sources]
    assert said[0] == said[1] != []


def test_a_file_full_of_mistakes_is_read_to_its_end():
    text = HEAD + "".join(f"  - Bogus{i}: {{filter: 1}}\n" for i in range(5_000))
    assert len(front(text).report) == 5_000
