"""archc.toml: found in the project's root, and faulty ones shown at their places, once."""

import os
from pathlib import Path

import pytest

from archc.cli import main
from archc.diagnostics.levels import Setting
from archc.diagnostics.report import Report
from archc.front import read_file
from archc.settings import MAX_BYTES, LintSettings

WARNED = "archc: 1\ninput: [4]\nlayers:\n  - Softmax\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write archc.toml and a spec into a project, and give the diagnostics of the spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_text(WARNED)

    def write(toml, *changes):
        content = toml if isinstance(toml, bytes) else toml.encode()
        (tmp_path / "archc.toml").write_bytes(content)
        report = read_file("x.yaml", settings=LintSettings(Setting(*change) for change in changes)).report
        return list(report)

    return write


def said(diagnostics):
    """Each diagnostic as `severity slug: marked text`."""
    return [f"{d.severity} {d.slug}: {d.span.text}" for d in diagnostics]


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("", ["warning softmax-without-dim: Softmax"]),
        ('[lints]\nW606 = "allow"\n', []),
        ('[lints]\nsoftmax-without-dim = "deny"\n', ["error softmax-without-dim: Softmax"]),
        ('[lints]\nW606 = "warn"\nall = "deny"\n', ["warning softmax-without-dim: Softmax"]),
        ('lints = {all = "deny"}', ["error softmax-without-dim: Softmax"]),
        ('lints."W606" = "allow"', []),
        ("\ufeff[lints]\r\nW606 = 'allow'\r\n", []),
    ],
)
def test_the_levels_of_the_project_hold(project, toml, expected):
    assert said(project(toml)) == expected


def test_the_command_line_wins_over_the_project(project):
    assert said(project('[lints]\nW606 = "allow"\n', ("warn", "W606"))) == ["warning softmax-without-dim: Softmax"]
    assert said(project('[lints]\nW606 = "allow"\n', ("deny", "all"))) == ["error softmax-without-dim: Softmax"]


@pytest.mark.parametrize(
    ("toml", "expected", "help_"),
    [
        ("[lints]\nW999 = 'allow'", "error unknown-lint: W999", "`archc explain` lists the lints, W6xx"),
        ("[lints]\nsoftmax-witout-dim = 'allow'", "error unknown-lint: softmax-witout-dim", "softmax-without-dim"),
        ("[lints]\nE301 = 'allow'", "error error-has-no-level: E301", "mend it"),
        ("[lints]\nW606 = 'alow' # x", "error wrong-value: 'alow'", "did you mean `allow`?"),
        ("[lints]\nW606 = 1", "error wrong-value: 1", None),
        ("[lints]\nW606 = ['deny']", "error wrong-value: ['deny']", None),
        ("[lint]\nW606 = 'allow'", "error unknown-key: lint", "did you mean `lints`?"),
        ("lints = 'allow'", "error wrong-structure: lints", None),
        ("[lints\nW606 = 'allow'", "error invalid-settings: ", None),
        ("[lints]\nW606 = 'allow'\nW606 = 'warn'", "error invalid-settings: ", None),
        ("x = " + "[" * 10_000, "error invalid-settings: ", None),
        ("x = " + "9" * 10_000, "error invalid-settings: ", None),
        (b"\xff", "error not-utf8: \ufffd", None),
        ("#" * (MAX_BYTES + 1), "error invalid-settings: ", None),
    ],
)
def test_what_is_wrong_with_settings_is_said_in_their_file(project, toml, expected, help_):
    found = project(toml)[0]
    assert said([found]) == [expected]
    assert found.filename == "archc.toml"
    assert help_ is None or any(help_ in text for text in found.helps)
    assert found.fixes == ()


def test_a_syntax_error_has_its_line(project):
    found = project("[lints]\nW606 = allow\n")[0]
    assert found.span.first[:2] == (2, 8)
    assert found.message == "the project's settings cannot be read: invalid value"


@pytest.mark.parametrize("size", [MAX_BYTES - 1, MAX_BYTES])
def test_settings_up_to_the_limit_are_read(project, size):
    text = '[lints]\nW606 = "allow"\n'
    assert project(text + "#" * (size - len(text))) == []


def test_settings_are_found_above_the_spec_and_not_above_the_project(tmp_path):
    (tmp_path / "archc.toml").write_text('[lints]\nW606 = "allow"\n')
    for folder in ("specs/deep", "other/deep"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.yaml").write_text(WARNED)
    (tmp_path / "other/pyproject.toml").write_text("")
    assert len(read_file(str(tmp_path / "specs/deep/x.yaml"), settings=LintSettings()).report) == 0
    assert len(read_file(str(tmp_path / "other/deep/x.yaml"), settings=LintSettings()).report) == 1


def test_settings_that_lead_out_of_the_project_are_refused(tmp_path):
    (tmp_path / "outside.toml").write_text('[lints]\nW606 = "allow"\n')
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/archc.toml").symlink_to("../outside.toml")
    (tmp_path / "inside/x.yaml").write_text(WARNED)
    slugs = [d.slug for d in read_file(str(tmp_path / "inside/x.yaml"), settings=LintSettings()).report]
    assert sorted(slugs) == ["invalid-settings", "softmax-without-dim"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_settings_that_cannot_be_read_are_an_error(project, tmp_path):
    project("")
    (tmp_path / "archc.toml").chmod(0)
    assert next(d.slug for d in read_file("x.yaml", settings=LintSettings()).report) == "invalid-settings"


def test_faulty_settings_are_reported_with_the_first_spec_alone(project):
    project("[lints]\nW999 = 'allow'\n")
    settings = LintSettings()
    counts = [len(read_file("x.yaml", settings=settings).report) for _ in range(3)]
    assert counts == [2, 1, 1]


def test_standard_input_has_the_settings_of_the_current_folder(project):
    project('[lints]\nW606 = "allow"\n')
    assert LintSettings().levels("<stdin>", Report()).of("W606") == "allow"


def test_python_callers_have_the_levels_of_the_project_too(project):
    import archc

    project('[lints]\nall = "deny"\n')
    assert not archc.check("x.yaml").ok
    with pytest.raises(archc.SpecError, match="W606"):
        archc.load("x.yaml")


WRITTEN_OUT = """archc: 1
input: [1, 28, 28]
layers:
  - Conv2d: {in_channels: 1, out_channels: 32, kernel_size: 3, padding: 1, bias: false}
  - BatchNorm2d: {num_features: 32}
  - ReLU
  - MaxPool2d: {kernel_size: 2, stride: 2}
  - Flatten
  - Linear: {in_features: 6272, out_features: 10}
"""


def told(*changes, toml=""):
    """The codes of what is said of layers with their sizes written out, as the tutorials have them."""
    Path("full.yaml").write_text(WRITTEN_OUT)
    Path("archc.toml").write_text(toml)
    return {
        d.code for d in read_file("full.yaml", settings=LintSettings(Setting(*change) for change in changes)).report
    }


@pytest.mark.parametrize("changes", [[], [("warn", "all")], [("deny", "all")], [("deny", "W628"), ("allow", "W628")]])
def test_sizes_that_are_written_and_right_are_no_warning(project, changes):
    assert told(*changes) == set()


def test_matters_of_taste_are_told_where_they_are_asked_for_by_name(project):
    assert told(("warn", "W628")) == told(("deny", "all"), ("warn", "W628")) == {"W628"}
    assert told(toml='[lints]\nredundant-size = "warn"\n') == {"W628"}


def test_matters_of_taste_are_mended_where_they_are_asked_for(project, capsys):
    Path("full.yaml").write_text(WRITTEN_OUT)
    assert main(["check", "--fix", "full.yaml"]) == 0
    assert Path("full.yaml").read_text() == WRITTEN_OUT
    assert main(["check", "--fix", "--warn", "W628", "full.yaml"]) == 0
    mended = Path("full.yaml").read_text()
    assert [word for word in ("in_channels", "num_features", "in_features") if word in mended] == []
    assert "  - BatchNorm2d\n" in mended
