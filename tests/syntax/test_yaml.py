"""What is wrong with a YAML text: one fault, at the place where the author went wrong."""

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax.tree import data_of
from archc.syntax.yaml import read_yaml


def faults(text):
    """Each fault as `slug line:column marked text`."""
    report = Report()
    read_yaml(SourceFile("x.yaml", text), report)
    return [f"{d.slug} {d.span.first.line}:{d.span.first.column} {d.span.text}".strip() for d in report]


CASES = {
    "an empty file": ("", "empty-document 1:1"),
    "only comments": ("# nothing\n", "empty-document 1:1"),
    "two documents": ("a: 1\n---\nb: 2\n", "several-documents 2:1 ---"),
    "a document after its end": ("a: 1\n...\nb: 2\n", "several-documents 3:1 b"),
    "an unclosed list": ("a: [1, 2\nb: 3\n", "unclosed-bracket 2:2 :"),
    "an unclosed list at the end": ("a: [1, 2", "unclosed-bracket 1:4 ["),
    "an unclosed mapping": ("a: {b: 1\nc: 2\n", "unclosed-bracket 2:2 :"),
    "an unclosed mapping before a list": ("- {b: 1\n- 2\n", "unclosed-bracket 1:3 {"),
    "a single quote": ("a: 'x\nb: 1\n", "unclosed-quote 1:4 '"),
    "a double quote": ('a: "x\nb: 1\n', 'unclosed-quote 1:4 "'),
    "a tab before a list": ("a:\n\t- x\n", "tab-indentation 2:1"),
    "a tab before a key": ("a:\n  b: 1\n\tc: 2\n", "tab-indentation 3:1"),
    "no space after a colon": ("a:1\nb: 2\n", "no-space-after-colon 1:1 a:1"),
    "no space after a later colon": ("a: 1\nb:2\nc: 3\n", "no-space-after-colon 2:1 b:2"),
    "no space before a list": ("a:[1, 2]\nb: 3\n", "no-space-after-colon 1:1 a:[1, 2]"),
    "no space before a remark": ("a:1  # one\nb: 2\n", "no-space-after-colon 1:1 a:1"),
    "no space in brackets": ("a: {b:1, c: 2}\n", "no-space-after-colon 1:5 b:1"),
    "a key too far right": ("a: 1\n  b: 2\n", "invalid-yaml 2:3 b: 2"),
    "a key too far left": ("a:\n   b: 1\n  c: 2\n", "invalid-yaml 3:3 c: 2"),
    "an element too far left": ("a:\n  - x\n - y\n", "invalid-yaml 3:2 - y"),
    "an element too far right": ("a:\n  - x\n    - y\n", "joined-line 3:5 - y"),
    "a key that is a number": ("1: x\n", "key-not-text 1:1 1"),
    "a key that is null": ("~: x\n", "key-not-text 1:1 ~"),
    "a key that is a list": ("? [a]\n: x\n", "key-not-text 1:3 [a]"),
    "a key that is an alias": ("a: &k x\n*k : y\n", ""),
    "a merge key": ("a: {<<: {b: 1}}\n", "merge-key 1:5 <<"),
    "a tag": ("a: !!int 1\n", "yaml-tag 1:4 !!int"),
    "a tag of one's own": ("a: !x {b: 1}\n", "yaml-tag 1:4 !x"),
    "a verbatim tag": ("a: !<tag:yaml.org,2002:int> 1\n", "yaml-tag 1:4 !<tag:yaml.org,2002:int>"),
    "a tag after an anchor": ("a: &k !!str x\n", "yaml-tag 1:7 !!str"),
    "a tag at the end": ("a: !!str", "yaml-tag 1:4 !!str"),
    "an unknown alias": ("a: *k\n", "unknown-alias 1:4 *k"),
    "an alias before its anchor": ("a: *k\nb: &k 1\n", "unknown-alias 1:4 *k"),
    "an alias inside its anchor": ("a: &k [1, *k]\n", "unknown-alias 1:11 *k"),
    "a control character": ("a: \x07\n", "control-character 1:4 \x07"),
    "a NUL": ("a: 1\n\0", "control-character 2:1 \0"),
    "an escape sequence": ("a: \x1b[31mred\n", "control-character 1:4 \x1b"),
    "a surrogate": ("a: \ud800\n", "control-character 1:4 \ud800"),
    "an unknown escape": ('a: "\\q"\n', "invalid-yaml 1:5 \\"),
    "a percent sign": ("a: %x\n", "invalid-yaml 1:4 %"),
    "an at sign": ("a: @x\n", "invalid-yaml 1:4 @"),
    "a colon in a text": ("a: b: c\n", "invalid-yaml 1:4 b: c"),
    "a long int": ("a: 9223372036854775808\n", "int-too-large 1:4 9223372036854775808"),
    "a long negative int": ("a: -9223372036854775809\n", "int-too-large 1:4 -9223372036854775809"),
}


@pytest.mark.parametrize("name", CASES)
def test_one_mistake_is_one_fault_at_its_place(name):
    text, expected = CASES[name]
    assert [" ".join(fault.split()) for fault in faults(text)] == ([" ".join(expected.split())] if expected else [])


def test_duplicate_keys_show_both_places():
    report = Report()
    tree = read_yaml(SourceFile("x.yaml", "a: 1\nb: 2\na: 3\n"), report).tree
    (diagnostic,) = report
    assert diagnostic.slug == "duplicate-key"
    assert diagnostic.span.first.line == 3
    assert [label.span.first.line for label in diagnostic.labels] == [1]
    assert data_of(tree) == {"a": 1, "b": 2}


def test_keys_of_different_mappings_may_be_equal():
    assert faults("a: {x: 1}\nb: {x: 1}\n") == []


def test_an_int_and_its_text_are_different_keys():
    assert faults("'1': a\nb: 1\n") == []


def test_yaml_1_1_words_are_texts():
    tree = read_yaml(SourceFile("x.yaml", "no: yes\non: off\ny: 1_000\n"), Report()).tree
    assert data_of(tree) == {"no": "yes", "on": "off", "y": "1_000"}


def test_a_mapping_is_what_its_spellings_say():
    block = "a:\n- 1\n- b: [x]\n"
    flow = "{a: [1, {b: [x]}]}"
    explicit = "? a\n:\n  - 1\n  - ? b\n    : - x\n"
    aliased = "a: [1, {b: &k [x]}]\n"
    trees = [data_of(read_yaml(SourceFile("x.yaml", text), Report()).tree) for text in (block, flow, explicit, aliased)]
    assert trees == [{"a": [1, {"b": ["x"]}]}] * 4


@pytest.mark.parametrize("head", ["---\n", "# remark\n", "%YAML 1.2\n---\n", "\ufeff"])
def test_a_document_may_begin_with(head):
    assert faults(f"{head}a: 1\n") == []
