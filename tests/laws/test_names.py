"""Names of layers against torch: what its modules are called, and which names it takes."""

import pytest
from torch import nn

import archc
from archc.layers.reserved import SEQUENTIAL_ATTRIBUTES
from tests.support.reading import HEAD, layer


def test_a_path_is_the_name_of_the_torch_module():
    text = HEAD + "  - Sequential: {name: a, layers: [Flatten, {Linear: {name: fc, out_features: 2}}]}\n"
    model = archc.build(archc.loads(text))
    assert list(model.state_dict()) == ["a.fc.weight", "a.fc.bias"]


def test_reserved_names_are_the_attributes_of_a_sequential():
    """Python adds attributes of its own from version to version; torch's are all here."""
    attributes = set(dir(nn.Sequential()))
    assert {name for name in attributes if not name.startswith("__")} <= SEQUENTIAL_ATTRIBUTES
    assert attributes & SEQUENTIAL_ATTRIBUTES == attributes - {"__firstlineno__", "__static_attributes__"}


@pytest.mark.parametrize("name", sorted(set(SEQUENTIAL_ATTRIBUTES) & set(dir(nn.Sequential()))))
def test_torch_refuses_every_reserved_name(name):
    with pytest.raises(KeyError):
        nn.Sequential().add_module(name, nn.ReLU())


@pytest.mark.parametrize("name", ["weight", "conv1", "naïve", "two words", "it's", "0", "ReLU", "layers"])
def test_torch_takes_every_other_name(name):
    network = archc.loads(layer(f'ReLU: {{name: "{name}"}}'))
    assert [path for path, _ in archc.build(network).named_children()] == [name]
