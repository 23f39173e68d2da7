"""Every part of a tree knows where it was written, in code points."""

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax.json import read_json
from archc.syntax.read import decode
from archc.syntax.tree import children
from archc.syntax.yaml import read_yaml


def places(tree):
    """The text of every scalar of a tree, by its value."""
    found = {} if list(children(tree)) else {tree.value: tree.span}
    for part in children(tree):
        found |= places(part)
    return found


def yaml(text):
    return read_yaml(SourceFile("x.yaml", text), Report()).tree


def test_spans_hold_the_text_as_it_was_written():
    tree = yaml("a: 1e-3\n'b b': [x, \"y\\n\"]\nc: &k 0x1F\nd: |\n  long\n")
    texts = {value: span.text for value, span in places(tree).items()}
    assert texts == {"a": "a", 1e-3: "1e-3", "b b": "'b b'", "x": "x", "y\n": '"y\\n"', "c": "c", 31: "0x1F"} | {
        "d": "d",
        "long\n": "|\n  long\n",
    }


def test_offsets_are_code_points_after_wide_and_combining_characters():
    tree = yaml("é: 日本\n\U0001f600e\u0301: x\n")
    spans = places(tree)
    assert (spans["日本"].start, spans["日本"].text) == (3, "日本")
    assert (spans["x"].first.line, spans["x"].first.column, spans["x"].text) == (2, 6, "x")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_with_any_line_end(end):
    span = places(yaml(f"a: 1{end}b: here{end}"))["here"]
    assert (span.first.line, span.first.column) == (2, 4)
    assert span.source.line(2) == "b: here"


def test_a_byte_order_mark_is_not_part_of_the_text():
    source = decode("x.yaml", b"\xef\xbb\xbfa: here\n", Report())
    assert places(read_yaml(source, Report()).tree)["here"].first.column == 4


def test_a_block_ends_with_its_last_part_and_not_with_the_next_line():
    tree = yaml("a:\n  - x\n  - y: z\n\n# remark\nb: 1\n")
    assert tree.entries[0].value.span.text == "- x\n  - y: z"


def test_an_entry_spans_its_key_and_value():
    assert yaml("a: {b: [1, 2]}\n").entries[0].value.entries[0].span.text == "b: [1, 2]"


def test_an_aliased_value_stands_where_it_was_written():
    tree = yaml("a: &k [1]\nb: *k\n")
    assert tree.entries[1].value.span == tree.entries[0].value.span
    assert tree.entries[1].span.text == "b"


def test_positions_past_the_end_are_at_the_end():
    source = SourceFile("x", "ab\ncd")
    assert source.position(99) == (2, 3, 5)
    assert source.line(3) == ""


def test_json_spans_hold_the_text_as_it_was_written():
    source = SourceFile("x.json", '{"é": [1.50, "\\u0041"],\r\n "b": null}')
    spans = places(read_json(source, Report()).tree)
    assert (spans[1.5].text, spans["A"].text, spans[None].text) == ("1.50", '"\\u0041"', "null")
    assert (spans[None].first.line, spans[None].first.column) == (2, 7)
