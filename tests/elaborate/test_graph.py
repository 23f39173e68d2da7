"""How the nodes of a Graph are written. Its mistakes are golden specs, in tests/golden/err/graph."""

import pytest

import archc
from tests.support.reading import findings

HEAD = "archc: 1\ninput: [4]\nlayers:\n  - Graph:\n      nodes:\n"


def graph(nodes, tail=""):
    return archc.loads(HEAD + "".join(f"        {node}\n" for node in nodes) + tail)


def test_a_list_of_layers_takes_what_the_graph_receives_and_so_does_a_node_without_from():
    found = graph(["a: [{Linear: 8}]", "b: {layers: [{Linear: 8}]}", "c: {from: [a, b], merge: Add}"])
    a, b, c = found.nodes[0].children
    assert a.inputs == b.inputs == (".",)
    assert c.inputs == ("a", "b")


@pytest.mark.parametrize("merge", ["Concat", "{Concat: 1}", "{Concat: -1}", "{Concat: {dim: 1}}", "{Concat: }"])
def test_a_merge_has_the_spellings_of_a_term(merge):
    assert graph(["a: [{Linear: 8}]", f"b: {{from: [a, input], merge: {merge}}}"]).output == (12,)


def test_expressions_name_nodes_and_say_how_they_are_merged():
    text = HEAD.replace("layers:\n  - Graph:\n", "vars: {level: 2, axis: 1}\nlayers:\n  - Graph:\n")
    nodes = '        x2: [{Linear: 8}]\n        y: {from: ["x${level}", input], merge: {Concat: "${axis}"}}\n'
    assert archc.loads(text + nodes).output == (12,)


def test_layers_that_are_left_out_leave_a_node_that_hands_on_what_it_takes():
    found = graph(["a: [{Linear: {out_features: 8, when: false}}]", "b: {from: [a, input], merge: Add}"])
    assert found.output == (4,)
    assert found.nodes[0].children[0].children == ()


def test_a_node_may_be_taken_twice_by_one():
    assert graph(["a: [{Linear: 8}]", "b: {from: [a, a], merge: Add, layers: [ReLU]}"]).output == (8,)


def test_one_mistake_in_a_node_is_one_diagnostic():
    """Nothing is said of a node that may be used by one that cannot be read."""
    assert findings(HEAD + "        a: [ReLU]\n        b: ReLU\n        c: [ReLU]\n") == ["wrong-structure: ReLU"]


def test_a_fault_of_a_layer_inside_says_the_way_that_its_input_took():
    with pytest.raises(archc.SpecError) as caught:
        archc.loads(
            "archc: 1\ninput: [3, 8, 8]\nlayers:\n  - Graph:\n      nodes:\n        a: [{MaxPool2d: 2}]\n"
            "        b: {from: a, layers: [{MaxPool2d: 2}, {Conv2d: {out_channels: 4, kernel_size: 3}}]}\n"
        )
    (found,) = caught.value.report
    way = "the shapes so far: input 3 x 8 x 8 -> `0.a.0` (MaxPool2d) 3 x 4 x 4 -> `0.b.0` (MaxPool2d) 3 x 2 x 2"
    assert way in found.notes
