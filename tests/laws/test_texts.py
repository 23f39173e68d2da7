"""Any text gives a report and never an exception, and every diagnostic can be shown."""

import json
from collections import Counter
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archc.diagnostics import json as as_json
from archc.diagnostics.catalog import faults
from archc.diagnostics.formats import FORMATS, render_all, render_file
from archc.diagnostics.report import Report
from archc.diagnostics.text import render
from archc.front import read
from archc.reference.schema import json_schema
from archc.source import SourceFile
from archc.syntax.read import decode
from archc.syntax.tree import data_of
from tests.support.strategies import BAD, GOOD, SPECS, broken, laws

pytestmark = pytest.mark.slow

CODES = {fault.code for fault in faults()}
VALIDATOR = jsonschema.Draft7Validator(json_schema())
TEXTS = [path.read_text() for path in SPECS] + GOOD + BAD
TWINS = [
    json.dumps(data_of(read(SourceFile("x.yaml", text), Report()).tree), indent=1) for text in TEXTS if "*" not in text
]


def check(text, format_, overrides=()):
    """Read a text, and hold what every reading promises."""
    source = SourceFile(f"x.{format_}", text)
    front = read(source, Report(source.name), format=format_, overrides=overrides)
    for diagnostic in front.report:
        assert diagnostic.code in CODES
        for span in [diagnostic.span, *(label.span for label in diagnostic.labels)]:
            assert span is not None
            assert 0 <= span.start <= span.end <= len(span.source.text)
        for fix in diagnostic.fixes:
            assert all(0 <= edit.span.start <= edit.span.end <= len(edit.span.source.text) for edit in fix.edits)
        assert diagnostic.message == diagnostic.message.strip() != ""
    shown = render(front.report)
    assert shown.count(f"\n --> {source.name}:") <= len(front.report)
    assert shown.replace("\n", "").isprintable()
    assert len(json.loads(as_json.render([front.report]))["diagnostics"]) == len(front.report)
    for name, found in FORMATS.items():
        text = render_all(name, [front.report]) if found.whole else render_file(name, front.report)
        assert text.replace("\n", "").isprintable()
        if name == "junit":
            ElementTree.fromstring(text)
    said = [(diagnostic.span, diagnostic.message) for diagnostic in front.report]
    assert len(set(said)) == len(said), "one thing is said twice"
    if front.report.ok:
        assert front.network is not None
    if front.report.ok and not overrides:
        VALIDATOR.validate(data_of(front.tree))
    return front


@laws(400)
@given(st.text(max_size=60), st.sampled_from(["yaml", "json"]))
@example("\ud800", "json")
@example('"\ud800"', "json")
@example("a: \ud800", "yaml")
@example("\ufeffarchc: 1", "yaml")
@example("? [a, b]\n: c\n", "yaml")
@example("%YAML 1.1\n---\na", "yaml")
@example("*a", "yaml")
@example("&a [*a]", "yaml")
@example("{", "yaml")
@example("&archc: 1", "yaml")
def test_any_text_gives_a_report(text, format_):
    check(text, format_)


@laws(150)
@given(st.binary(max_size=60))
def test_any_bytes_give_a_report(raw):
    report = Report("x.yaml")
    source = decode("x.yaml", raw, report)
    assert (source is None) == (not report.ok)
    if source is not None:
        check(source.text, "yaml")
    assert render(report).replace("\n", "").isprintable()


def test_a_broken_yaml_spec_gives_a_report():
    verdicts = Counter()

    @laws(900)
    @given(broken(TEXTS))
    def law(text):
        front = check(text, "yaml")
        verdicts[front.report.ok] += 1
        verdicts.update({diagnostic.code for diagnostic in front.report})

    law()
    assert verdicts[True] >= 20
    assert verdicts[False] >= 300
    assert len(verdicts) >= 30


def test_a_broken_json_spec_gives_a_report():
    verdicts = Counter()

    @laws(400)
    @given(broken(TWINS))
    def law(text):
        verdicts[check(text, "json").report.ok] += 1

    law()
    assert verdicts[True] >= 5
    assert verdicts[False] >= 100


@laws(250)
@given(
    st.sampled_from(["input", "layers[0]", "layers[0].Linear", "train.epochs", "train.data.name", "x-a.b[0]", "", "["]),
    st.sampled_from(["=", ""]),
    st.one_of(st.text(max_size=20), st.sampled_from(["[1]", "{a: 1}", "ReLU", "10", "10" * 16, "*a", "- x"])),
)
def test_any_override_gives_a_report(path, equals, value):
    check("archc: 1\ninput: [4]\nlayers: [{Linear: 2}]\n", "yaml", [path + equals + value])
