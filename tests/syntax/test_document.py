"""A document keeps what was written: styles, anchors, aliases, comments; of a broken text, the best that is known."""

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax.read import parse
from archc.syntax.tree import MappingNode, ScalarNode, data_of


def document(text, name="x.yaml"):
    return parse(SourceFile(name, text), Report())


def test_styles_are_kept():
    tree = document("a: 'x'\nb: \"y\"\nc: |\n  z\nd: w\ne: [1]\nf: {g: 1}\nh:\n  - 1\n").tree
    values = {entry.name: entry.value for entry in tree.entries}
    assert [values[name].style for name in "abcd"] == ["'", '"', "|", ""]
    assert [values[name].quoted for name in "abcd"] == [True, True, True, False]
    assert [values[name].flow for name in "efh"] == [True, True, False]


def test_an_alias_has_its_own_place_and_the_value_of_its_anchor():
    tree = document("a: &size [3, 3]\nb: *size\nc:\n  - 1\n  - *size\n").tree
    first, second, third = (entry.value for entry in tree.entries)
    assert (first.anchor, first.alias) == ("size", None)
    assert (second.alias.text, second.place.text, second.span) == ("*size", "*size", first.span)
    assert second.items is first.items
    assert third.span.text == "- 1\n  - *size"


def test_the_beginning_of_a_document_is_kept():
    assert document("a: 1\n").marker is None
    found = document("# one\n%YAML 1.2\n---\na: 1\n")
    assert (found.marker, found.directive) == (16, True)


def test_what_is_no_entry_is_kept_beside_the_entries():
    tree = document("a: 1\na: 2\n3: 4\n").tree
    assert data_of(tree) == {"a": 1}
    assert [part.text for part in tree.refused] == ["a", "2", "3", "4"]


@pytest.mark.parametrize(
    ("offset", "path", "text"),
    [
        (0, ("archc",), "archc"),
        (9, ("layers",), "layers"),
        (21, ("layers", 0, "Linear"), "Linear"),
        (30, ("layers", 0, "Linear"), "10"),
        (37, ("layers", 1), "ReLU"),
    ],
)
def test_what_stands_at_an_offset_is_found(offset, path, text):
    found = document("archc: 1\nlayers:\n  - Linear: 10\n  - ReLU\n").at(offset)
    assert (found.path, found.part.span.text) == (path, text)


def test_between_parts_the_list_or_mapping_around_is_found():
    assert document("a: {b:   1}\n").at(7).path == ("a",)
    assert document("# only a comment\n").at(3) is None


@pytest.mark.parametrize(
    ("name", "text", "data"),
    [
        ("x.yaml", "archc: 1\nlayers:\n  - ReLU\n  - Linear: {out_features: [3\n", {"archc": 1, "layers": ["ReLU"]}),
        ("x.json", '{"archc": 1, "layers": ["ReLU", {"Linear"', {"archc": 1, "layers": ["ReLU"]}),
        ("x.json", '{"archc": 1, "input": [1, 2}', {"archc": 1, "input": [1, 2]}),
    ],
)
def test_a_broken_text_has_no_tree_and_the_best_that_is_known(name, text, data):
    found = document(text, name)
    assert found.tree is None
    assert found.broken_at is not None
    best = data_of(found.best_known)
    assert {key: best[key][:1] if key == "layers" else best[key] for key in data} == data


def test_a_broken_text_gets_one_diagnostic_whatever_is_open_in_it():
    report = Report()
    parse(SourceFile("x.yaml", "input:layers:\n { - Linear: {out_features 10, bias: fa\tlse}\n"), report)
    assert len(report) == 1


def test_comments_behind_a_fault_are_found_where_they_are_surely_comments():
    found = document("a: 1 # one\nb: 'open\n# two\nc: x#y  # three\n")
    assert [comment.text for comment in found.comments] == ["one", "two", "three"]


def test_json_has_no_comments():
    assert document('{"a": "# one"}', "x.json").comments == ()


def test_a_tree_that_is_expanded_often_is_shared():
    lines = ["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 12))]
    tree = document("\n".join(lines)).tree
    assert isinstance(tree, MappingNode)
    deep = tree.entries[-1].value
    while not isinstance(deep, ScalarNode):
        assert deep.items[0] is deep.items[-1] or deep.items[0].alias != deep.items[-1].alias
        deep = deep.items[0]
    assert deep.value == 1
