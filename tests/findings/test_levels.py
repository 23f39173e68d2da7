"""Levels of lints: by setting, and by comments, which say where they hold and why."""

import pytest

from archc.diagnostics.levels import Setting
from archc.diagnostics.report import Report
from archc.findings.lints import lint_called
from archc.front import read
from archc.settings import LintSettings
from archc.source import SourceFile
from tests.support.reading import findings, front

HEAD = "archc: 1\ninput: [4]\nlayers:\n"


def levelled(text, *settings):
    """The severity and slug of each diagnostic under settings such as `("deny", "W606")`."""
    levels = LintSettings(Setting(*setting) for setting in settings)
    report = read(SourceFile("x.yaml", text), Report("x.yaml"), settings=levels).report
    return [f"{d.severity} {d.slug}" for d in report]


TWO = "  - Softmax\n  - Linear: 4\n  - Softmax\n"
TURNS = "Softmax, {Linear: 4}, "
WARNED = HEAD + "  - Softmax\n  - Softmax: 0\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ([], ["warning softmax-without-dim", "warning softmax-over-batch"]),
        ([("deny", "W606")], ["error softmax-without-dim", "warning softmax-over-batch"]),
        ([("allow", "W605")], ["warning softmax-without-dim"]),
        ([("deny", "all")], ["error softmax-without-dim", "error softmax-over-batch"]),
        ([("deny", "all"), ("warn", "W605")], ["error softmax-without-dim", "warning softmax-over-batch"]),
        ([("warn", "W605"), ("deny", "all")], ["error softmax-without-dim", "error softmax-over-batch"]),
        ([("allow", "W606"), ("deny", "W606"), ("allow", "W605")], ["error softmax-without-dim"]),
        ([("allow", "all")], []),
    ],
)
def test_the_last_setting_of_a_lint_wins(settings, expected):
    assert levelled(WARNED, *settings) == expected


def test_a_report_with_a_denied_lint_is_not_ok():
    report = read(SourceFile("x.yaml", WARNED), Report(), settings=LintSettings([Setting("deny", "all")])).report
    assert not report.ok
    assert len(report.errors) == 2
    assert str(report.errors[0]).startswith("x.yaml:4:5: error[W606]: ")


def test_errors_keep_their_severity_whatever_is_allowed():
    assert levelled(HEAD + "  - Linear: 0\n", ("allow", "all")) == ["error wrong-value"]


@pytest.mark.parametrize("name", ["W606", "w606", "softmax-without-dim", "Softmax-Without-Dim"])
def test_a_lint_is_called_by_code_or_slug_in_any_case(name):
    assert lint_called(name) == "W606"
    assert findings(HEAD + f"  - Softmax  # archc: allow[{name}] axis 1\n") == []


# Comments


@pytest.mark.parametrize(
    "lines",
    [
        "  - Softmax  # archc: allow[W606] axis 1\n",
        "  - Softmax  #archc:allow[W606] axis 1\n",
        "  # archc: allow[W606] axis 1\n  - Softmax\n",
        "  # archc: allow[W606] axis 1\n\n  # another comment\n  - Softmax\n",
        "  # archc: allow[W606] axis 1\n  # archc: allow[W605] the batch\n  - {Sequential: [Softmax, Softmax: 0]}\n",
        "  # archc: allow[W606, W605] both\n  - Sequential:\n      - Softmax\n      - Softmax: 0\n",
        "  # archc: allow[all] both\n  - Sequential:\n      - Softmax\n      - Softmax: 0\n",
        "  - Softmax:  # archc: allow[W606] axis 1\n      name: s\n",
        "# archc: allow[W606] axis 1\n  - Softmax\n",
    ],
)
def test_a_comment_allows_the_lints_of_its_line_or_of_what_begins_below(lines):
    assert findings(HEAD + lines) == []


@pytest.mark.parametrize(
    "lines",
    [
        "  - ReLU  # archc: allow[W606] elsewhere\n  - Softmax\n",
        "  - Softmax\n  - ReLU  # archc: allow[W606] elsewhere\n",
        "  # archc: allow[W606] elsewhere\n  - ReLU\n  - Softmax\n",
        "  - Softmax\n  # archc: allow[W606] nothing below\n",
        "  - Sequential:\n      - ReLU\n      # archc: allow[W606] the end of a list\n  - Tanh\n  - Softmax\n",
    ],
)
def test_a_comment_holds_nowhere_else_and_is_then_unused(lines):
    assert sorted(findings(HEAD + lines)) == ["softmax-without-dim: Softmax", "unused-allow: W606"]


def test_a_comment_before_the_first_key_holds_for_the_whole_file():
    text = (
        "# archc: allow[W606] torch's guess is right here\n# more\n\n"
        + HEAD
        + "  - Softmax\n  - Linear: 4\n  - Softmax\n"
    )
    assert findings(text) == []
    assert findings(f"---\n{text}") == []


def test_a_comment_above_a_key_holds_for_all_of_its_value():
    text = "archc: 1\ninput: [4]\n# archc: allow[W606] torch's guess is right here\nlayers:\n" + TWO
    assert findings(text) == []


def test_the_lint_of_the_nearest_of_several_comments_is_used():
    text = "# archc: allow[W606] everywhere\n" + HEAD + "  - Softmax  # archc: allow[W606] here\n"
    assert findings(text) == ["unused-allow: W606"]


def test_a_comment_wins_over_a_setting():
    text = HEAD + "  - Softmax  # archc: allow[W606] axis 1\n"
    assert levelled(text, ("deny", "all")) == []
    assert levelled(text, ("allow", "W606")) == []


def test_each_lint_of_a_comment_must_come_up():
    text = HEAD + "  - Softmax  # archc: allow[W606, W605,all] axis 1\n"
    assert findings(text) == ["unused-allow: W605", "unused-allow: all"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "  - Linear: 0  # archc: allow[W606] axis 1\n",
        HEAD + "  - ReLU: {inplace: 3}  # archc: allow[W606] axis 1\n",
    ],
)
def test_nobody_knows_what_is_unused_while_there_are_errors(text):
    assert [found.split(":")[0] for found in findings(text)] == ["wrong-value"]


def test_nobody_knows_what_is_unused_when_the_spec_is_changed():
    text = HEAD + "  - Linear: 3  # archc: allow[W601] rows\n"
    assert findings(text) == ["unused-allow: W601"]
    assert findings(text, "input=[1,4,4]") == []
    source = SourceFile("x.yaml", text)
    assert len(read(source, Report(), input_shape=(5,)).report) == 0


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("# archc: allow[W606]", "allow-without-reason: # archc: allow[W606]"),
        ("# archc: allow[W606]   # axis 1", "allow-without-reason: # archc: allow[W606]   # axis 1"),
        ("# archc: allow[] axis 1", "malformed-allow: # archc: allow[] axis 1"),
        ("# archc: allow W606", "malformed-allow: # archc: allow W606"),
        ("# archc: ignore[W606] axis 1", "malformed-allow: # archc: ignore[W606] axis 1"),
        ("# archc: noqa", "malformed-allow: # archc: noqa"),
        ("# archc: allow[W999] axis 1", "unknown-lint: W999"),
        ("# archc: allow[E303] axis 1", "error-has-no-level: E303"),
        ("# archc: allow[size-mismatch] axis 1", "error-has-no-level: size-mismatch"),
    ],
)
def test_what_is_wrong_with_a_comment_is_said_at_its_place(comment, found):
    assert findings(HEAD + f"  - ReLU  {comment}\n  - Softmax: 1\n")[0] == found


@pytest.mark.parametrize(
    "comment", ["# archc: 1", "# archc is good", "# allow[W606]", "# see archc: allow me", "# archc: allowed by Ada"]
)
def test_other_comments_are_comments(comment):
    assert findings(HEAD + f"  - ReLU  {comment}\n") == []


def test_text_that_looks_like_a_comment_allows_nothing():
    text = HEAD + '  - Softmax\nx-note: "a # archc: allow[W606] x"\n'
    assert findings(text) == ["softmax-without-dim: Softmax"]


def test_lints_of_comments_have_levels_but_no_comment_allows_them():
    text = HEAD + "  - ReLU  # archc: allow[W606] axis 1\n"
    assert levelled(text, ("deny", "W690")) == ["error unused-allow"]
    assert levelled(text, ("allow", "W690")) == []
    assert findings(HEAD + "  - ReLU  # archc: allow[W606, W690] axis 1\n") == [
        "unused-allow: W606",
        "unused-allow: W690",
    ]


@pytest.mark.parametrize(
    ("lines", "mended"),
    [
        ("  - ReLU  # archc: allow[W606] axis 1\n  - Tanh\n", "  - ReLU\n  - Tanh\n"),
        ("  - ReLU\n  # archc: allow[W606] axis 1\n  - Tanh\n", "  - ReLU\n  - Tanh\n"),
        ("  - ReLU\n  # archc: allow[W606] axis 1", "  - ReLU\n"),
        ("  - ReLU  # archc: allow[W606] axis 1", "  - ReLU"),
    ],
)
def test_an_unused_comment_can_be_deleted(lines, mended):
    (diagnostic,) = front(HEAD + lines).report
    (fix,) = diagnostic.fixes
    (edit,) = fix.edits
    text = HEAD + lines
    assert fix.safe
    assert text[: edit.span.start] + edit.text + text[edit.span.end :] == HEAD + mended


def test_a_comment_of_several_lints_is_not_deleted_for_one():
    (diagnostic,) = front(HEAD + "  - Softmax  # archc: allow[W606, W605] axis 1\n").report
    assert diagnostic.fixes == ()


def test_comments_of_an_included_file_hold_there(tmp_path):
    from archc.front import read_file

    (tmp_path / "archc.toml").write_text("")
    block = "blocks:\n  b:\n    layers:\n      - Softmax{}\n"
    (tmp_path / "x.yaml").write_text("archc: 1\ninput: [4]\ninclude: [parts.yaml]\nlayers: [b]\n")
    (tmp_path / "parts.yaml").write_text(block.format(""))
    assert [d.slug for d in read_file(str(tmp_path / "x.yaml")).report] == ["softmax-without-dim"]
    (tmp_path / "parts.yaml").write_text(block.format("  # archc: allow[W606] axis 1\n      - ReLU"))
    assert list(read_file(str(tmp_path / "x.yaml")).report) == []
    (tmp_path / "parts.yaml").write_text(block.format(": 1  # archc: allow[W606] for other callers"))
    assert list(read_file(str(tmp_path / "x.yaml")).report) == []


def test_an_alias_does_not_carry_a_comment_to_its_place():
    text = (
        HEAD
        + "  - Sequential: &a\n      - ReLU\n  # archc: allow[W606] here\n"
        + "  - Linear: 4\n  - Sequential: *a\n  - Softmax\n"
    )
    assert sorted(findings(text)) == ["softmax-without-dim: Softmax", "unused-allow: W606"]


def test_json_has_no_comments():
    text = '{"archc": 1, "input": [4], "x-a": "# archc: allow[W606]", "layers": ["Softmax"]}'
    report = read(SourceFile("x.json", text), Report()).report
    assert [d.slug for d in report] == ["softmax-without-dim"]


def test_ten_thousand_comments_over_one_layer_take_no_time():
    text = (
        HEAD
        + "  # archc: allow[W606] again\n" * 10_000
        + "  - {Sequential: ["
        + "Softmax, {Linear: 4}, " * 1_000
        + "ReLU]}\n"
    )
    assert len(findings(text)) == 9_999
