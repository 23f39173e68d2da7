"""A network is what torch builds from it, in every spelling and by every backend."""

import json
import warnings
from collections import Counter

import jsonschema
import pytest
import torch
import yaml
from hypothesis import assume, example, given
from torch import nn

import archc
from archc.backends import torch_modules
from archc.backends.source import render
from archc.diagnostics.report import Report
from archc.reference.schema import json_schema
from archc.source import SourceFile
from archc.syntax.read import parse
from archc.syntax.tree import data_of
from tests.support.judge import unknown
from tests.support.judge_networks import compare_network, compare_resized
from tests.support.strategies import GOOD, SPECS, laws, resized, specs

pytestmark = pytest.mark.slow

VALIDATOR = jsonschema.Draft7Validator(json_schema())


def load(spec):
    return archc.loads(json.dumps(spec), format="json", name="net")


def test_shapes_node_by_node_parameters_and_names_are_those_of_torch():
    sizes = Counter()

    @laws(250)
    @given(specs())
    def law(spec):
        assert compare_network(spec) == "legal"
        sizes[load(spec).layers] += 1

    law()
    assert sum(count for size, count in sizes.items() if size >= 4) >= 50, sizes


def test_a_network_that_was_built_for_one_input_takes_another_exactly_when_torch_does():
    verdicts = Counter()

    @laws(250)
    @given(resized())
    def law(case):
        verdicts[compare_resized(*case)] += 1

    law()
    assert verdicts["legal"] >= 20, verdicts
    assert verdicts["illegal"] >= 20, verdicts


def run_source(text):
    """What the `build` of a generated module returns."""
    namespace = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec"), namespace)
    for name, made in namespace.items():  # the class of a graph has a name of its own there
        if isinstance(made, type) and issubclass(made, nn.Module) and not hasattr(torch_modules, name):
            made._get_name = lambda self: "Graph"
    return namespace["build"]()


def assert_identical(ours, theirs):
    """The same modules, the same names in the same order, the same bits."""
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True))
    assert repr(ours) == repr(theirs)


def seeded(make):
    torch.manual_seed(20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


@laws(150)
@given(specs())
@example({"archc": 1, "input": [4], "layers": [{"ReLU": {"name": "it's"}}, {"ReLU": {"name": 'say "hi"'}}]})
@example({"archc": 1, "input": [4], "layers": [{"Linear": {"name": "5", "out_features": 2}}]})
def test_generated_source_builds_the_same_model_to_the_bit(spec):
    network = load(spec)
    older = [node for node in network.walk() if unknown(node.type)]
    assume(not any(unknown(node.type) & set(node.layer.constructor(node.input)[2]) for node in older))
    text = render(network, "a/b.yaml")
    assert_identical(seeded(lambda: run_source(text)), seeded(lambda: archc.build(network)))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_source_of_the_example_specs_builds_the_same_model_to_the_bit(path):
    network = archc.load(path)
    text = render(network, path.name)
    assert_identical(seeded(lambda: run_source(text)), seeded(lambda: archc.build(network)))
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("name", ['"""', "\\", "x\ny", '"; raise SystemExit; "', "\u202e"])
def test_names_of_files_cannot_break_out_of_the_source(name):
    network = archc.loads("archc: 1\ninput: [4]\nlayers: [ReLU]\n", name=f"{name}.yaml")
    assert len(run_source(render(network, f"{name}.yaml"))) == 1


def fashion_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3),
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(2304, 600),
        nn.Dropout(0.25),
        nn.Linear(600, 120),
        nn.Linear(120, 10),
    )


def mnist_cnn():
    model = nn.Sequential()
    model.add_module("conv1", nn.Conv2d(1, 32, kernel_size=5, padding=2))
    model.add_module("relu1", nn.ReLU())
    model.add_module("pool1", nn.MaxPool2d(kernel_size=2))
    model.add_module("conv2", nn.Conv2d(32, 64, kernel_size=5, padding=2))
    model.add_module("relu2", nn.ReLU())
    model.add_module("pool2", nn.MaxPool2d(kernel_size=2))
    model.add_module("flatten", nn.Flatten())
    model.add_module("fc1", nn.Linear(3136, 1024))
    model.add_module("relu3", nn.ReLU())
    model.add_module("dropout", nn.Dropout(p=0.5))
    model.add_module("fc2", nn.Linear(1024, 10))
    return model


def quickstart_mlp():
    model = nn.Sequential(nn.Flatten())
    stack = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
    model.add_module("linear_relu_stack", stack)
    return model


def nested_sequential():
    model = nn.Sequential()
    model.add_module("layer1", nn.Sequential(nn.Conv2d(3, 64, 5), nn.ReLU(), nn.MaxPool2d(2)))
    model.add_module("layer2", nn.Sequential(nn.Conv2d(64, 30, 5), nn.ReLU(), nn.MaxPool2d(2)))
    model.add_module("flatten", nn.Flatten())
    model.add_module("layer3", nn.Sequential(nn.Linear(750, 10), nn.ReLU()))
    return model


@pytest.mark.parametrize("by_hand", [fashion_cnn, mnist_cnn, quickstart_mlp, nested_sequential])
def test_weights_are_those_of_hand_written_code_under_one_seed(by_hand):
    path = next(path for path in SPECS if path.stem == by_hand.__name__)
    assert_identical(seeded(lambda: archc.build(archc.load(path))), seeded(by_hand))


def test_another_seed_gives_other_weights():
    model = seeded(fashion_cnn)
    with pytest.raises(AssertionError):
        assert_identical(model, fashion_cnn())


@laws(150)
@given(specs())
def test_yaml_and_json_give_equal_networks(spec):
    text = yaml.safe_dump(spec, allow_unicode=True, sort_keys=False)
    assert archc.loads(text, format="yaml", name="net") == load(spec)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_an_example_spec_and_its_json_twin_give_equal_networks(path, monkeypatch):
    network = archc.load(path)
    data = data_of(parse(SourceFile(path.name, path.read_text()), Report()).tree)
    monkeypatch.chdir(path.parent)  # what paths of a dict are relative to
    assert archc.load(data) == network
    assert archc.loads(json.dumps(data, indent=2), format="json") == network


def test_two_different_specs_give_different_networks():
    one, other = ({"archc": 1, "input": [4], "layers": [{"Linear": width}]} for width in (2, 3))
    assert load(one) != load(other)


def test_the_schema_is_a_schema():
    jsonschema.Draft7Validator.check_schema(json_schema())


@pytest.mark.parametrize("text", [path.read_text() for path in SPECS] + GOOD)
def test_the_schema_accepts_every_spec_of_the_documentation(text):
    VALIDATOR.validate(data_of(parse(SourceFile("x.yaml", text), Report()).tree))


@laws(200)
@given(specs())
def test_the_schema_accepts_what_the_compiler_accepts(spec):
    load(spec)
    VALIDATOR.validate(spec)


@pytest.mark.parametrize(
    "wrong",
    [
        {"archc": 1, "input": [4]},
        {"archc": 1, "input": [4], "layers": []},
        {"archc": 1, "input": [4], "layers": ["Conv2d"]},
        {"archc": 1, "input": [4], "layers": ["Dense"]},
        {"archc": 1, "input": [4], "layers": [{"Linear": 0}]},
        {"archc": 1, "input": [4], "layers": [{"Linear": {"out_features": 1, "units": 1}}]},
        {"archc": 1, "input": [4], "layers": [{"ReLU": None, "Tanh": None}]},
        {"archc": 1, "input": [0], "layers": ["ReLU"]},
        {"archc": 1, "input": [4], "layers": ["ReLU"], "layer": []},
    ],
)
def test_the_schema_rejects_plain_mistakes(wrong):
    assert not VALIDATOR.is_valid(wrong)
