"""What is pasted from Python, or written as another tool has it: the help and the fix say it as a spec does."""

import json

import pytest

from archc.front import Front
from tests.support.reading import front, layer, train

LAYERS = {
    # Python that builds a layer
    "nn.Linear(784, 8)": "Linear: 8",
    "nn.Conv2d(1, 8, (3, 5), padding=1)": "Conv2d: {out_channels: 8, kernel_size: [3, 5], padding: 1}",
    "self.conv1 = nn.Conv2d(1, 8, 5, padding='same')": (
        "Conv2d: {name: conv1, out_channels: 8, kernel_size: 5, padding: same}"
    ),
    "self.fc = nn.Linear(28*28, 512)": "Linear: {name: fc, out_features: 512}",
    "nn.ReLU(inplace=True)": "ReLU: {inplace: true}",
    "nn.LazyConv2d(8, 3)": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())": "Conv2d: {out_channels: 8, kernel_size: 3}\nReLU",
    "self.body = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU())": (
        "Sequential: {name: body, layers: [{Conv2d: {out_channels: 8, kernel_size: 3}}, ReLU]}"
    ),
    # Python that uses one
    "nn.functional.max_pool2d(output, 2, 2)": "MaxPool2d: {kernel_size: 2, stride: 2}",
    "x = F.max_pool2d(F.relu(x), 2)": "ReLU\nMaxPool2d: 2",
    "F.relu(nn.Conv2d(1, 6, 5)(x))": "Conv2d: {out_channels: 6, kernel_size: 5}\nReLU",
    "return F.log_softmax(x, dim=1)": "LogSoftmax: 1",
    "nn.Softmax(dim=1)(x)": "Softmax: 1",
    "F.dropout(x, 0.25, training=self.training)": "Dropout: 0.25",
    "F.dropout(x, 0.25, self.training)": "Dropout: 0.25",
    "F.interpolate(x, scale_factor=2)": "Upsample: {scale_factor: 2}",
    "F.pad(x, (1, 1, 2, 2))": "ZeroPad2d: [1, 1, 2, 2]",
    "torch.relu(x)": "ReLU",
    "torch.flatten(x, 1)": "Flatten",
    "torch.flatten(x, start_dim=1)": "Flatten",
    "x.flatten(2)": "Flatten: {start_dim: 2}",
    "x.view(-1, 784)": "Flatten",
    "x = x.view(x.size(0), -1)": "Flatten",
    "x.permute(0, 2, 3, 1)": "Permute: [0, 2, 3, 1]",
    "x.mean(dim=(2, 3))": "Mean: [2, 3]",
    "x.relu().contiguous()": "ReLU",
    # print(model)
    "(conv): Conv2d(1, 8, kernel_size=(5, 5), stride=(1, 1))": "Conv2d: {name: conv, out_channels: 8, kernel_size: 5}",
    "(0): Linear(in_features=28, out_features=512, bias=True)": "Linear: 512",
    "(1): ReLU()": "ReLU",
    # Keras
    "Dense(64, activation='relu')": "Linear: 64\nReLU",
    "layers.Conv2D(8, (3, 3), activation=tf.nn.relu, input_shape=(28, 28, 1))": (
        "Conv2d: {out_channels: 8, kernel_size: 3}\nReLU"
    ),
    "keras.layers.MaxPooling2D((2, 2))": "MaxPool2d: 2",
    "GlobalAveragePooling2D": "AdaptiveAvgPool2d: 1\nFlatten",
    "Reshape: [7, 112]": "Flatten\nUnflatten: {dim: 1, unflattened_size: [7, 112]}",
    "Reshape: {target_shape: [784]}": "Flatten",
    "ThresholdedReLU: {theta: 0.5}": "Threshold: {threshold: 0.5, value: 0.0}",
    "LayerNorm2d": "Permute: [0, 2, 3, 1]\nLayerNorm\nPermute: [0, 3, 1, 2]",
    # arguments in order
    "Convolution2D: [32, 3, 3]": "Conv2d: {out_channels: 32, kernel_size: 3}",
    "Convolution2D: [32, 3, 5]": "Conv2d: {out_channels: 32, kernel_size: [3, 5]}",
    "Conv2d: [1, 8, 3]": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "Conv2d: [8, 3]": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "Conv2d 8 3": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "[Conv2d, 8, 3]": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "Upsample: [None, 2, bilinear]": "Upsample: {scale_factor: 2, mode: bilinear}",
    "BatchNorm2d: 1": "BatchNorm2d",
    # the name of the class as a value
    "{type: Linear, args: {out_features: 8}}": "Linear: {out_features: 8}",
    "{class_name: Conv2D, config: {filters: 8, kernel_size: 3}}": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "{class_name: Dense, config: {units: 8, activation: relu}}": "Linear: {out_features: 8}\nReLU",
    "{type: Linear, out_features: 8, activation: nn.GELU}": "Linear: {out_features: 8}\nGELU",
    "{type: Linear, out_features: 8, activation: linear}": "Linear: {out_features: 8}",
    "{_target_: torch.nn.Linear, in_features: 28, out_features: 8}": "Linear: {out_features: 8}",
    "{class_path: torch.nn.Linear, init_args: {out_features: 8}}": "Linear: {out_features: 8}",
    "{type: conv2d, name: c1, filters: 8, kernel: 3}": "Conv2d: {name: c1, out_channels: 8, kernel_size: 3}",
    "{type: Conv2d, args: [1, 8, 3]}": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "Conv2d: {args: [1, 8, 3]}": "Conv2d: {out_channels: 8, kernel_size: 3}",
    "Linear: {params: {units: 8}}": "Linear: {out_features: 8}",
    "type: nn.ReLU": "ReLU",
    # the name of the layer as the key
    "conv1: {Conv2d: {out_channels: 8, kernel_size: 3}}": "Conv2d: {name: conv1, out_channels: 8, kernel_size: 3}",
    "conv1: {type: Conv2d, out_channels: 8, kernel_size: 3}": "Conv2d: {name: conv1, out_channels: 8, kernel_size: 3}",
    "act: relu": "ReLU: {name: act}",
    "body: [{Linear: 8}, ReLU]": "Sequential: {name: body, layers: [{Linear: 8}, ReLU]}",
}


def fixed(found: Front) -> Front:
    """What is read when the fix of each error is applied."""
    text = found.source.text
    edits = [edit for error in found.report.errors for edit in error.fixes[0].edits]
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return front(text, name=found.source.name)


@pytest.mark.parametrize(("line", "written"), LAYERS.items(), ids=LAYERS)
def test_a_layer_of_another_notation_is_written_as_a_spec_has_it(line, written):
    found = front(layer(line))
    (diagnostic,) = found.report.errors
    assert all(f"`{text}`" in diagnostic.helps[0] for text in written.splitlines())
    mended = fixed(found)
    lines = "".join(f"  - {text}\n" for text in written.splitlines())
    assert mended.source.text == f"archc: 1\ninput: [1, 28, 28]\nlayers:\n{lines}"
    assert mended.report.ok, mended.report.errors


SEQUENCES = {
    "BiLSTM: 16": "LSTM: {hidden_size: 16, bidirectional: true}",
    "BiGRU: {units: 16, num_layers: 2}": "GRU: {hidden_size: 16, num_layers: 2, bidirectional: true}",
    "CausalConv1d: {filters: 8, kernel_size: 3, dilation_rate: 2}": (
        "ZeroPad1d: [4, 0]\nConv1d: {out_channels: 8, kernel_size: 3, dilation: 2}"
    ),
    "GlobalMaxPool1d": "AdaptiveMaxPool1d: 1\nFlatten",
    "nn.LSTM(28, 64, batch_first=True)": "LSTM: 64",
    "x.transpose(1, 2)": "Permute: [0, 2, 1]",
    "{type: TransformerEncoderLayer, nhead: 4, activation: gelu}": (
        "TransformerEncoderLayer: {nhead: 4, activation: gelu}"
    ),
}


@pytest.mark.parametrize(("line", "written"), SEQUENCES.items(), ids=SEQUENCES)
def test_so_is_one_of_sequences(line, written):
    found = front(layer(line, "[16, 32]"))
    mended = fixed(found)
    lines = "".join(f"  - {text}\n" for text in written.splitlines())
    assert mended.source.text == f"archc: 1\ninput: [16, 32]\nlayers:\n{lines}"
    assert mended.report.ok, mended.report.errors


CHOICES = {
    ("loss", "nn.CrossEntropyLoss()"): "CrossEntropyLoss",
    ("loss", "nn.CrossEntropyLoss(label_smoothing=0.1)"): "{CrossEntropyLoss: {label_smoothing: 0.1}}",
    ("loss", "F.cross_entropy(output, target)"): "CrossEntropyLoss",
    ("loss", "{type: CrossEntropyLoss, label_smoothing: 0.1}"): "{CrossEntropyLoss: {label_smoothing: 0.1}}",
    ("optimizer", "torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)"): "{SGD: {lr: 0.01, momentum: 0.9}}",
    ("optimizer", "optim.Adam(model.parameters())"): "Adam",
    ("optimizer", "{type: Adam, args: {lr: 0.001}}"): "{Adam: {lr: 0.001}}",
    ("optimizer", "{name: SGD, lr: 0.1}"): "{SGD: {lr: 0.1}}",
    ("optimizer", "{type: Adam}"): "Adam",
    ("optimizer", "{class_name: Adam, config: {learning_rate: 0.01}}"): "{Adam: {lr: 0.01}}",
    ("optimizer", "{Adam: {args: {lr: 0.1}}}"): "{Adam: {lr: 0.1}}",
    ("optimizer", "{SGD: [0.1, 0.9]}"): "{SGD: {lr: 0.1, momentum: 0.9}}",
    ("optimizer", "\n    type: Adam\n    lr: 0.1"): "\n    {Adam: {lr: 0.1}}",
    ("scheduler", "{CosineAnnealingLR: 10}"): "{CosineAnnealingLR: {T_max: 10}}",
    ("scheduler", "{StepLR: [5, 0.5]}"): "{StepLR: {step_size: 5, gamma: 0.5}}",
    ("scheduler", "torch.optim.lr_scheduler.StepLR(optimizer, 5)"): "{StepLR: {step_size: 5}}",
    ("data", "{name: MNIST, transform: [transforms.Normalize((0.5,), (0.5,))]}"): (
        "{name: MNIST, transform: [{Normalize: {mean: 0.5, std: 0.5}}]}"
    ),
}


@pytest.mark.parametrize(("key", "value"), CHOICES)
def test_a_loss_and_an_optimizer_of_another_notation_are_written_as_a_spec_has_them(key, value):
    found = front(train(**{key: value}))
    assert len(found.report.errors) == 1
    mended = fixed(found)
    assert mended.source.text == train(**{key: CHOICES[key, value]})
    assert mended.report.ok, mended.report.errors


def test_layers_by_name_become_a_list():
    found = front(
        "archc: 1\ninput: [1, 28, 28]\nlayers:\n"
        "  conv1:\n    Conv2d: {out_channels: 8, kernel_size: 3}\n"
        "  flat: Flatten\n"
        "  fc: nn.Linear(5408, 10)\n"
    )
    (diagnostic,) = found.report
    assert diagnostic.helps == (
        "begin each layer with `- `, as in `- Conv2d: {name: conv1, out_channels: 8, kernel_size: 3}`",
    )
    mended = fixed(found)
    assert mended.source.text == (
        "archc: 1\ninput: [1, 28, 28]\nlayers:\n"
        "  - Conv2d: {name: conv1, out_channels: 8, kernel_size: 3}\n"
        "  - Flatten: {name: flat}\n"
        "  - Linear: {name: fc, out_features: 10}\n"
    )
    assert mended.report.ok, mended.report.errors


def test_a_flow_mapping_of_layers_becomes_a_flow_list():
    found = front("archc: 1\ninput: [4]\nlayers: {Linear: 3, act: relu, Tanh: }\n")
    mended = fixed(found)
    assert "layers: [{Linear: {out_features: 3}}, {ReLU: {name: act}}, Tanh]" in mended.source.text
    assert mended.report.ok, mended.report.errors


def test_json_stays_json():
    layers = ["nn.Conv2d(1, 8, 3)", "GlobalAvgPool2d", {"type": "Linear", "args": {"units": 3}}, {"type": "ReLU"}]
    text = json.dumps({"archc": 1, "input": [1, 28, 28], "layers": layers})
    mended = fixed(front(text, name="x.json"))
    assert json.loads(mended.source.text)["layers"] == [
        {"Conv2d": {"out_channels": 8, "kernel_size": 3}},
        {"AdaptiveAvgPool2d": 1},
        "Flatten",
        {"Linear": {"out_features": 3}},
        "ReLU",
    ]
    assert mended.report.ok, mended.report.errors


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (
            "F.relu(self.conv1(x))",
            "`self.conv1` is a module of your class: write its layer here, as `__init__` makes it",
        ),
        ("nn.Linear(784, hidden)", 'write `Linear: "${hidden}"`, with `hidden` among `vars`'),
        (
            "torch.cat([a, b], 1)",
            "write `Concat: {branches: [[...], [...]]}`, or `Add`: each branch is a list of layers",
        ),
        ("nn.Conv2d(1, 8)", "write `Conv2d: {...}`, with the arguments by their names"),
        ("Conv2d: 8", "write `Conv2d: {out_channels: 8, kernel_size: ...}`"),
        ("MaxPoold: 2", "write `MaxPool2d` for images, or `MaxPool1d` for vectors and sequences"),
        ("x.unsqueeze(1)", "write `Unflatten: {dim: 1, unflattened_size: [1, N]}`, which makes two axes of one of N"),
        (
            "Max: {dim: 1}",
            "write `AdaptiveMaxPool1d: 1` and after it `Flatten`: the largest value of each channel of a sequence",
        ),
    ],
)
def test_where_a_part_is_the_authors_the_help_says_which(line, advice):
    (diagnostic,) = front(layer(line)).report
    assert diagnostic.helps == (advice,)
    assert diagnostic.fixes == ()


@pytest.mark.parametrize(
    "line",
    ["(" * 5000, "f(" * 3000, "nn.Linear(" + "9" * 5000 + ")", "x.view(-1,\\0)", "nn.Linear(*a, **b)", "a(b)(c)(d)"],
)
def test_what_is_no_python_is_a_wrong_name(line):
    assert [d.code for d in front(layer(json.dumps(line))).report] == ["E205"]


@pytest.mark.parametrize("sizes", ["[3, null, null]", "[1, None, 28]", "[3, -1, -1]", "[3, '?', '?']"])
def test_sizes_that_are_left_open_are_one_mistake(sizes):
    (diagnostic,) = front(layer("ReLU", sizes)).report
    assert "`archc show --sizes` tells for which others the network is valid" in diagnostic.helps[0]


def test_a_block_takes_a_value_alone_for_its_one_required_parameter():
    text = (
        "archc: 1\ninput: [4]\nblocks:\n  dense:\n    params: {width: int, p: 0.1}\n"
        '    layers: [{Linear: "${width}"}, {Dropout: "${p}"}]\nlayers: [dense: 3]\n'
    )
    found = front(text)
    assert found.report.ok
    assert found.network.output == (3,)


def test_a_comment_is_not_lost_to_a_fix():
    text = "archc: 1\ninput: [4]\nlayers:\n  - type: Linear\n    # the classes\n    units: 3\n"
    (diagnostic,) = front(text).report
    assert diagnostic.helps == ("write `Linear: {out_features: 3}`: the name is the key",)
    assert diagnostic.fixes == ()
