"""The example specs, and the figures that each of them is known by."""

import csv
import io
import json

import pytest

import archc
from archc.backends import table
from archc.front import read_file
from tests.support.places import ROOT
from tests.support.reading import front, not_allowed
from tests.support.strategies import SPECS

PARAMS = {
    "autoencoder": 209_968,
    "conv_pairs": 7_953,
    "diabetes": 11,
    "digits": 5_932,
    "fashion_cnn": 1_475_338,
    "fashion_dnn": 235_146,
    "fashion_mlp_controlled": 204_042,
    "iris": 131,
    "mlp_logsoftmax": 109_386,
    "mlp_wide": 1_333_770,
    "mnist_cnn": 3_274_634,
    "nested_sequential": 60_404,
    "penguins": 211,
    "quickstart": 1_475_338,
    "quickstart_mlp": 669_706,
    "sentences": 64_066,
    "sunspots": 385,
    "wine": 275,
}
TABLES = ("diabetes", "iris", "penguins", "sentences", "sunspots", "wine")
FLATTENED = {
    "fashion_cnn": 2304,
    "fashion_dnn": 784,
    "fashion_mlp_controlled": 784,
    "mlp_logsoftmax": 784,
    "mlp_wide": 784,
    "mnist_cnn": 3136,
    "nested_sequential": 750,
    "quickstart": 2304,
    "quickstart_mlp": 784,
}
MACS = {
    "conv_pairs": 33 * 26 * 100 * 16 * 3 * 5,
    "fashion_cnn": 32 * 784 * 9 + 64 * 144 * 32 * 9 + 2304 * 600 + 600 * 120 + 120 * 10,
    "mnist_cnn": 32 * 784 * 25 + 64 * 196 * 32 * 25 + 3136 * 1024 + 1024 * 10,
}


def load(name):
    return archc.load(ROOT / "specs" / f"{name}.yaml")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_an_example_has_no_errors_and_no_warnings(path):
    assert not_allowed(read_file(str(path)).report) == []


def test_every_example_is_listed_here():
    assert {path.stem for path in SPECS} == set(PARAMS)


@pytest.mark.parametrize("name", PARAMS)
def test_the_parameters_of_an_example(name):
    assert load(name).params == PARAMS[name]


@pytest.mark.parametrize("name", FLATTENED)
def test_the_features_after_flatten(name):
    (flatten,) = [node for node in load(name).walk() if node.type == "Flatten"]
    assert flatten.output == (FLATTENED[name],)


@pytest.mark.parametrize("name", MACS)
def test_the_multiply_accumulates_of_an_example(name):
    assert load(name).macs == MACS[name]


def test_pairs_differ_between_height_and_width():
    assert load("conv_pairs").output == (33, 26, 100)


@pytest.mark.torch
@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_an_example_runs_in_torch(path):
    import torch

    network = archc.load(path)
    dtype = getattr(torch, network.input_dtype)
    with torch.no_grad():
        assert archc.build(network)(torch.ones(2, *network.input, dtype=dtype)).shape == (2, *network.output)


def test_receptive_fields_are_those_computed_by_hand():
    layers = [
        ("{Conv2d: {out_channels: 2, kernel_size: 3}}", (3, 3)),
        ("ReLU", (3, 3)),
        ("{MaxPool2d: 2}", (4, 4)),
        ("{Conv2d: {out_channels: 2, kernel_size: [3, 5], dilation: [2, 1]}}", (4 + 4 * 2, 4 + 4 * 2)),
        ("{Conv2d: {out_channels: 2, kernel_size: 3, stride: [1, 2], padding: 1}}", (12 + 2 * 2, 12 + 2 * 2)),
        ("{AvgPool2d: {kernel_size: 3, stride: 1}}", (16 + 2 * 2, 16 + 2 * 4)),
        ("{Conv2d: {out_channels: 2, kernel_size: 1}}", (20, 24)),
        ("{Softmax: 1}", (20, 24)),
        ("Flatten", None),
        ("{Linear: 3}", None),
    ]
    text = "archc: 1\ninput: [1, 40, 40]\nlayers:\n" + "".join(f"  - {line}\n" for line, _ in layers)
    assert [node.receptive_field for node in front(text).network.walk()] == [field for _, field in layers]


@pytest.mark.torch
def test_a_receptive_field_is_where_the_gradient_is_not_zero():
    import torch

    network = load("fashion_cnn")
    node = [node for node in network.walk() if node.receptive_field][-1]
    model = archc.build(network)[: int(node.path) + 1].eval()
    for module in model.modules():
        if hasattr(module, "weight"):
            torch.nn.init.uniform_(module.weight, 0.5, 1.0)
    model = torch.nn.Sequential(*(torch.nn.AvgPool2d(2) if m._get_name() == "MaxPool2d" else m for m in model))
    x = torch.ones(1, *network.input, requires_grad=True)
    model(x)[0, 0, 3, 3].backward()
    rows, columns = (x.grad[0, 0].abs().sum(dim=axis).nonzero().flatten() for axis in (1, 0))
    assert node.receptive_field == (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1)


def test_the_json_table_has_exactly_the_keys_of_version_1():
    data = json.loads(table.render_json(load("fashion_cnn")))
    assert list(data) == ["version", "name", "input", "output", "layers", "totals"]
    assert data["input"] == {"shape": [1, 28, 28], "dtype": "float32"}
    assert data["output"] == {"shape": [10], "dtype": "float32"}
    first = data["layers"][0]
    assert first | {"file": "fashion_cnn.yaml"} == {
        "path": "0",
        "type": "Conv2d",
        "depth": 1,
        "input": [1, 28, 28],
        "output": [32, 28, 28],
        "arguments": {
            "in_channels": 1,
            "out_channels": 32,
            "kernel_size": [3, 3],
            "stride": [1, 1],
            "padding": [1, 1],
            "dilation": [1, 1],
            "groups": 1,
            "bias": True,
            "padding_mode": "zeros",
        },
        "params": 320,
        "trainable": 320,
        "macs": 225_792,
        "activation_bytes": 100_352,
        "receptive_field": [3, 3],
        "file": "fashion_cnn.yaml",
        "line": 8,
        "column": 5,
    }
    params, activations = 1_475_338, sum(row["activation_bytes"] for row in data["layers"])
    assert data["totals"] == {
        "layers": 13,
        "params": params,
        "trainable": params,
        "macs": MACS["fashion_cnn"],
        "weight_bytes": 4 * params,
        "activation_bytes": activations,
        "training_bytes": 4 * params * 4 + 100 * (activations + 4 * 784),
    }


def test_training_bytes_are_unknown_without_a_train_section():
    assert json.loads(table.render_json(load("conv_pairs")))["totals"]["training_bytes"] is None


def test_a_containers_row_comes_before_its_parts_and_counts_them():
    rows = table.as_data(load("nested_sequential"))["layers"]
    assert [row["path"] for row in rows][:5] == ["layer1", "layer1.0", "layer1.1", "layer1.2", "layer2"]
    for figure in ("params", "macs", "activation_bytes"):
        assert rows[0][figure] == sum(row[figure] for row in rows[1:4])
    assert rows[0]["output"] == rows[3]["output"]


def test_the_csv_table_has_a_line_for_each_layer():
    rows = list(csv.DictReader(io.StringIO(table.render_csv(load("mnist_cnn")))))
    assert list(rows[0]) == ["path", "type", "arguments", "output", "params", "macs", "receptive_field"]
    assert [row["path"] for row in rows][:3] == ["conv1", "relu1", "pool1"]
    assert rows[0] == {
        "path": "conv1",
        "type": "Conv2d",
        "arguments": "1, 32, kernel_size=5, padding=2",
        "output": "32x28x28",
        "params": "832",
        "macs": "627200",
        "receptive_field": "5x5",
    }
    assert rows[6]["output"] == "3136"
    assert rows[6]["receptive_field"] == ""


def test_the_markdown_table_has_the_totals_under_it():
    lines = table.render_markdown(load("fashion_dnn")).splitlines()
    assert lines[:4] == [
        "| path | type | arguments | output | params | macs | receptive field |",
        "| --- | --- | --- | --- | ---: | ---: | --- |",
        "| 0 | Flatten |  | 784 |  |  |  |",
        "| 1 | Linear | 784, 256 | 256 | 200,960 | 200,704 |  |",
    ]
    assert "parameters: 235,146 (918.5 KiB)  " in lines


def test_a_name_cannot_break_a_markdown_table():
    text = table.render_markdown(archc.loads('archc: 1\ninput: [4]\nlayers: [{ReLU: {name: "a|b\\nc"}}]\n'))
    assert text.splitlines()[2].startswith("| a\\|b")
    assert len(text.splitlines()[2].replace("\\|", "").split("|")) == 9


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (5 * 2**20, "5.0 MiB"),
        (2**40, "1.0 TiB"),
        (2**51, "2048.0 TiB"),
    ],
)
def test_bytes_are_written_for_people(count, text):
    assert table.size(count) == text


@pytest.mark.parametrize("name", [name for name in PARAMS if name not in TABLES])
def test_another_input_size_can_be_asked_about(name):
    found = read_file(str(ROOT / "specs" / f"{name}.yaml"), input_shape=(3, 64, 64))
    slugs = {diagnostic.slug for diagnostic in not_allowed(found.report)} - {"heavy-flatten"}
    assert found.network is None or found.network.input == (3, 64, 64)
    assert slugs <= {"input-not-the-data", "size-mismatch"}
