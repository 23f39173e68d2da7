"""Levels of lints: on the command line, in archc.toml, in comments."""

import json

import pytest

from tests.support.texts import LINTED


def test_levels_on_the_command_line_are_by_code_slug_or_all_and_the_last_wins(archc, write):
    write("x.yaml", LINTED)
    assert archc("check", "x.yaml")[0] == 0
    code, out, _ = archc("check", "x.yaml", "--deny", "W605,softmax-without-dim")
    assert code == 1
    assert "error[W605]" in out
    assert "error[W606]" in out
    assert "\n2 errors in 1 of 1 file\n" in out
    code, out, _ = archc("check", "x.yaml", "--deny", "all", "--warn", "w606", "--allow", "W605")
    assert code == 0
    assert "warning[W606]" in out
    assert "W605" not in out
    assert archc("check", "x.yaml", "--allow", "W605", "--deny", "all")[1].count("error[") == 2


@pytest.mark.parametrize("command", ["check", "train", "compile"])
@pytest.mark.parametrize(
    ("lint", "said"),
    [
        ("W999", "there is no lint `W999`"),
        ("softmax-witout-dim", "did you mean `softmax-without-dim`?"),
        ("E301", "`E301` is an error, and only lints have a level"),
        ("", "there is no lint ``"),
        ("W605,,", "there is no lint ``"),
    ],
)
def test_a_level_for_what_is_no_lint_is_a_usage_error(archc, write, command, lint, said):
    write("x.yaml", LINTED)
    options = ["-o", "x.py"] if command == "compile" else []
    code, out, err = archc(command, "x.yaml", *options, f"--deny={lint}")
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("command", ["check", "compile"])
def test_a_level_for_a_lint_of_a_training_is_a_usage_error_where_nothing_is_trained(archc, write, command):
    write("x.yaml", LINTED)
    options = ["-o", "x.py"] if command == "compile" else []
    code, out, err = archc(command, "x.yaml", *options, "--deny=W650")
    assert (code, out) == (2, "")
    assert "`W650` comes up while a network is trained, and not while its spec is checked" in err


def test_a_level_for_a_lint_of_a_training_may_stand_in_archc_toml(archc, write):
    write("x.yaml", "archc: 1\ninput: [4]\nlayers: [ReLU]\n")
    write("archc.toml", '[lints]\nW650 = "deny"\n')
    assert archc("check", "x.yaml")[0] == 0


def test_a_denied_lint_is_an_error_in_every_format(archc, write):
    write("x.yaml", LINTED)
    deny = ("check", "x.yaml", "--deny", "all", "--format")
    assert json.loads(archc(*deny, "json")[1])["summary"] == {"files": 1, "errors": 2, "warnings": 0}
    assert archc(*deny, "jsonl")[1].count('"severity": "error"') == 2
    assert archc(*deny, "github")[1].count("::error ") == 2
    assert archc(*deny, "concise")[1].count(": error[W60") == 2
    assert archc(*deny, "gitlab")[1].count('"severity": "major"') == 2
    assert archc(*deny, "junit")[1].count("<failure ") == 2
    results = json.loads(archc(*deny, "sarif")[1])["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "error"]


def test_every_command_that_reads_specs_honours_archc_toml_and_comments(archc, write):
    write("x.yaml", LINTED)
    write("archc.toml", '[lints]\nW605 = "deny"\nW606 = "allow"\n')
    assert [archc(*command)[0] for command in (["check", "x.yaml"], ["show", "x.yaml"])] == [1, 1]
    assert archc("compile", "x.yaml", "-o", "x.py")[0] == 1
    code, _, err = archc("train", "x.yaml")
    assert code == 1
    assert "error[W605]" in err
    assert "W606" not in err
    assert archc("compile", "x.yaml", "-o", "x.py", "-q", "--warn", "W605")[0] == 0
    write("x.yaml", LINTED.replace("Softmax: 0", "Softmax: 0  # archc: allow[W605] on purpose"))
    assert archc("show", "x.yaml")[0] == 0
