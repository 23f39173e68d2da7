"""What a network says of its layers: what stands before and after each, through every container."""

import dataclasses
import operator

import pytest

from archc import loads

HEAD = "archc: 1\ninput: [3, 8, 8]\nlayers:\n"


def network(layers):
    return loads(HEAD + layers)


def node(network, path):
    return next(node for node in network.walk() if node.path == path)


def before(network, path):
    return [each and each.path for each in network.before(node(network, path))]


def after(network, path):
    return [each.path for each in network.after(node(network, path))]


def test_a_chain_is_the_special_case():
    chain = network("  - Sequential: {name: features, layers: [ReLU, Tanh]}\n  - Flatten\n  - Linear: 10\n")
    assert before(chain, "features.0") == [None]
    assert before(chain, "features.1") == ["features.0"]
    assert before(chain, "1") == ["features.1"]
    assert after(chain, "features.1") == ["1"]
    assert after(chain, "2") == []
    assert [each.path for each in chain.back()] == ["2", "1", "features.1", "features.0"]


def test_branches_take_what_their_container_receives_and_their_ends_go_into_its_merge():
    found = network("  - ReLU\n  - Residual: {layers: [Tanh, Tanh], shortcut: [Sigmoid]}\n  - Flatten\n")
    assert before(found, "1.layers.0") == before(found, "1.shortcut.0") == before(found, "1") == ["0"]
    assert after(found, "0") == ["1", "1.layers.0", "1.shortcut.0"]
    assert after(found, "1.layers.1") == []
    assert before(found, "2") == ["1"]
    assert [each.path for each in found.back()] == ["2", "1", "0"]


GRAPH = """\
  - Graph:
      name: g
      nodes:
        stem: [ReLU]
        deep: {from: stem, layers: [Tanh, Sigmoid]}
        sum: {from: [deep, stem, input], merge: Add}
        end: {from: [sum, deep], merge: Multiply, layers: [ReLU]}
  - Flatten
"""


def test_nodes_of_a_graph_take_what_they_name():
    found = network(GRAPH)
    assert before(found, "g.deep.0") == ["g.stem.0"]
    assert before(found, "g.sum") == ["g.deep.1", "g.stem.0", None]
    assert before(found, "g.end.0") == ["g.sum", "g.deep.1"]
    assert after(found, "g.stem.0") == ["g.deep.0", "g.sum"]
    assert before(found, "1") == ["g.end.0"]
    assert [each.path for each in found.back()] == ["1", "g.end.0"]


def test_the_way_back_ends_where_the_networks_own_input_is_merged_in():
    found = network("  - Graph: {nodes: {a: [ReLU], b: {from: [a, input], merge: Add, layers: [Tanh]}}}\n")
    assert before(found, "0.b.0") == ["0.a.0", None]
    assert [each.path for each in found.back()] == ["0.b.0"]


def test_a_merge_alone_is_a_layer_of_its_own_and_no_module():
    found = network(GRAPH)
    merge = node(found, "g.sum")
    assert (merge.type, merge.has_module, merge.children) == ("Add", False, ())
    assert node(found, "g.end").has_module


def test_a_layer_that_is_called_input_is_not_taken_for_what_the_container_receives():
    found = network("  - Conv2d: {name: input, out_channels: 4, kernel_size: 1}\n  - ReLU\n")
    assert before(found, "1") == ["input"]
    inside = network("  - Concat: {branches: {input: [{Conv2d: {out_channels: 4, kernel_size: 1}}], other: [ReLU]}}\n")
    assert inside.output == (7, 8, 8)


def test_a_network_cannot_be_changed_and_its_places_take_no_part_in_comparison():
    found = network("  - ReLU\n")
    with pytest.raises(AttributeError):
        found.nodes[0].path = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.name = "other"
    moved = loads(HEAD + "\n  - ReLU\n")
    assert found == moved
    assert not operator.ne(found.nodes[0], moved.nodes[0])
    assert hash(found.nodes[0]) == hash(moved.nodes[0])
    assert found.nodes[0].span != moved.nodes[0].span


def test_a_container_with_branches_says_of_what_it_makes_its_output():
    found = network("  - ReLU\n  - Residual: [{Conv2d: {out_channels: 3, kernel_size: 1}}]\n  - Flatten\n")
    residual = node(found, "1")
    assert [each.path for each in found.inside(residual)] == ["1.layers.0", "0"]
    assert found.inside(node(found, "0")) == ()


def test_in_order_every_node_stands_after_what_it_takes_and_contains():
    found = network(GRAPH)
    places = {each.path: place for place, each in enumerate(found.in_order())}
    assert sorted(places) == sorted(each.path for each in found.walk())
    for each in found.walk():
        assert all(places[giver.path] < places[each.path] for giver in (*found.before(each), *each.children) if giver)
