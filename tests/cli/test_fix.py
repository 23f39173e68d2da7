"""`archc check --fix`: what is written, what is printed, and what stays as it was."""

import io
import os
import stat
import sys

import pytest

from archc.cli import rewrite

WRONG = "archc: 1\ninput: [1, 28, 28]\nlayers:\n  - flatten\n  - Linaer: 10\n"
SAFE = WRONG.replace("flatten", "Flatten")
ALL = SAFE.replace("Linaer", "Linear")


def test_safe_fixes_are_written_and_the_rest_is_shown(archc, write):
    path = write("x.yaml", WRONG)
    code, out, err = archc("check", "--fix", "x.yaml")
    assert code == 1
    assert path.read_text() == SAFE
    assert "error[E205]: there is no layer `Linaer`" in out
    assert "flatten" not in out
    assert err == "fixed 1 problem (1 more with --unsafe-fixes)\n"


def test_guesses_are_written_where_they_are_asked_for(archc, write):
    path = write("x.yaml", WRONG)
    code, out, err = archc("check", "--fix", "--unsafe-fixes", "x.yaml")
    assert (code, out) == (0, "x.yaml: ok, 1 x 28 x 28 -> 10, 2 layers, 7,850 parameters\n")
    assert path.read_text() == ALL
    assert err == "fixed 2 problems\n"


def test_check_alone_says_what_could_be_fixed(archc, write):
    path = write("x.yaml", WRONG)
    assert archc("check", "x.yaml")[1].endswith(
        "2 errors in 1 of 1 file\n1 fixable with --fix (1 more with --unsafe-fixes)\n"
    )
    assert path.read_text() == WRONG


def test_a_diff_shows_what_would_be_written_and_writes_nothing(archc, write):
    path = write("x.yaml", WRONG)
    code, out, err = archc("check", "--diff", "x.yaml")
    assert code == 1
    assert out == (
        "--- x.yaml\n+++ x.yaml\n@@ -1,5 +1,5 @@\n archc: 1\n input: [1, 28, 28]\n layers:\n"
        "-  - flatten\n+  - Flatten\n   - Linaer: 10\n"
    )
    assert err == "would fix 1 problem (1 more with --unsafe-fixes)\n"
    assert path.read_text() == WRONG


def test_a_diff_of_a_spec_that_needs_no_fix_is_empty_and_fine(archc, write):
    write("x.yaml", ALL)
    assert archc("check", "--diff", "x.yaml") == (0, "", "")


def test_standard_input_is_mended_to_standard_output(archc, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WRONG.replace("\n", "\r\n").encode())))
    code, out, err = archc("check", "--fix", "-")
    assert (code, out) == (1, SAFE.replace("\n", "\r\n"))
    assert "there is no layer `Linaer`" in err


def test_the_byte_order_mark_the_line_ends_and_the_permissions_stay(archc, write):
    path = write("x.yaml", b"\xef\xbb\xbf" + WRONG.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    archc("check", "--fix", "x.yaml")
    assert path.read_bytes() == b"\xef\xbb\xbf" + SAFE.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_symbolic_link_stays_and_its_file_is_written(archc, write, tmp_path):
    path = write("real.yaml", WRONG)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    archc("check", "--fix", "link.yaml")
    assert (tmp_path / "link.yaml").is_symlink()
    assert path.read_text() == SAFE


def test_a_file_that_cannot_be_written_is_left_as_it_is(archc, write, monkeypatch):
    path = write("x.yaml", WRONG)

    def fail(*_):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "replace", fail)
    code, out, err = archc("check", "--fix", "x.yaml")
    assert code == 1
    assert "error[E502]: cannot write `x.yaml`: No space left on device" in err
    assert "there is no layer `flatten`" in out
    assert path.read_text() == WRONG
    assert [item.name for item in path.parent.iterdir()] == ["x.yaml"]


def test_a_file_that_changes_meanwhile_is_not_written_over(archc, write, monkeypatch):
    path = write("x.yaml", WRONG)
    real = rewrite.rewrite

    def late(*arguments):
        path.write_text("archc: 1\n")
        return real(*arguments)

    monkeypatch.setattr(rewrite, "rewrite", late)
    code, _, err = archc("check", "--fix", "x.yaml")
    assert code == 1
    assert "error[E540]" in err
    assert path.read_text() == "archc: 1\n"


def test_a_spec_without_faults_is_not_touched(archc, write):
    path = write("x.yaml", ALL)
    before = path.stat()
    assert archc("check", "--fix", "x.yaml")[2] == ""
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_an_included_file_is_fixed_where_it_is_named_alone(archc, write):
    parts = write("parts.yaml", "blocks:\n  stem:\n    layers: [relu]\n")
    write("x.yaml", "archc: 1\ninclude: [parts.yaml]\ninput: [4]\nlayers: [stem]\n")
    code, out, _ = archc("check", "--fix", "x.yaml")
    assert code == 1
    assert "fixable" not in out
    assert "relu" in parts.read_text()


@pytest.mark.parametrize(
    "arguments", [("--fix", "--set", "name=x"), ("--diff", "--input", "3,4,4"), ("--unsafe-fixes",)], ids=" ".join
)
def test_what_does_not_go_with_fixes_is_a_usage_error(archc, write, arguments):
    path = write("x.yaml", WRONG)
    code, out, err = archc("check", "x.yaml", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("archc check: --")
    assert path.read_text() == WRONG


def test_json_shows_what_is_left(archc, write):
    write("x.yaml", WRONG)
    code, out, _ = archc("check", "--fix", "--format", "json", "x.yaml")
    assert code == 1
    assert '"errors": 1' in out
