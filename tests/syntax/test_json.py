"""JSON is read strictly by RFC 8259."""

import json
import math

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax.json import read_json
from archc.syntax.tree import data_of


def read(text):
    report = Report()
    tree = read_json(SourceFile("x.json", text), report).tree
    return data_of(tree) if tree is not None else None, [
        f"{d.slug} {d.span.first.line}:{d.span.first.column}" for d in report
    ]


GOOD = [
    "{}",
    "[]",
    "0",
    "-0",
    "1.5e-3",
    '"a"',
    "true",
    "null",
    ' {"a" : [ 1 , {"b": "\\u00e9\\n\\/"} ] }\r\n\t ',
    "[[[]]]",
]
GOOD += ['"\\ud83d\\ude00"', '"\u2028"', "9223372036854775807", "-9223372036854775808", '{"": ""}', "1E+2"]

BAD = {
    "": "empty-document 1:1",
    " \n": "empty-document 1:1",
    "[1,]": "invalid-json 1:4",
    '{"a": 1,}': "invalid-json 1:9",
    "[1,,2]": "invalid-json 1:4",
    "[,1]": "invalid-json 1:2",
    "NaN": "invalid-json 1:1",
    "[Infinity]": "invalid-json 1:2",
    "-Infinity": "invalid-json 1:1",
    "['a']": "invalid-json 1:2",
    "{a: 1}": "invalid-json 1:2",
    "{1: 1}": "invalid-json 1:2",
    '{"a" 1}': "invalid-json 1:6",
    '{"a":}': "invalid-json 1:6",
    "[1 2]": "unclosed-bracket 1:4",
    '{"a": 1 "b": 2}': "unclosed-bracket 1:9",
    "[1": "unclosed-bracket 1:3",
    '{"a": [1}': "unclosed-bracket 1:9",
    "]": "invalid-json 1:1",
    "1 2": "invalid-json 1:3",
    "{} {}": "invalid-json 1:4",
    "[01]": "unclosed-bracket 1:3",
    "[+1]": "invalid-json 1:2",
    "[.5]": "invalid-json 1:2",
    "[1.]": "unclosed-bracket 1:3",
    "[0x1F]": "unclosed-bracket 1:3",
    "True": "invalid-json 1:1",
    "// no\n1": "invalid-json 1:1",
    '"a': "unclosed-quote 1:1",
    '["a\n"]': "unclosed-quote 1:2",
    '"\t"': "invalid-json 1:1",
    '"\\x41"': "invalid-json 1:1",
    '"\\u12"': "invalid-json 1:1",
    '"\\ud800"': "invalid-json 1:1",
    '["\\udc00\\ud83d"]': "invalid-json 1:2",
    "[9223372036854775808]": "int-too-large 1:2",
    "\u00a0": "invalid-json 1:1",
    "\ufeff1": "invalid-json 1:1",
}


@pytest.mark.parametrize("text", GOOD)
def test_json_is_read_as_the_standard_library_reads_it(text):
    assert read(text) == (json.loads(text), [])


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_json_is_one_fault_at_its_place(text):
    assert read(text)[1] == [BAD[text]]


def test_duplicate_keys_show_both_places():
    report = Report()
    read_json(SourceFile("x.json", '{"a": 1,\n "\\u0061": 2}'), report)
    (diagnostic,) = report
    assert diagnostic.slug == "duplicate-key"
    assert [diagnostic.span.first.line, diagnostic.labels[0].span.first.line] == [2, 1]


def test_a_number_past_all_floats_is_infinite():
    assert read("1e999") == (math.inf, [])


def test_an_unclosed_bracket_shows_where_it_was_opened():
    report = Report()
    read_json(SourceFile("x.json", '{"a": [1, 2\n}'), report)
    (diagnostic,) = report
    assert [(label.span.text, label.text) for label in diagnostic.labels] == [("[", "opened here")]
