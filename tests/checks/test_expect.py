"""expect: claims that hold are silent, and the others show the figure and what contributes most."""

import pytest

from tests.support.reading import findings, front

SPEC = """\
archc: 1
input: [1, 28, 28]
layers:
  - Conv2d: {name: conv, out_channels: 8, kernel_size: 3}
  - MaxPool2d: 2
  - Flatten
  - Linear: {name: fc, out_features: 10}
train:
  data: {name: MNIST}
  loss: CrossEntropyLoss
  optimizer: SGD
  epochs: 1
  batch_size: 2
expect:
"""
PARAMS = 8 * 9 + 8 + 8 * 13 * 13 * 10 + 10
MACS = 26 * 26 * 8 * 9 + 8 * 13 * 13 * 10


@pytest.mark.parametrize(
    "claim",
    [
        "output: [10]",
        f"params: {PARAMS}",
        f"params: {{min: {PARAMS}, max: {PARAMS}}}",
        "params: {max: 20_000}",
        f"macs: {MACS}",
        "memory: {min: 1KiB, max: 64MiB}",
        "receptive_field: {min: 4}",
        "receptive_field: 4",
        "shapes: {conv: [8, 26, 26], fc: [10]}",
    ],
)
def test_a_claim_that_holds_is_silent(claim):
    assert findings(f"{SPEC}  {claim}\n") == []


@pytest.mark.parametrize(
    ("claim", "message"),
    [
        ("output: [11]", "`output` is 10, not 11"),
        (f"params: {PARAMS + 1}", f"`params` is {PARAMS:,} parameters, not {PARAMS + 1:,}"),
        ("params: {max: 9_000}", f"`params` is {PARAMS:,} parameters, more than 9,000"),
        ("macs: {min: 1e6}", f"`macs` is {MACS:,} MACs, less than 1,000,000"),
        ("receptive_field: {min: 20}", "`receptive_field` is 4 pixels, less than 20"),
        ("shapes: {conv: [8, 28, 28]}", "`shapes.conv` is 8 x 26 x 26, not 8 x 28 x 28"),
        ("shapes: {conv9: [8]}", "the network has no layer `conv9`"),
    ],
)
def test_a_claim_that_does_not_hold_shows_the_figure(claim, message):
    (found,) = front(f"{SPEC}  {claim}\n").report.errors
    assert found.message == message
    assert found.span.text.startswith(claim.partition(":")[0])


def test_the_layers_that_contribute_most_are_named():
    (found,) = front(f"{SPEC}  params: {{max: 9_000}}\n").report.errors
    assert found.notes == ("most of it: `fc (Linear)` 13,530, `conv (Conv2d)` 80",)


def test_memory_needs_a_train_section():
    text = "archc: 1\ninput: [4]\nlayers: [Linear: 2]\nexpect: {memory: {max: 1MiB}}\n"
    (found,) = front(text).report.errors
    assert found.message == "`memory` cannot be known for this network"
    assert "train" in found.helps[0]


@pytest.mark.parametrize("claim", ["params: lots", "params: {}", "params: {most: 1}", "params: -1", "output: 10"])
def test_what_is_no_claim_is_a_wrong_value(claim):
    assert [line.partition(":")[0] for line in findings(f"{SPEC}  {claim}\n")] == ["wrong-value"]
