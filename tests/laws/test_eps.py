"""An `eps` of 0 is accepted by the layers in which torch computes with it."""

import pytest
import torch

import archc
from archc.layers import LAYERS
from archc.terms.record import declared

SHAPES = {"1d": (3, 8), "2d": (3, 4, 4), "3d": (3, 2, 2, 2)}
NORMS = [name for name in LAYERS if "Norm" in name and "eps" in declared(LAYERS[name])]
OTHERS = {"GroupNorm": {"num_groups": 1}, "LayerNorm": {}, "RMSNorm": {}}


@pytest.mark.parametrize("name", NORMS)
def test_an_eps_of_zero_is_what_torch_makes_of_it(name):
    shape = SHAPES.get(name[-2:], (3, 8))
    spec = {"archc": 1, "input": list(shape), "layers": [{name: {**OTHERS.get(name, {}), "eps": 0}}]}
    accepted = archc.check(spec).ok
    spec["layers"][0][name]["eps"] = 1e-5
    module = archc.build(archc.load(spec))[0].train()
    module.eps = 0
    try:
        works = bool(module(torch.randn(4, *shape)).isfinite().all())
    except ValueError:
        works = False
    assert accepted is works
