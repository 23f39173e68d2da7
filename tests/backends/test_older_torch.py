"""Networks in a torch that is older than some of the arguments."""

import pytest
import torch
from torch import nn

import archc

SPEC = """\
archc: 1
input: [4, 5, 5]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3}
  - %s
  - Flatten
  - Linear: 2
"""
NORMS = {
    "BatchNorm2d": (nn.BatchNorm2d, "BatchNorm2d: {bias: false}"),
    "InstanceNorm2d": (nn.InstanceNorm2d, "InstanceNorm2d: {affine: true, bias: false}"),
    "GroupNorm": (nn.GroupNorm, "GroupNorm: {num_groups: 2, bias: false}"),
}


def without_bias(cls):
    """The class as it was before it had the argument `bias`."""

    class Older(cls):
        def __init__(self, *args, eps=1e-5, affine=cls is not nn.InstanceNorm2d):
            super().__init__(*args, eps=eps, affine=affine)

    return Older


@pytest.mark.parametrize("name", NORMS)
def test_a_norm_without_bias_is_made_where_torch_does_not_know_the_argument(name, monkeypatch):
    cls, layer = NORMS[name]
    network = archc.loads(SPEC % layer)
    torch.manual_seed(1)
    newer = archc.build(network)
    monkeypatch.setattr(nn, name, without_bias(cls))
    torch.manual_seed(1)
    older = archc.build(network)
    assert type(older[1]).__name__ == "Older"
    assert older[1].bias is None
    assert list(older.state_dict()) == list(newer.state_dict())
    assert "1.weight" in older.state_dict()
    x = torch.randn(3, 4, 5, 5)
    assert torch.equal(older(x), newer(x))


def test_a_norm_with_its_bias_written_is_made_too(monkeypatch):
    monkeypatch.setattr(nn, "BatchNorm2d", without_bias(nn.BatchNorm2d))
    model = archc.build(archc.loads(SPEC % "BatchNorm2d: {bias: true}"))
    assert type(model[1]).__name__ == "Older"
    assert model[1].bias.shape == (4,)


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "RNN"])
def test_a_layer_whose_arguments_torch_does_not_tell_has_them(layer):
    network = archc.loads(f"archc: 1\ninput: [7, 4]\nlayers: [{{{layer}: {{hidden_size: 3, bias: false}}}}]\n")
    assert [name for name, _ in archc.build(network).named_parameters()] == ["0.weight_ih_l0", "0.weight_hh_l0"]
