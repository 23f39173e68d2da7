"""Initial weights as a file."""

import json

import pytest
import safetensors.torch as safetensors
import torch

import archc
from archc.backends.export import in_one_order, weights

NETWORK = "archc: 1\nname: x\ninput: [3]\nlayers: [{Linear: {name: 'Schicht ü', out_features: 2}}, BatchNorm1d]\n"


def test_the_weights_of_a_network_under_a_seed_are_the_same_bytes_each_time():
    network = archc.loads(NETWORK)
    assert len({weights(network, 4) for _ in range(8)}) == 1
    assert weights(network, 4) != weights(network, 5)


def test_the_file_holds_the_tensors_and_says_what_they_are():
    network = archc.loads(NETWORK)
    data = weights(network, 4)
    torch.manual_seed(4)
    expected = archc.build(network).state_dict()
    found = safetensors.load(data)
    assert set(found) == set(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    length = int.from_bytes(data[:8], "little")
    assert length % 8 == 0
    metadata = json.loads(data[8 : 8 + length])["__metadata__"]
    assert list(metadata.items()) == [("archc", archc.__version__), ("format", "pt"), ("network", "x"), ("seed", "4")]


@pytest.mark.parametrize("count", range(1, 9))
def test_a_header_of_any_length_is_written_again(count):
    tensors = {"a" * count: torch.arange(5.0), "é": torch.ones(2, dtype=torch.int64)}
    data = safetensors.save(tensors, {"b" * count: "2", "a": "1"})
    found = safetensors.load(in_one_order(data))
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())
