"""`archc check`: what it prints, where, and how it exits."""

import io
import json
import sys

import pytest

from tests.support.texts import GOOD, WARNED, WRONG


def test_check_prints_a_line_for_a_good_spec(archc, write):
    write("good.yaml", GOOD)
    assert archc("check", "good.yaml") == (0, "good.yaml: ok, 1 x 28 x 28 -> 10, 2 layers, 7,850 parameters\n", "")


def test_check_quietly_prints_nothing_for_good_specs_and_warnings(archc, write):
    write("good.yaml", GOOD)
    write("warned.yaml", WARNED)
    assert archc("check", "-q", "good.yaml", "warned.yaml") == (0, "", "")


def test_check_prints_errors_of_every_file_and_a_summary(archc, write):
    write("good.yaml", GOOD)
    write("wrong.yaml", WRONG)
    write("warned.yaml", WARNED)
    code, out, err = archc("check", "wrong.yaml", "good.yaml", "warned.yaml")
    assert (code, err) == (1, "")
    assert "error[E205]: there is no layer `Linaer`" in out
    assert "wrong.yaml:3:19" in out
    assert "good.yaml: ok" in out
    assert out.endswith("1 error, 1 warning in 1 of 3 files\n2 fixable with --fix --unsafe-fixes\n")


def test_a_warning_alone_is_fine(archc, write):
    write("warned.yaml", WARNED)
    code, out, _ = archc("check", "warned.yaml")
    assert code == 0
    assert "warning[W601]" in out


def test_a_file_that_is_not_there_is_a_usage_error_that_names_it(archc):
    code, out, err = archc("check", "nowhere.yaml")
    assert (code, err) == (2, "")
    assert "error[E101]: cannot read `nowhere.yaml`: No such file or directory" in out


def test_a_folder_is_not_a_spec(archc, tmp_path):
    (tmp_path / "folder").mkdir()
    assert archc("check", "folder")[0] == 2


def test_wrong_specs_weigh_less_than_unreadable_ones(archc, write):
    write("wrong.yaml", WRONG)
    assert archc("check", "wrong.yaml", "nowhere.yaml")[0] == 2


def test_check_as_json_follows_the_contract(archc, write):
    write("wrong.yaml", WRONG)
    write("good.yaml", GOOD)
    code, out, _ = archc("check", "--format", "json", "wrong.yaml", "good.yaml")
    document = json.loads(out)
    assert code == 1
    assert document["version"] == 1
    assert document["summary"] == {"files": 2, "errors": 1, "warnings": 0}
    (found,) = document["diagnostics"]
    assert found["span"] == {
        "start": {"line": 3, "column": 19, "offset": 46},
        "end": {"line": 3, "column": 25, "offset": 52},
    }
    assert (found["code"], found["slug"], found["severity"]) == ("E205", "unknown-layer", "error")
    assert (found["file"], found["path"]) == ("wrong.yaml", "layers[1]")
    assert found["fixes"] == [
        {
            "title": "write `Linear`",
            "applicability": "unsafe",
            "edits": [{"file": "wrong.yaml", "start": 46, "end": 52, "text": "Linear"}],
        }
    ]


@pytest.mark.parametrize("text", [GOOD, json.dumps({"archc": 1, "input": [4], "layers": ["ReLU"]}, indent="\t")])
def test_a_hyphen_reads_yaml_or_json_from_standard_input(archc, monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = archc("check", "-")
    assert (code, out[:5]) == (0, "-: ok")


@pytest.mark.parametrize("sizes", ["", "0", "3,x", "-1", "1," * 17, "2147483648"])
def test_an_input_that_is_no_shape_is_a_usage_error(archc, write, sizes):
    write("good.yaml", GOOD)
    code, _, err = archc("check", "good.yaml", f"--input={sizes}")
    assert code == 2
    assert "expected positive sizes" in err


def test_a_setting_without_a_value_is_a_usage_error(archc, write):
    write("good.yaml", GOOD)
    assert archc("check", "good.yaml", "--set", "train.epochs")[0] == 2


def test_people_are_shown_a_hundred_diagnostics_and_told_of_the_others(archc, write):
    write("many.yaml", "archc: 1\ninput: [4]\nlayers:\n" + "  - Linear: 0\n" * 150)
    code, out, _ = archc("check", "many.yaml")
    assert code == 1
    assert out.count("error[E209]") == 100
    assert out.endswith("\n\n... and 50 more in many.yaml\n\n150 errors in 1 of 1 file\n")
    assert archc("check", "many.yaml", "--max-diagnostics", "7")[1].count("error[E209]") == 7
    assert archc("check", "many.yaml", "--max-diagnostics", "0")[1].count("error[E209]") == 150
    assert archc("show", "many.yaml")[2].count("error[E209]") == 100


def test_programs_are_given_every_diagnostic(archc, write):
    write("many.yaml", "archc: 1\ninput: [4]\nlayers:\n" + "  - Linear: 0\n" * 150)
    assert len(json.loads(archc("check", "many.yaml", "--format", "json")[1])["diagnostics"]) == 150
    assert len(archc("check", "many.yaml", "--format", "concise")[1].splitlines()) == 150


def test_errors_are_shown_rather_than_warnings(archc, write):
    warned = "archc: 1\ninput: [1, 28, 28]\nlayers:\n" + "  - Linear: 10\n" * 150
    write("many.yaml", warned + "expect: {params: 1}\n")
    out = archc("check", "many.yaml", "--max-diagnostics", "2")[1]
    assert out.index("warning[W601]") < out.index("error[E360]")
    assert out.count("warning[") == 1


@pytest.mark.parametrize("number", ["-1", "x", "", "1e3", "9" * 20])
def test_a_number_of_diagnostics_that_is_none_is_a_usage_error(archc, write, number):
    write("good.yaml", GOOD)
    assert archc("check", "good.yaml", f"--max-diagnostics={number}")[0] == 2


def test_a_folder_stands_for_the_specs_in_it(archc, write, tmp_path):
    for folder in ("specs/deep", "specs/.hidden"):
        (tmp_path / folder).mkdir(parents=True)
    write("specs/b.yaml", GOOD)
    write("specs/deep/a.yml", GOOD)
    write("specs/c.JSON", json.dumps({"archc": 1, "input": [4], "layers": ["ReLU"]}))
    write("specs/d.yaml", "\ufeff# a comment\narchc : 1\ninput: [4]\nlayer: [ReLU]\n")
    write("specs/parts.yaml", "archc: 1\nblocks: {}\n")
    write("specs/ci.yaml", "jobs: {archc: {input: 1}}\n")
    write("specs/notes.txt", GOOD)
    write("specs/.hidden/x.yaml", GOOD)
    (tmp_path / "specs/link.yaml").symlink_to("b.yaml")
    code, out, err = archc("check", "specs")
    assert (code, err) == (1, "")
    assert [line.partition(":")[0] for line in out.splitlines() if ": ok, " in line] == [
        "specs/b.yaml",
        "specs/c.JSON",
        "specs/deep/a.yml",
    ]
    assert "specs/d.yaml:4:1" in out
    assert "in 1 of 4 files\n" in out
