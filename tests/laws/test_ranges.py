"""What is known of values holds for those that torch computes: of each layer, and of networks of many."""

import json
import math

import pytest
import torch
from hypothesis import given, note
from hypothesis import strategies as st

import archc
from archc.analysis.ranges import ranges
from archc.backends.torch import made
from archc.layers import LAYERS
from archc.layers.ranges import ANY, NEGATIVE, POSITIVE, UNIT, Range, between, shares
from tests.support.layer_cases import LEAVES, cases, output
from tests.support.strategies import laws, specs

SAMPLES = 3
BOUNDS = [ANY, UNIT, POSITIVE, NEGATIVE, between(-1.0, 1.0), between(2.0, 3.0), between(-3.0, -0.5), between(0.5, 0.5)]


@st.composite
def taken(draw, x):
    """What is known of an input of a shape, and such an input."""
    seed = draw(st.integers(0, 2**16))
    torch.manual_seed(seed)
    values = torch.randn(SAMPLES, *x) * draw(st.sampled_from([0.1, 1.0, 30.0]))
    if draw(st.booleans()):
        axis = draw(st.integers(0, len(x) - 1))
        whole = draw(st.sampled_from(["shares", "log_shares"]))
        made = values.softmax(axis + 1) if whole == "shares" else values.log_softmax(axis + 1)
        return shares(whole, axis, x[axis], varies=True), made
    known = draw(st.sampled_from(BOUNDS))
    if not draw(st.booleans()):
        known = known._replace(varies=False)
        values = values[:1].expand(SAMPLES, *x)
    return known, values.clamp(known.least, known.most).clone()


def assert_holds(known: Range, values: torch.Tensor) -> None:
    values = values.double()
    if not values.isfinite().all():
        return
    slack = 1e-4 * (1 + values.abs().max().item())
    assert values.min() >= known.least - slack
    assert values.max() <= known.most + slack
    if known.whole:
        parts = values if known.whole == "shares" else values.exp()
        along = [axis + 1 for axis in known.along]
        sums = parts.sum(along) if along else parts
        torch.testing.assert_close(sums, torch.ones_like(sums), atol=1e-4, rtol=0)
        assert all(values.shape[axis] > 1 for axis in along)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LEAVES)
def test_what_a_layer_says_of_its_values_holds(name):
    @laws(60)
    @given(st.data())
    def law(data):
        given_arguments, x = data.draw(cases(name))
        if output(name, given_arguments, x) is None or math.prod(x) > 5_000:
            return
        known, values = data.draw(taken(x))
        layer = LAYERS[name](**given_arguments)
        if "float32" not in layer.dtypes:
            values, known = torch.randint(0, layer.num_embeddings, values.shape), ANY
        model = made(*layer.constructor(x))
        for training in (True, False):
            gives = layer.range_of(known, x, training)
            note(f"{known} -> {gives}, training: {training}")
            torch.manual_seed(1)
            try:
                with torch.no_grad():
                    outputs = model.train(training)(values.clone())
            except (RuntimeError, ValueError):
                return
            assert_holds(gives, outputs)
            # Where a fractional pool has its windows is drawn in evaluation too.
            if not gives.varies and not training and layer.family != "fractional pool":
                torch.testing.assert_close(
                    outputs, outputs[:1].expand_as(outputs), atol=1e-4, rtol=1e-3, equal_nan=True
                )

    law()


def keeps(outputs, path):
    """A hook that keeps what a module gives, before a later one overwrites it."""
    return lambda _, __, y: outputs.update({path: y.detach().clone()})


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@laws(150)
@given(specs(), st.integers(0, 2**16))
def test_what_is_known_of_a_network_holds(spec, seed):
    network = archc.loads(json.dumps(spec), format="json")
    if network.input_dtype != "float32":
        return
    torch.manual_seed(seed)
    model = archc.build(network)
    for training in (False, True):
        found = ranges(network, UNIT, training=training)
        model.train(training)
        outputs = {}
        for path, part in model.named_modules():
            if path in found.layers:
                part.register_forward_hook(keeps(outputs, path))
        try:
            with torch.no_grad():
                model(torch.rand(SAMPLES, *network.input))
        except (RuntimeError, ValueError):
            return
        for path, values in outputs.items():
            note(f"{path}: {found.layers[path]}")
            assert_holds(found.layers[path].gives, values)
