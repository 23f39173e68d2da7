"""Fixes and the formatter on any text: they change what they promise to change, and nothing else."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archc.diagnostics.report import Report
from archc.edit.fmt import format_text
from archc.edit.repair import mend
from archc.edit.unified import unified
from archc.front import read
from archc.source import SourceFile
from archc.syntax.write import write_yaml
from tests.laws.test_texts import TEXTS, TWINS
from tests.support.places import ROOT
from tests.support.strategies import broken, laws, specs

pytestmark = pytest.mark.slow

ZOO = [path.read_text() for path in sorted((ROOT / "specs/zoo").glob("*.yaml"))]
GOLDEN = [path.read_bytes().decode("utf-8-sig", "replace") for path in (ROOT / "tests/golden").rglob("*.yaml")]
ODD = [
    'a: |\n  x\n   y\n\nb: >-\n    folded\n    text\n# c\nc: "multi\n  line"\nd: plain\n  multi\n'
    "e: {a: [1, 2, {b: c}], \"q\": 'it''s'}\n",
    "a: &x\n  b: 1\nc: *x\nd:\n- &y 1\n- *y\n-\n  - 1\n- - 2\n  -\n    a: 1\n    b: |+\n      t\n\n\n- ? k\n  : v\n",
]
MESSY = [
    "input: [1, 28, 28]\nlayers:\n\t- Conv2D: {out_channels: '8', kernel_size:3, bias: yes}\n"
    "\t- BatchNorm2d: {num_features: 3}\n\t- Flatten\n"
    "\t- Linear:\n\t\tin_features: 3\n\t\tout_features: 10\n\t- softmax\n",
    "archc: 1\ninput: [1, 28, 28]\n"
    "layers: [maxpool2d: '2', {Linear: {out_features: 1_000, in_features: 3}}, softmax]\n",
    "archc: 1\ninput: [4]\nblocks:\n  b:\n    layers:\n      - linear: {in_features: 5, out_features: 4}\n"
    "layers: [b, b, relu]\n",
]
_REMARKS = st.sampled_from(["#c", "# c", "#", "##x", "# a: 1", "# [", "#!x"])


@st.composite
def commented(draw, texts):
    """A text with comments and blank lines put in, of which some are inside its brackets."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 6))):
        lines = text.split("\n")
        number = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["own", "beside", "blank", "inside"])):
            case "own":
                lines.insert(number, " " * draw(st.integers(0, 9)) + draw(_REMARKS))
            case "beside":
                lines[number] += " " * draw(st.integers(1, 4)) + draw(_REMARKS)
            case "blank":
                lines.insert(number, "")
            case _:
                places = [i + j for i, c in enumerate(text) if c in ",[{}]" for j in (0, 1)]
                at = draw(st.sampled_from(places or [0]))
                gap = draw(st.sampled_from(["\n", " #x\n      ", "\n\n   "]))
                lines = (text[:at] + gap + text[at:]).split("\n")
        text = "\n".join(lines)
    return text


def formatted(text, format_="yaml"):
    """The formatted text, held to the promises of the formatter; None for what it refuses, with reasons."""
    report = Report("x")
    after = format_text(SourceFile("x", text), report, format_)
    if after is None:
        assert not report.ok
        assert not any("bug in archc" in diagnostic.message for diagnostic in report)
        return None
    assert format_text(SourceFile("x", after), Report("x"), format_) == after
    return after


def count(strategy, number, format_="yaml"):
    """How many of the drawn texts are formatted, and how many are not."""
    verdicts = Counter()

    @laws(number)
    @given(strategy)
    def law(text):
        verdicts[formatted(text, format_) is not None] += 1

    law()
    return verdicts


def test_a_spec_with_comments_anywhere_keeps_its_meaning_and_its_comments():
    assert count(commented(TEXTS + ZOO + GOLDEN + ODD), 400)[True] >= 200


def test_a_broken_text_is_formatted_or_refused():
    verdicts = count(broken(TEXTS + ODD), 300)
    assert verdicts[True] >= 50
    assert verdicts[False] >= 50


def test_a_broken_json_text_is_formatted_or_refused():
    assert count(broken(TWINS), 450, "json")[True] >= 15


def test_any_text_is_formatted_or_refused():
    assert count(st.text(max_size=40), 150)[False] >= 100
    signs = st.text(alphabet="ab:-[]{},#'\"|>&* \n?+2", max_size=30)
    assert count(st.builds("- {}".format, signs), 400)[True] >= 50


@laws(60)
@given(specs(), st.sampled_from(["yaml", "json"]))
def test_a_formatted_spec_gives_the_same_network(spec, format_):
    text = write_yaml(spec) if format_ == "yaml" else json.dumps(spec)
    before = read(SourceFile("x", text), Report(), format=format_).network
    after = read(SourceFile("x", formatted(text, format_)), Report(), format=format_).network
    assert before == after
    assert before is not None


def test_the_law_above_sees_a_comment_that_is_lost(monkeypatch):
    from archc.edit.fmt import yaml

    monkeypatch.setattr(yaml.Printer, "closing", lambda *_: None)
    monkeypatch.setattr(yaml.Printer, "own_line", lambda self, _: setattr(self, "next", self.next + 1))
    report = Report("x")
    assert format_text(SourceFile("x", "# c\na: 1\n"), report) is None
    assert "bug in archc" in report.diagnostics[0].message


def check_mended(text, unsafe):
    """Mend a text, and hold what mending promises. How many faults were mended."""
    before = read(SourceFile("x.yaml", text), Report("x.yaml"))
    result = mend(before, lambda source: read(source, Report("x.yaml")), unsafe=unsafe)
    after = result.front
    assert (after.source.text == text) == (not result.fixed)
    assert unified("x.yaml", text, after.source.text).replace("\n", "").replace("\t", "").isprintable()
    if before.tree is not None:
        assert after.tree is not None
    if before.network is not None:
        assert after.network is not None
        assert len(after.report) < len(before.report) or not result.fixed
    if before.report.ok and not result.fixed:
        assert after.network == before.network
    again = mend(after, lambda source: read(source, Report("x.yaml")), unsafe=unsafe)
    assert again.fixed == ()
    return len(result.fixed)


def test_mending_a_broken_spec_leaves_nothing_that_it_could_mend_and_breaks_nothing():
    mended = Counter()

    @laws(300)
    @given(broken(TEXTS + MESSY * 10), st.booleans())
    def law(text, unsafe):
        mended[check_mended(text, unsafe) > 0] += 1

    law()
    assert mended[True] >= 40


@laws(100)
@given(st.text(max_size=60), st.booleans())
def test_mending_any_text_ends(text, unsafe):
    check_mended(text, unsafe)


@laws(100)
@given(commented(MESSY))
def test_safe_fixes_keep_the_comments_on_lines_of_their_own(text):
    before = read(SourceFile("x.yaml", text), Report("x.yaml"))
    after = mend(before, lambda source: read(source, Report("x.yaml"))).front
    if before.tree is not None:
        kept = [c.text for c in after.document.comments if c.alone]
        assert kept == [c.text for c in before.document.comments if c.alone]


@laws(150)
@given(st.text(alphabet="ab\n\t\r\x1b\u202e", max_size=30), st.text(alphabet="ab\n", max_size=30))
def test_a_diff_is_empty_for_equal_texts_alone_and_safe_for_a_terminal(before, after):
    diff = unified("x", before, after)
    assert (diff == "") == (before == after)
    assert diff.replace("\n", "").replace("\t", "").isprintable()
