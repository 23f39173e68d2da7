"""`archc new`."""

import json
from pathlib import Path


def test_new_writes_a_spec_that_checks_and_the_schema_that_its_first_line_names(archc, tmp_path):
    assert archc("new", "first")[:2] == (0, "first.yaml\n")
    assert archc("check", "first.yaml")[0] == 0
    assert (tmp_path / "first.yaml").read_text().startswith("# yaml-language-server: $schema=archc.schema.json\n")
    assert json.loads((tmp_path / "archc.schema.json").read_text())["definitions"]


def test_new_uses_the_schema_of_the_project(archc, tmp_path):
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/archc.schema.json").write_text("{}")
    (tmp_path / "specs").mkdir()
    assert archc("new", "specs/first.yaml")[0] == 0
    assert "$schema=../schema/archc.schema.json" in (tmp_path / "specs/first.yaml").read_text()
    assert sorted(path.name for path in (tmp_path / "specs").iterdir()) == ["first.yaml"]


def test_new_never_writes_over_a_file(archc, write):
    write("first.yaml", "mine")
    code, _, err = archc("new", "first")
    assert code == 1
    assert "error[E512]: `first.yaml` exists" in err
    assert Path("first.yaml").read_text() == "mine"


def test_new_refuses_a_name_that_no_network_can_have(archc):
    assert archc("new", "First Net")[0] == 2
    assert list(Path().iterdir()) == []


def test_new_says_why_it_cannot_write(archc, write):
    write("file", "")
    code, _, err = archc("new", "file/first")
    assert code == 1
    assert "error[E502]: cannot write `file/first.yaml`" in err
