"""However many sizes of a network are wrong, no layer is blamed that is right."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.diagnostics.catalog.shapes import SizeMismatch
from archc.layers import LAYERS
from tests.support.reading import front
from tests.support.slips import FULL, leaves
from tests.support.strategies import laws, specs

pytestmark = pytest.mark.slow

_WRONG = 100_003
"""A size that no axis of a drawn network has, and no product of several."""


def test_only_sizes_that_were_made_wrong_are_told_and_the_first_of_them_always():
    told = Counter()

    @laws(200)
    @given(st.one_of(specs(), st.sampled_from(FULL)), st.randoms(use_true_random=False))
    def law(drawn, random):
        spec = json.loads(json.dumps(drawn))  # branches that are drawn as one list are two
        network = front(json.dumps(spec)).network
        nodes = [node for node in network.walk() if not node.layer.contains and node.merge is None]
        rows = leaves(spec["layers"])
        assert [name for name, _ in rows] == [node.type for node in nodes]
        sized = [(node, row) for node, (_, row) in zip(nodes, rows, strict=True) if LAYERS[node.type].sizes]
        chosen = [pair for pair in sized if random.random() < 0.5]
        for index, (node, row) in enumerate(chosen):
            field, actual = next(iter(node.layer.inferred(node.input).items()))
            row[field] = [_WRONG + index] if isinstance(actual, tuple | list) else _WRONG + index
        faults = [diagnostic.fault for diagnostic in front(json.dumps(spec)).report.errors]
        assert all(isinstance(fault, SizeMismatch) for fault in faults)
        found = {fault.written if isinstance(fault.written, int) else fault.written[0] for fault in faults}
        assert found <= set(range(_WRONG, _WRONG + len(chosen)))
        assert len(faults) == len(found)
        assert _WRONG in found or not chosen
        told[len(found)] += 1

    law()
    assert sum(count for number, count in told.items() if number > 1) >= 50, told
