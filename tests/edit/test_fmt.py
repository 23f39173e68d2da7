"""The formatter's style, spelling by spelling, and what it refuses."""

import json
import time

import pytest

from archc.diagnostics.report import Report
from archc.edit.fmt import format_text
from archc.source import SourceFile
from tests.support.places import ROOT


def formatted(text, name="x.yaml"):
    report = Report(name)
    after = format_text(SourceFile(name, text), report)
    assert after is not None, [str(diagnostic) for diagnostic in report]
    assert format_text(SourceFile(name, after), Report(name)) == after
    return after


STYLE = {
    "two columns a level": ("a:\n     b:\n        c: 1\n", "a:\n  b:\n    c: 1\n"),
    "lists stand two columns inside their key": ("a:\n- 1\n-   b: 2\n    c: 3\n", "a:\n  - 1\n  - b: 2\n    c: 3\n"),
    "a dash on a line of its own": ("a:\n-\n   b: 1\n", "a:\n  - b: 1\n"),
    "lists in lists": ("a:\n- - 1\n  - 2\n-\n  - 3\n", "a:\n  - - 1\n    - 2\n  - - 3\n"),
    "no blanks inside brackets": ("a: { b: 1,c : [ 1 ,2 ] }\n", "a: {b: 1, c: [1, 2]}\n"),
    "a comma at the end goes": ("a: [1, 2,]\n", "a: [1, 2]\n"),
    "several lines in brackets become one": ("a: [1,\n    2]\n", "a: [1, 2]\n"),
    "nothing in brackets": ("a: [ ]\nb: { }\n", "a: []\nb: {}\n"),
    "one entry in a list keeps its lack of braces": ("a: [ b: 1, {c: 2} ]\n", "a: [b: 1, {c: 2}]\n"),
    "a bare key in braces has nothing": ("a: {b: , c: 1}\n", "a: {b: null, c: 1}\n"),
    "quotes that are not needed go": ('a: \'ReLU\'\n"b": "two words"\n', "a: ReLU\nb: two words\n"),
    "quotes are double": ("a: 'it''s'\nb: '1'\n", 'a: "it\'s"\nb: "1"\n'),
    "quotes that escapes need stay": ("a: 'C:\\dir'\nb: \"\\t\"\n", "a: 'C:\\dir'\nb: \"\\t\"\n"),
    "quotes around words of YAML 1.1 stay": ('a: "no"\nb: "On"\nc: "y"\n', 'a: "no"\nb: "On"\nc: "y"\n'),
    "quotes around what would be another type stay": ('a: "true"\nb: "1e3"\n', 'a: "true"\nb: "1e3"\n'),
    "quotes around a type stay": ("params: {a: 'int', b: int}\n", 'params: {a: "int", b: int}\n'),
    "quotes around expressions stay": ("a: '${x}'\nb: ${x}\n", 'a: "${x}"\nb: ${x}\n'),
    "numbers keep their spelling": ("a: 1e-3\nb: 0x10\nc: .5\n", "a: 1e-3\nb: 0x10\nc: .5\n"),
    "two blanks before a comment and one behind its mark": ("a: 1 #b\n#c\n", "a: 1  # b\n# c\n"),
    "marks with a meaning stay": ("#!x\n## y\n#: z\na: 1\n", "#!x\n## y\n#: z\na: 1\n"),
    "comments under each other stay so": (
        "a: 1     # x\nlong: 2  # y\nb: 3    # z\n",
        "a: 1     # x\nlong: 2  # y\nb: 3  # z\n",
    ),
    "a comment goes with what follows it": ("a:\n   - 1\n       # two\n   - 2\n", "a:\n  - 1\n  # two\n  - 2\n"),
    "a comment that is indented like a block ends it": (
        "a:\n    b: 1\n    # end\n# next\nc: 2\n",
        "a:\n  b: 1\n  # end\n# next\nc: 2\n",
    ),
    "a comment behind an unindented list is the next key's": ("a:\n- 1\n# next\nb: 2\n", "a:\n  - 1\n# next\nb: 2\n"),
    "a comment beside a key": ("a:    # x\n    b: 1\n", "a:  # x\n  b: 1\n"),
    "a comment between a key and its value": ("a:  # x\n  1\n", "# x\na: 1\n"),
    "comments inside brackets make a block": (
        "a: [ # x\n  1,  # one\n  # two\n  {b: 2},\n  # end\n]\n",
        "a:  # x\n  - 1  # one\n  # two\n  - {b: 2}\n  # end\n",
    ),
    "one blank line at most, and none first or last": ("\n\na:\n\n  b: 1\n\n\n  c: 2\n\n\n", "a:\n  b: 1\n\n  c: 2\n"),
    "no blanks at the end of a line, one line end at the end": ("a: 1   \nb: 2", "a: 1\nb: 2\n"),
    "anchors and aliases": ("a: &x [1,2]\nb: *x\nc: &y\n    d: 1\n", "a: &x [1, 2]\nb: *x\nc: &y\n  d: 1\n"),
    "a text of several lines is moved": ('a:\n    b: "x\n      y"\n', 'a:\n  b: "x\n    y"\n'),
    "a block text is moved": (
        "a:\n    b: |\n          x\n            y\n\n    c: 1\n",
        "a:\n  b: |\n    x\n      y\n\n  c: 1\n",
    ),
    "a block text that says its indentation": ("a: |1\n  x\n y\n", "a: |1\n  x\n y\n"),
    "a block text that keeps its blank lines": ("a: |+\n  x\n\nb: >-  # y\n  z\n", "a: |+\n  x\n\nb: >-  # y\n  z\n"),
    "a block text without a line end": ("a: |\n  x", "a: |-\n  x\n"),
    "a key with a question mark": ("? a\n: 1\n", "a: 1\n"),
    "the start of a document": ("# c\n---   # d\na: 1\n...\n", "# c\n---  # d\na: 1\n"),
    "a document in braces becomes a block": ("{archc: 1, b: [1]}\n", "archc: 1\nb: [1]\n"),
    "line ends stay": ("a:\r\n-   1 #x\r\n", "a:\r\n  - 1  # x\r\n"),
}


@pytest.mark.parametrize(("before", "after"), STYLE.values(), ids=STYLE)
def test_the_style(before, after):
    assert formatted(before) == after


def test_brackets_stay_while_they_fit_100_columns():
    fits = "- Conv2d: {out_channels: " + "x" * 74 + "}"
    assert len(fits) == 100
    assert formatted(fits + "\n") == fits + "\n"
    longer = "x" * 75
    assert formatted(fits.replace("x" * 74, longer) + "\n") == f"- Conv2d:\n    out_channels: {longer}\n"


def test_broken_brackets_have_no_blank_lines_inside():
    text = f"a: 1\n\nb: {{c: {'x' * 50}, d: {'x' * 50}}}\n"
    assert formatted(text) == f"a: 1\n\nb:\n  c: {'x' * 50}\n  d: {'x' * 50}\n"


def test_what_is_inside_broken_brackets_stays_where_it_fits():
    text = f"a: {{b: [1, 2], c: {'x' * 90}}}\n"
    assert formatted(text) == f"a:\n  b: [1, 2]\n  c: {'x' * 90}\n"


@pytest.mark.parametrize("path", sorted((ROOT / "specs").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_specs_of_the_project_are_formatted(path):
    assert formatted(path.read_text()) == path.read_text()


JSON = {
    '{"archc":1,"input":[1,28,28],"layers":["ReLU",{"Linear":1e1}]}': (
        '{\n  "archc": 1,\n  "input": [1, 28, 28],\n  "layers": ["ReLU", {"Linear": 1e1}]\n}\n'
    ),
    "{}": "{}\n",
    "[ ]": "[]\n",
    '"\\u0041"': '"\\u0041"\n',
}


@pytest.mark.parametrize(("before", "after"), JSON.items(), ids=JSON)
def test_json_has_two_columns_a_level_and_short_values_on_one_line(before, after):
    assert formatted(before, "x.json") == after


def test_long_json_is_broken():
    data = {"layers": [{"Linear": {"out_features": n, "bias": True}} for n in range(5)], "empty": []}
    text = formatted(json.dumps(data), "x.json")
    assert json.loads(text) == data
    assert max(map(len, text.splitlines())) <= 100
    assert '    {"Linear": {"out_features": 0, "bias": true}},\n' in text


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("a: [1\n", "unclosed-bracket"),
        ("a: 1\na: 2\n", "duplicate-key"),
        ("", "empty-document"),
        ("a: !!int 1\n", "yaml-tag"),
        ("%YAML 1.2\n---\na: 1\n", "cannot-format"),
        ("? |\n  a\n: 1\n", "cannot-format"),
        ("&a b: 1\n", "cannot-format"),
        ("- &a b\n- *a : 1\n", "cannot-format"),
        ('a: "\u2028"\n', "cannot-format"),
        ("ReLU\n", "cannot-format"),
        ("&a\nb: 1\n", "cannot-format"),
    ],
)
def test_a_text_that_cannot_be_formatted_is_not(text, slug):
    report = Report("x.yaml")
    assert format_text(SourceFile("x.yaml", text), report) is None
    assert [diagnostic.slug for diagnostic in report] == [slug]


def test_a_spec_with_a_wrong_layer_is_formatted():
    assert formatted("layers:\n- Cnov2d\n") == "layers:\n  - Cnov2d\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 99 + "]" * 99 + "\n",
        "- " * 99 + "1\n",
        "a:\n" + "  # c\n" * 100_000 + "  b: 1\n",
        "a: [" + "1, " * 100_000 + "1]\n",
        "a: {" + ", ".join(f"k{n}: 1" for n in range(50_000)) + "}  # c\n",
        "a: " + "x " * 30_000 + "\n",
        "a: |\n" + "  x\n" * 10_000,
    ],
    ids=["brackets", "dashes", "comments", "a long list", "a long mapping", "a long line", "a long block text"],
)
def test_a_hostile_text_is_formatted_in_bounded_time(text):
    start = time.process_time()
    formatted(text)
    assert time.process_time() - start < 30


@pytest.mark.parametrize(
    "text",
    [
        "layers:\n  - Flatten\n\n  - {Linear: 10}\n",
        "layers: [ # c\nFlatten, {\n\n   Linear: 10}]\n",
        "layers:\n  - ReLU\n\n  - [1, 2]\n",
    ],
)
def test_a_blank_line_before_an_element_in_brackets_stays(text):
    once = formatted(text)
    assert "\n\n" in once
    assert formatted(once) == once
