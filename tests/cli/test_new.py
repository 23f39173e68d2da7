"""`archc new`."""

import json
from pathlib import Path

import pytest

from archc import load


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
    code, _, err = archc("new", "con")
    assert code == 2
    assert "Windows keeps this name for a device" in err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("name", ["FashionCNN", "Größe 3", "yes", "1e3"])
def test_a_starter_has_the_name_that_was_asked_for(archc, name):
    assert archc("new", name)[0] == 0
    assert load(f"{name}.yaml").name == name


def test_new_says_why_it_cannot_write(archc, write):
    write("file", "")
    code, _, err = archc("new", "file/first")
    assert code == 1
    assert "error[E502]: cannot write `file/first.yaml`" in err
