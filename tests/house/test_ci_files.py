"""The hooks of pre-commit and the action of GitHub: they parse, and what they run exists and works."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from archc.cli.main import COMMANDS
from tests.support.places import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}

GOOD = "archc: 1\ninput: [4]\nlayers: [ReLU]\n"
WRONG = "archc: 1\ninput: [4]\nlayers: [Rleu]\n"


def test_every_hook_runs_a_command_that_exists():
    assert [hook["id"] for hook in HOOKS] == ["archc-check", "archc-fmt"]
    for hook in HOOKS:
        program, command = hook["entry"].split()
        assert program == "archc"
        assert command in COMMANDS
        assert hook["language"] == "python"
        assert hook["id"] == f"archc-{command}"


def test_the_hooks_look_at_specs_alone():
    for hook in HOOKS:
        assert re.search(hook["files"], "specs/zoo/resnet50.yaml")
        assert not re.search(hook["files"], ".github/workflows/ci.yaml")


def test_the_action_is_composite_and_every_input_is_described_and_used():
    assert ACTION["runs"]["using"] == "composite"
    text = (ROOT / "action.yml").read_text()
    for name, facts in ACTION["inputs"].items():
        assert facts["description"]
        assert "default" in facts
        assert f"${{{{ inputs.{name} }}}}" in text


def test_no_input_of_the_action_is_put_into_a_script():
    for step in STEPS.values():
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def check(folder, **inputs):
    """Run the action's check as GitHub does, and give what it returns and prints."""
    defaults = {name: facts["default"] for name, facts in ACTION["inputs"].items()}
    variables = {
        name: (defaults | inputs)[re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", value)[1]]
        for name, value in STEPS["Check"]["env"].items()
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS["Check"]["run"]],
        cwd=folder,
        env={**os.environ, **variables, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def repository(tmp_path):
    """A folder with a good spec and a wrong one further down."""
    (tmp_path / "specs/deep").mkdir(parents=True)
    (tmp_path / "specs/good.yaml").write_text(GOOD)
    (tmp_path / "specs/deep/wrong.yaml").write_text(WRONG)
    return tmp_path


def test_the_action_finds_specs_and_annotates_them(repository):
    done = check(repository)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=specs/deep/wrong.yaml,line=3,")
    assert done.stderr == ""


def test_the_action_takes_files_arguments_and_a_sarif_file(repository):
    (repository / "specs/softmax.yaml").write_text("archc: 1\ninput: [4]\nlayers: [Softmax]\n")
    done = check(repository, files="specs/good.yaml\nspecs/softmax.yaml", args="--deny W606 -q", sarif="out/x.sarif")
    assert done.returncode == 2
    (repository / "out").mkdir()
    done = check(repository, files="specs/good.yaml\nspecs/softmax.yaml", args="--deny W606 -q", sarif="out/x.sarif")
    assert (done.returncode, done.stderr) == (1, "")
    assert '"ruleId": "W606"' in (repository / "out/x.sarif").read_text()


@pytest.mark.parametrize(
    "text", ["$(touch pwned)", "; touch pwned", "`touch pwned`", "--report=json=pwned", "&& touch pwned"]
)
def test_nothing_of_an_input_or_a_file_name_is_run(repository, text):
    check(repository, files=text)
    check(repository, files="specs/good.yaml", sarif=f"{text}/x")
    (repository / "names").mkdir()
    (repository / "names" / text.replace("/", "")).write_text(GOOD)
    check(repository / "names", files="*")
    assert list(repository.rglob("pwned")) == []


def test_the_scripts_are_bash():
    for step in STEPS.values():
        assert subprocess.run(["bash", "-n", "-c", step["run"]], check=False).returncode == 0, shlex.quote(step["run"])
