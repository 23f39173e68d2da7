"""What torch permits and nobody means is a warning, at the layer."""

import pytest

from tests.reading import findings, front, layer

CASES = {
    ("Linear: 10", "[1, 28, 28]"): ["linear-on-image: Linear"],
    ("Linear: 10", "[28, 28]"): [],
    ("Linear: 10", "[28]"): [],
    ("Softmax", "[10]"): ["softmax-without-dim: Softmax"],
    ("Softmax", "[3, 4]"): ["softmax-over-batch: Softmax"],
    ("LogSoftmax", "[3, 4, 4]"): ["softmax-without-dim: LogSoftmax"],
    ("Softmax: 0", "[10]"): ["softmax-over-batch: Softmax"],
    ("Softmax: -2", "[10]"): ["softmax-over-batch: Softmax"],
    ("Softmax: -1", "[10]"): [],
    ("LogSoftmax: 2", "[3, 4]"): [],
    ("Sequential: [{Linear: 10}]", "[1, 28, 28]"): ["linear-on-image: Linear"],
}


@pytest.mark.parametrize(("line", "shape"), CASES)
def test_a_layer_that_nobody_means_is_a_warning_and_the_spec_is_fine(line, shape):
    front_ = front(layer(line, shape))
    assert findings(layer(line, shape)) == CASES[line, shape]
    assert front_.report.ok
    assert front_.network is not None


def test_the_linear_warning_says_how_many_features_a_flatten_makes():
    (warning,) = front(layer("Linear: 10", "[2, 3, 4]")).report
    assert warning.helps == ("put `Flatten` before it, which makes 24 features",)
