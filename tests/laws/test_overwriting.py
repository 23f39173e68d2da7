"""What the layers say of their outputs, and of what torch keeps of them for a gradient, is what torch does."""

import math

import pytest
import torch
from hypothesis import given

from archc.backends.torch import made
from archc.layers import LAYERS
from tests.support.layer_cases import LEAVES, cases, output
from tests.support.strategies import laws

OVERWRITTEN = "modified by an inplace operation"
SELDOM = {"LSTM"}
"""Layers that keep their outputs in some of their forms alone."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LEAVES)
def test_an_output_may_be_overwritten_unless_the_layer_keeps_it(name):
    verdicts = set()

    @laws(40)
    @given(cases(name))
    def law(case):
        arguments, x = case
        if output(name, arguments, x) is None or math.prod(x) > 2_000:
            return
        layer = LAYERS[name](**arguments)
        if "float32" not in layer.dtypes:
            return
        inputs = torch.randn(3, *x, requires_grad=True)
        try:
            outputs = made(*layer.constructor(x))(inputs * 1.0)
        except (RuntimeError, ValueError):
            return
        in_place = getattr(layer, "inplace", False)
        keeps = layer.keeps_output or (layer.keeps_own_output and in_place)
        try:
            outputs.mul_(2).sum().backward()
            found = "free"
        except RuntimeError as error:
            if layer.bends_back() and in_place:
                return
            found = "kept" if OVERWRITTEN in str(error) else str(error)
        verdicts.add(found)
        assert found in ({"kept", "free"} if name in SELDOM else {"kept" if keeps else "free"})

    law()
    assert not LAYERS[name].keeps_output or "kept" in verdicts


BENT = {
    "CELU": {"alpha": -0.5},
    "ELU": {"alpha": -0.5},
    "LeakyReLU": {"negative_slope": -0.5},
}


@pytest.mark.parametrize("name", BENT)
def test_a_slope_below_0_needs_the_input(name):
    layer = LAYERS[name](**BENT[name], inplace=True)
    assert layer.bends_back()
    assert not LAYERS[name](inplace=True).bends_back()
    outputs = made(*layer.constructor((4,)))(torch.randn(3, 4, requires_grad=True) * 1.0)
    with pytest.raises(RuntimeError, match="negative slope"):
        outputs.sum().backward()
