"""Diagnostics as text: the carets stand under the right columns, and nothing of a spec reaches the terminal unseen."""

import pytest

from archc.diagnostics.catalog.syntax import DuplicateKey, UnreadableFile
from archc.diagnostics.catalog.values import WrongValue
from archc.diagnostics.report import Label, Report
from archc.diagnostics.text import MAX_COLUMNS, render, summary
from archc.diagnostics.visible import columns, visible
from archc.source import SourceFile
from tests.support.reading import front, layer


def shown(text, marked, label=None):
    """The source line and the line of carets for a marked part of a text."""
    source = SourceFile("x.yaml", text)
    report = Report()
    labels = [Label(source.span(text.index(label), text.index(label) + len(label)), "here")] if label else []
    start = text.index(marked)
    report.add(DuplicateKey(key="k"), source.span(start, start + len(marked)), labels=labels)
    lines = render(report).splitlines()
    return lines[3:-3] if label else lines[3:5]


def test_a_diagnostic_is_its_title_place_line_carets_and_help():
    assert render(front(layer("Linear: ten", "[4]")).report) == (
        "error[E209]: `out_features` must be an int of at least 1, found the text `ten`\n"
        " --> x.yaml:4:13\n"
        "  |\n"
        "4 |   - Linear: ten\n"
        "  |             ^^^\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("text", "line", "carets"),
    [
        ("a: here", "1 | a: here", "  |    ^^^^"),
        ("\ta: here", "1 |     a: here", "  |        ^^^^"),
        ("a:\there", "1 | a:    here", "  |       ^^^^"),
        ("日本: here", "1 | 日本: here", "  |       ^^^^"),
        ("e\u0301: here", "1 | e\u0301: here", "  |    ^^^^"),
        ("\u202ea: here", "1 | \\u{202e}a: here", "  |            ^^^^"),
        ("\x1b[31m: here", "1 | \\x1b[31m: here", "  |           ^^^^"),
        ("\u200ba: here", "1 | \\u{200b}a: here", "  |            ^^^^"),
        ("\x85: here", "1 | \\x85: here", "  |       ^^^^"),
    ],
)
def test_carets_stand_under_what_they_mark(text, line, carets):
    assert shown(text, "here") == [line, carets]


def test_carets_are_as_wide_as_what_they_mark():
    assert shown("a: 日本", "日本")[1] == "  |    ^^^^"
    assert shown("a: e\u0301e\u0301", "e\u0301e\u0301")[1] == "  |    ^^"
    assert shown("a: b", "b")[1] == "  |    ^"


def test_an_empty_place_and_the_end_of_a_line_have_one_caret():
    source = SourceFile("x.yaml", "ab\n")
    report = Report()
    report.add(DuplicateKey(key="k"), source.span(2, 2))
    assert "  |   ^\n" in render(report)


def test_a_mark_over_several_lines_is_shown_on_its_first():
    assert shown("a: [1,  \n 2]", "[1,  \n 2]") == ["1 | a: [1,", "  |    ^^^"]


@pytest.mark.parametrize("start", [0, 1, 60, 5000, 9996])
def test_a_long_line_is_clipped_around_its_mark(start):
    text = "x" * start + "here" + "y" * (9996 - start)
    line, carets = shown(text, "here")
    assert columns(line) <= MAX_COLUMNS + len("1 | ")
    place = carets.index("^")
    assert line[place : place + 4] == "here"
    assert carets.count("^") == 4
    assert line.removeprefix("1 | ").startswith("...") == (start > 40)


@pytest.mark.parametrize("filling", ["日", "\t", "\u200b", "\x1b", "e\u0301", "\U0001f600"])
@pytest.mark.parametrize("start", [0, 5, 60, 2000])
def test_a_long_line_of_wide_and_hidden_characters_is_clipped_to_the_screen(filling, start):
    line, carets = shown(filling * start + "here" + filling * 3000, "here")
    assert columns(line) <= MAX_COLUMNS + len("1 | ")
    before, _, _ = line.partition("here")
    assert columns(before) == carets.index("^")
    assert carets.count("^") == 4


def test_a_label_beyond_the_clipped_part_stays_at_its_edge():
    text = "k" + "x" * 5000 + "here"
    line, carets, label = shown(text, "here", label="k")[:3]
    assert line.endswith("here")
    assert len(line) == len(carets)
    assert label == "  | - here"


def test_a_long_mark_is_clipped_with_its_line():
    line, carets = shown("a: " + "x" * 10_000, "x" * 10_000)
    assert max(len(line), len(carets)) <= MAX_COLUMNS + len("1 | ")


def test_a_label_on_another_line_and_on_the_same_line():
    assert shown("k: 1\n\n\nhere: 2", "here", label="k") == [
        "1 | k: 1",
        "  | - here",
        "...",
        "4 | here: 2",
        "  | ^^^^",
    ]
    assert shown("k: 1, here: 2", "here", label="k")[:3] == ["1 | k: 1, here: 2", "  |       ^^^^", "  | - here"]


def test_line_numbers_are_aligned():
    text = "k: 1\n" + "\n" * 98 + "here: 2"
    assert shown(text, "here", label="k")[0] == "  1 | k: 1"


def test_nothing_of_a_spec_reaches_the_terminal_unseen():
    text = render(front(layer('"\\e[31mred\\a \\u202E \\u0000"')).report)
    assert "\x1b" not in text
    assert text.replace("\n", "").isprintable()


def test_a_file_name_is_made_visible():
    report = front("archc: 1\n", name="a\x1b[2J\nb.yaml").report
    assert "a\\x1b[2J\\x0ab.yaml:1:1" in render(report)


def test_there_are_no_colours_unless_asked():
    report = front(layer("Bogus")).report
    plain, coloured = render(report), render(report, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31m" in coloured
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_a_fault_without_a_place_shows_its_file():
    report = Report("gone.yaml")
    report.add(UnreadableFile(file="gone.yaml", reason="No such file"))
    assert render(report) == "error[E101]: cannot read `gone.yaml`: No such file\n  --> gone.yaml\n\n"


def test_diagnostics_come_in_the_order_of_the_text():
    source = SourceFile("x.yaml", "a b")
    report = Report("x.yaml")
    for start in (2, 0):
        report.add(WrongValue(name=source.text[start], expected="x", found="y"), source.span(start, start + 1))
    assert [d.span.start for d in report] == [0, 2]


@pytest.mark.parametrize(
    ("errors", "warnings", "text"),
    [(0, 0, ""), (1, 0, "1 error"), (2, 1, "2 errors, 1 warning"), (0, 1234, "1,234 warnings")],
)
def test_the_summary_counts(errors, warnings, text):
    from archc.diagnostics.catalog.train_lints import NothingToEvaluate

    report = Report()
    for _ in range(errors):
        report.add(DuplicateKey(key="k"))
    for _ in range(warnings):
        report.add(NothingToEvaluate())
    assert summary([report]) == text


@pytest.mark.parametrize(
    ("text", "seen", "wide"),
    [
        ("abc", "abc", 3),
        ("é", "é", 1),
        ("日", "日", 2),
        ("\0", "\\x00", 4),
        ("\u2066", "\\u{2066}", 8),
        ("\ud800", "\\u{d800}", 8),
    ],
)
def test_every_character_is_seen_and_measured(text, seen, wide):
    assert (visible(text), columns(text)) == (seen, wide)
