"""The class of a Graph in compiled source: what an engineer would write, whatever the nodes are called."""

import json

import torch

import archc
from archc.backends.source import render
from archc.backends.source_graph import class_name


def compiled(nodes, width=4):
    spec = {"archc": 1, "input": [width], "layers": [{"Graph": {"name": "neck", "nodes": nodes}}]}
    network = archc.loads(json.dumps(spec), format="json")
    text = render(network, "neck.yaml")
    namespace = {"__name__": "generated"}
    exec(compile(text, "generated.py", "exec"), namespace)
    return network, text, namespace


def lines_of_forward(text):
    inside = text.split("    def forward(self, x: Tensor) -> Tensor:\n")[1].split("\n\n")[0]
    return [line.strip().partition("  #")[0] for line in inside.splitlines()]


def same_output(network, namespace):
    torch.manual_seed(3)
    ours = archc.build(network)
    torch.manual_seed(3)
    theirs = namespace["build"]()
    x = torch.randn(2, *network.input)
    return torch.equal(ours(x), theirs(x))


def test_a_line_for_each_node():
    nodes = {
        "stem": [{"Linear": 4}],
        "sum": {"from": ["stem", "input"], "merge": "Add"},
        "gate": {"from": "sum", "layers": ["Sigmoid"]},
        "end": {"from": ["sum", "gate", "stem"], "merge": {"Concat": 1}, "layers": [{"Linear": 2}]},
    }
    network, text, namespace = compiled(nodes)
    assert lines_of_forward(text) == [
        "stem = self.stem(x)",
        "sum = stem + x",
        "gate = self.gate(sum)",
        "end = self.end(torch.cat([sum, gate, stem], 1))",
        "return end",
    ]
    assert "class Neck(nn.Module):" in text
    assert same_output(network, namespace)


def test_names_that_are_no_variables_of_their_own():
    nodes = {
        "x": ["ReLU"],
        "class": {"from": "x", "layers": [{"Linear": 4}]},
        "two words": {"from": "class", "layers": [{"Linear": 4}]},
        "self": {"from": ["x", "class", "two words", "input"], "merge": "Multiply", "layers": ["Tanh"]},
        "torch": {"from": ["self", "x"], "merge": "Concat"},
    }
    network, text, namespace = compiled(nodes)
    assert "self.add_module(" in text
    assert same_output(network, namespace)


def test_what_is_too_long_for_a_line_has_several():
    names = [f"a_rather_long_name_of_a_node_{i}" for i in range(9)]
    for merge in ("Add", "Concat", "Multiply"):
        nodes = {name: [{"Linear": 4}] for name in names}
        nodes |= {"some": {"from": names, "merge": merge}, "end": {"from": [*names, "input"], "merge": merge}}
        nodes["end"]["layers"] = [{"Linear": 2}]
        nodes["all"] = {"from": ["end", "some"], "merge": "Concat"}
        network, text, namespace = compiled(nodes)
        assert max(map(len, text.splitlines())) <= 120
        assert same_output(network, namespace)


def test_equal_graphs_are_one_class_and_others_have_names_of_their_own():
    graph = {"Graph": {"nodes": {"a": [{"Linear": 4}], "b": {"from": ["a", "input"], "merge": "Add"}}}}
    other = {"Graph": {"nodes": {"a": [{"Linear": 4}], "b": {"from": ["a", "input"], "merge": "Multiply"}}}}
    network = archc.load({"archc": 1, "input": [4], "layers": [graph, graph, other]})
    text = render(network, "x.yaml")
    assert text.count("class ") == 2
    assert text.count(" Graph()") == 2
    assert text.count("Graph2()") == 1


def test_a_class_is_called_as_the_graph():
    assert [class_name(name) for name in ("neck", "feature_pyramid", "0", "a.b", "7up", "\u540d")] == [
        "Neck",
        "FeaturePyramid",
        "Graph",
        "AB",
        "Graph",
        "Graph",
    ]
