"""The Python interface, as the contract has it."""

from pathlib import Path

import pytest

import archc
from tests.support.places import SPECS


def test_check_gives_a_report_and_never_raises(tmp_path):
    assert archc.check(SPECS / "fashion_cnn.yaml").ok
    assert not archc.check(tmp_path / "nowhere.yaml").ok
    report = archc.check(SPECS / "fashion_cnn.yaml", set={"train.epochs": 0})
    assert [diagnostic.code for diagnostic in report.diagnostics] == ["E209"]


def test_load_gives_a_network():
    network = archc.load(SPECS / "fashion_cnn.yaml", set={"layers[9].Linear": 64})
    assert (network.input, network.output) == ((1, 28, 28), (10,))
    assert network.params < 1_475_338
    assert [node.path for node in network.walk()] == [str(number) for number in range(13)]
    node = next(network.walk())
    assert (node.type, node.input, node.output) == ("Conv2d", (1, 28, 28), (32, 28, 28))
    assert (node.params, node.macs) == (320, 225_792)


def test_load_takes_a_dict_and_loads_takes_text():
    spec = {"archc": 1, "input": [4], "layers": ["ReLU", {"Linear": 2}]}
    text = "archc: 1\ninput: [4]\nlayers: [ReLU, Linear: 2]\n"
    a, b = archc.load(spec), archc.loads(text, format="yaml")
    assert a.nodes == b.nodes
    assert archc.loads('{"archc": 1, "input": [4], "layers": ["ReLU"]}', format="json").output == (4,)


@pytest.mark.parametrize("lr", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_wrong_in_a_dict_as_in_a_file(lr):
    spec = {"archc": 1, "input": [4], "layers": [{"Dropout": lr}]}
    assert [diagnostic.severity for diagnostic in archc.check(spec).diagnostics] == ["error"]


def test_a_dict_takes_tuples_paths_and_what_has_a_list():
    class Number:
        def tolist(self):
            return 2

    spec = {"archc": 1, "input": (4,), "layers": ("ReLU", {"Linear": Number()})}
    assert archc.load(spec).output == (2,)
    assert archc.load(spec, set={"layers[1].Linear": Number()}).output == (2,)
    data = {"name": "FashionMNIST", "source": Path("somewhere")}
    spec |= {"train": {"data": data, "loss": "MSELoss", "optimizer": "SGD", "epochs": 1}}
    assert all("source" not in diagnostic.message for diagnostic in archc.check(spec).diagnostics)
    with pytest.raises(TypeError, match="texts, numbers, lists and dicts, got object"):
        archc.check({"archc": object()})


def test_a_wrong_spec_raises_with_every_diagnostic():
    with pytest.raises(archc.SpecError) as caught:
        archc.load({"archc": 1, "input": [4], "layers": ["ReLu", {"Linear": 0}]})
    assert [diagnostic.code for diagnostic in caught.value.report.errors] == ["E205", "E209"]
    assert "there is no layer `ReLu`" in str(caught.value)


@pytest.mark.parametrize("name", ["SpecError", "RunError", "Interrupted", "Elsewhere"])
def test_everything_that_archc_raises_is_an_archc_error(name):
    assert issubclass(getattr(archc, name), archc.ArchcError)
    assert name in archc.__all__


def test_what_stops_a_training_says_what_is_left():
    stopped = archc.Interrupted(Path("runs/x"), 12)
    assert stopped.report.ok
    assert (stopped.directory, stopped.step) == (Path("runs/x"), 12)
    assert "`runs/x` can be resumed" in str(stopped)
    assert "another process" in str(archc.Elsewhere(resumable=True))
    assert archc.Elsewhere(resumable=True).resumable


def test_a_wrong_format_is_the_callers_mistake():
    with pytest.raises(ValueError, match="expected the format 'yaml' or 'json', got 'toml'"):
        archc.loads("", format="toml")


def test_networks_are_values():
    a, b = (archc.load(SPECS / "mnist_cnn.yaml") for _ in range(2))
    assert a == b
    assert a is not b
    assert hash(a) == hash(b)
    assert a != archc.load(SPECS / "mnist_cnn.yaml", set={"layers[7].Linear.out_features": 1023})
    with pytest.raises(AttributeError):
        a.name = "other"


@pytest.mark.torch
def test_build_gives_a_sequential_with_weights_from_the_global_generator():
    import torch

    network = archc.load(SPECS / "nested_sequential.yaml")
    torch.manual_seed(0)
    one = archc.build(network)
    torch.manual_seed(0)
    two = archc.build(network)
    assert isinstance(one, torch.nn.Sequential)
    assert list(one.state_dict())[:2] == ["layer1.0.weight", "layer1.0.bias"]
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert one(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


@pytest.mark.torch
def test_train_gives_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    changes = {"train.steps": 3, "train.epochs": None, "train.data.source": "bundled"}
    run = archc.train(SPECS / "mlp_wide.yaml", set=changes)
    assert run.directory.is_dir()
    assert run.result["steps"] == 3
    assert not run.model().training


def test_public_names_are_there():
    assert set(archc.__all__) <= set(dir(archc))
    for name in archc.__all__:
        assert getattr(archc, name) is not None
    with pytest.raises(AttributeError):
        _ = archc.nonsense
