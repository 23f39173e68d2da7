"""Comments, which `allow` and `fmt` read."""

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax.yaml import read_yaml


def comments(text):
    return read_yaml(SourceFile("x.yaml", text), Report()).comments


def texts(text):
    return [comment.text for comment in comments(text)]


def test_comments_have_their_places():
    text = "# one\na: 1  # two\nb:\n  # three\n  - c # four\n# five"
    found = comments(text)
    assert [comment.text for comment in found] == ["one", "two", "three", "four", "five"]
    assert [comment.alone for comment in found] == [True, False, True, False, True]
    assert [comment.span.first[:2] for comment in found] == [(1, 1), (2, 7), (4, 3), (5, 7), (6, 1)]
    assert found[1].span.text == "# two"


@pytest.mark.parametrize(
    "text",
    ["a: 'x # y'", 'a: "x # y"', "a: x#y", "a: |\n  # text\n  more\n", "a: >\n  folded\n  # text\n"],
)
def test_a_hash_inside_a_text_is_no_comment(text):
    assert texts(text) == []


def test_line_ends_of_windows_are_not_part_of_a_comment():
    assert texts("a: 1 # one\r\nb: 2 # two\r\n") == ["one", "two"]


def test_comments_before_a_fault_are_found():
    assert texts("# one\na: 1 # two\nb: 2\nc: 'open") == ["one", "two"]


def test_comments_inside_flow_collections():
    assert texts("a: [1, # one\n  2] # two\n") == ["one", "two"]


def test_comments_count_code_points():
    (comment,) = comments("a: 'ü😀'  # ü😀")
    assert comment.span.first.column == 10
    assert comment.text == "ü😀"
