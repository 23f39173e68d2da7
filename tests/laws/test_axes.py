"""What a layer says of axes suits the shapes that it takes and gives."""

from math import prod

import pytest
from hypothesis import given

from archc.layers import LAYERS
from archc.layers.base import MEANINGS
from tests.support.layer_cases import LEAVES, cases, output
from tests.support.strategies import laws


@pytest.mark.parametrize("name", LEAVES)
def test_every_axis_that_a_layer_gives_has_an_origin_and_every_axis_that_it_reads_is_there(name):
    @laws(30)
    @given(cases(name))
    def law(case):
        arguments, x = case
        y = output(name, arguments, x)
        if y is None:
            return
        layer = LAYERS[name](**arguments)
        reads, origins = layer.reads(x), layer.origins(x)
        assert len(reads) in (0, len(x))
        assert set(reads) <= {*MEANINGS, None}
        assert len(x if origins is None else origins) == len(y)
        for size, origin in zip(y, origins or (), strict=False):
            if isinstance(origin, tuple):
                assert size == prod(x[at] for at in origin)
            assert not isinstance(origin, int) or origin in range(len(x))

    law()


@pytest.mark.parametrize("name", LEAVES)
def test_a_layer_of_few_ranks_reads_every_axis_of_them(name):
    for rank, names in LAYERS[name].ranks.items():
        if name not in ("Unfold", "Fold"):
            read = LAYERS[name].reads(_blank(name), (4,) * rank)
            assert ", ".join(read) == names


def _blank(name):
    """A layer without arguments: what it reads by its ranks asks for none."""
    return object.__new__(LAYERS[name])
