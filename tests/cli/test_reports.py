"""`archc check --format` and `--report`: for programs, on standard output and in files."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.texts import GOOD, WRONG


def test_jsonl_github_and_concise_are_printed_file_by_file(archc, write):
    write("wrong.yaml", WRONG)
    write("good.yaml", GOOD)
    for name in ("concise", "jsonl", "github"):
        code, out, err = archc("check", "--format", name, "wrong.yaml", "good.yaml")
        assert (code, err) == (1, "")
        assert len(out.splitlines()) == 1
        assert "wrong.yaml" in out


def test_reports_are_written_beside_what_is_printed(archc, write):
    write("wrong.yaml", WRONG)
    write("good.yaml", GOOD)
    names = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")
    options = [part for name in names for part in ("--report", f"{name}=out.{name}")]
    code, printed, err = archc("check", "wrong.yaml", "good.yaml", *options)
    assert (code, err) == (1, "")
    assert printed == archc("check", "wrong.yaml", "good.yaml")[1]
    for name in names:
        shown = archc("check", "wrong.yaml", "good.yaml", "--format", name)[1]
        assert Path(f"out.{name}").read_text(encoding="utf-8") == shown


def test_a_report_has_no_colours(archc, write):
    write("wrong.yaml", WRONG)
    archc("check", "wrong.yaml", "--color", "always", "--report", "text=out.txt")
    assert "\x1b" not in Path("out.txt").read_text()


def test_a_report_that_cannot_be_written_is_a_diagnostic_and_exits_with_2(archc, write):
    write("good.yaml", GOOD)
    write("file", "")
    code, out, err = archc("check", "good.yaml", "--report", "json=file/x.json", "--report", "junit=out.xml")
    assert code == 2
    assert "good.yaml: ok" in out
    assert "error[E502]: cannot write `file/x.json`" in err
    assert Path("out.xml").read_text().startswith("<?xml")


def test_a_report_replaces_an_older_one_and_is_written_through_a_link(archc, write, tmp_path):
    write("good.yaml", GOOD)
    write("real.json", "old")
    (tmp_path / "link.json").symlink_to("real.json")
    assert archc("check", "good.yaml", "--report", "json=link.json")[0] == 0
    assert json.loads(Path("real.json").read_text())["version"] == 1
    assert Path("link.json").is_symlink()


def test_a_report_to_a_pipe_is_written_into_it(archc, write, tmp_path):
    write("good.yaml", GOOD)
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, cwd=tmp_path)
    assert archc("check", "good.yaml", "--report", "json=pipe")[0] == 0
    assert json.loads(reader.communicate()[0])["summary"]["files"] == 1


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        (["json=good.yaml"], "would be written over the spec `good.yaml`"),
        (["json=./x", "sarif=x"], "would be written over --report json=./x"),
        (["json"], "expected FORMAT=FILE"),
        (["json="], "expected FORMAT=FILE"),
        (["xml=x"], "expected FORMAT=FILE"),
    ],
)
def test_a_report_that_would_destroy_something_is_refused(archc, write, reports, said):
    write("good.yaml", GOOD)
    code, out, err = archc("check", "good.yaml", *(f"--report={report}" for report in reports))
    assert (code, out) == (2, "")
    assert said in err
    assert Path("good.yaml").read_text() == GOOD
    assert [path.name for path in Path().iterdir()] == ["good.yaml"]


def test_a_report_is_not_written_over_a_spec_of_a_folder(archc, write, tmp_path):
    (tmp_path / "specs").mkdir()
    write("specs/x.yaml", GOOD)
    assert archc("check", "specs", "--report", "json=specs/x.yaml")[0] == 2
    assert Path("specs/x.yaml").read_text() == GOOD
