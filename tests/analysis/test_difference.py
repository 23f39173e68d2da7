"""What differs between two networks, and how layers are matched."""

import time

import pytest
from hypothesis import given

from archc import loads
from archc.analysis.difference import compare
from archc.syntax.write import write_yaml
from tests.support.strategies import laws, specs


def network(*layers, input_="[1, 28, 28]", tail=""):
    lines = "".join(f"  - {layer}\n" for layer in layers)
    return loads(f"archc: 1\ninput: {input_}\nlayers:\n{lines}{tail}")


def changes(a, b):
    """Each change as `sign path type`, with its arguments."""
    signs = {"added": "+", "removed": "-", "changed": "~"}
    return [
        " ".join([signs[c.kind], (c.b or c.a).path, (c.b or c.a).type, *(f"{n}={x}->{y}" for n, x, y in c.arguments)])
        for c in compare(a, b).layers
    ]


CNN = ["Conv2d: {out_channels: 8, kernel_size: 3}", "ReLU", "MaxPool2d: 2", "Flatten", "Linear: 10"]


def test_equal_networks_have_no_difference():
    assert compare(network(*CNN), network(*CNN)).same


def test_an_inserted_layer_does_not_shift_the_others():
    assert changes(network(*CNN), network(*CNN[:1], "BatchNorm2d", *CNN[1:])) == ["+ 1 BatchNorm2d"]


def test_a_removed_layer_is_said_with_the_layers_whose_sizes_follow():
    without = [*CNN[:2], *CNN[3:]]
    assert changes(network(*CNN), network(*without)) == [
        "- 2 MaxPool2d",
        "~ 2 Flatten",
        "~ 3 Linear in_features=1352->5408",
    ]


def test_a_changed_argument_is_said_with_both_values():
    other = ["Conv2d: {out_channels: 16, kernel_size: 3}", *CNN[1:]]
    found = changes(network(*CNN), network(*other))
    assert found[0] == "~ 0 Conv2d out_channels=8->16"
    assert found[-1] == "~ 4 Linear in_features=1352->2704"


def test_a_layer_of_another_type_is_removed_and_added():
    assert changes(network("ReLU", "Tanh"), network("ReLU", "GELU")) == ["- 1 Tanh", "+ 1 GELU"]


def test_a_name_keeps_a_layer_apart_from_others_of_its_type():
    a = network("Flatten", "Linear: {out_features: 8, name: one}", "Linear: {out_features: 8, name: two}")
    b = network("Flatten", "Linear: {out_features: 8, name: two}")
    assert changes(a, b) == ["- one Linear", "~ two Linear in_features=8->784"]


def test_a_layer_that_gets_a_name_is_changed():
    assert changes(network("ReLU"), network("ReLU: {name: act}")) == ["~ act ReLU"]


def test_inside_a_container_only_what_differs_is_said():
    a = network("Sequential: [ReLU, Dropout: 0.1, Tanh]")
    b = network("Sequential: [ReLU, Dropout: 0.2, Tanh, GELU]")
    assert changes(a, b) == ["~ 0.1 Dropout p=0.1->0.2", "+ 0.3 GELU"]


def test_training_is_compared_by_setting():
    def trained(loss, optimizer, epochs):
        data = "data: {name: MNIST, validation: {first: 100}}"
        return network(
            "Flatten",
            "Linear: 10",
            tail=f"train:\n  {data}\n  loss: {loss}\n  optimizer: {optimizer}\n  epochs: {epochs}\n",
        )

    a = trained("CrossEntropyLoss", "{Adam: {lr: 1e-3}}", 5)
    assert compare(a, trained("CrossEntropyLoss", "{Adam: {lr: 1e-3}}", 5)).same
    found = compare(a, trained("{CrossEntropyLoss: {label_smoothing: 0.1}}", "{Adam: {lr: 0.01}}", 6)).train
    assert found == (
        ("train.loss.CrossEntropyLoss.label_smoothing", 0.0, 0.1),
        ("train.optimizer.Adam.lr", 0.001, 0.01),
        ("train.epochs", 5, 6),
    )
    other = {path: (x, y) for path, x, y in compare(a, network("Flatten", "Linear: 10")).train}
    assert "train.loss.CrossEntropyLoss.label_smoothing" not in other, "it has its default"
    assert other["train.loss"] == ("CrossEntropyLoss", None)


def test_another_input_is_a_difference_without_any_layer():
    found = compare(network("ReLU"), network("ReLU", input_="[1, 32, 32]"))
    assert not found.same
    assert [change.kind for change in found.layers] == ["changed"]


def test_totals_have_both_sides():
    totals = {name: (a, b) for name, a, b in compare(network(*CNN), network(*CNN[:-1])).totals}
    assert totals["layers"] == (5, 4)
    assert totals["params"][0] - totals["params"][1] == 1352 * 10 + 10
    assert totals["training_bytes"] == (None, None)


def test_a_layer_that_is_named_like_another_place_differs():
    a, b = (loads(f"{{archc: 1, input: [4], layers: [ReLU: {{name: '{name}'}}]}}") for name in ("0", "5"))
    found = compare(a, b)
    assert not found.same
    assert [(change.kind, change.a.name, change.b.name) for change in found.layers] == [("changed", "0", "5")]


@pytest.mark.slow
@laws(80)
@given(specs(), specs())
def test_any_two_networks_can_be_compared(one, other):
    a, b = loads(write_yaml(one)), loads(write_yaml(other))
    assert compare(a, a).same
    there, back = compare(a, b), compare(b, a)
    assert there.same == back.same == (meaning(a) == meaning(b))
    added = sum(c.b.params for c in there.layers if c.kind == "added")
    removed = sum(c.a.params for c in there.layers if c.kind == "removed")
    grown = sum(c.b.params - c.a.params for c in there.layers if c.kind == "changed" and not c.a.children)
    assert added - removed + grown == b.params - a.params


def meaning(network):
    """What a network is, whether or not its author wrote down the sizes that follow."""
    nodes = [(node.path, node.type, node.layer.resolve(node.input), node.inputs, node.merge) for node in network.walk()]
    return network.input, network.input_dtype, nodes


def graph(*nodes):
    return loads("archc: 1\ninput: [8]\nlayers:\n  - Graph:\n      nodes:\n" + "".join(f"        {n}\n" for n in nodes))


GRAPH = ["a: [{Linear: 8}]", "b: {from: a, layers: [ReLU]}", "c: {from: [a, b], merge: Add}"]


def test_what_a_node_takes_and_how_it_merges_are_compared():
    other = [GRAPH[0], "b: {layers: [ReLU]}", "c: {from: [a, b, input], merge: Add}"]
    assert changes(graph(*GRAPH), graph(*other)) == [
        "~ 0.b Sequential from=('a',)->('input',)",
        "~ 0.c Add from=('a', 'b')->('a', 'b', 'input')",
    ]
    multiplied = [*GRAPH[:2], "c: {from: [a, b], merge: Multiply, layers: [ReLU]}"]
    added = [*GRAPH[:2], "c: {from: [a, b], merge: Add, layers: [ReLU]}"]
    assert changes(graph(*added), graph(*multiplied)) == ["~ 0.c Sequential merge=Add->Multiply"]


def test_an_inserted_node_does_not_shift_those_that_are_wired_as_before():
    assert changes(graph(*GRAPH), graph(GRAPH[0], "x: [Tanh]", GRAPH[1], "c: {from: [a, b, x], merge: Add}")) == [
        "+ 0.x Sequential",
        "~ 0.c Add from=('a', 'b')->('a', 'b', 'x')",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("count", [400, 20_000])
def test_long_networks_are_compared_in_bounded_time(count):
    a = network(*["ReLU", "Tanh"] * count)
    b = network(*["Tanh", "GELU", "ReLU"] * count)
    start = time.process_time()
    assert not compare(a, b).same
    assert time.process_time() - start < 60
