"""What all commands have in common: help, usage, exit codes, colours, and the reader's end of the pipe."""

import io
import os
import subprocess
import sys

import pytest

import archc as archc_package
from archc.cli.main import COMMANDS
from tests.support.places import ROOT
from tests.support.texts import WRONG


def test_colours_are_there_when_asked_for(archc, write):
    write("wrong.yaml", WRONG)
    assert "\x1b[1;31merror[E205]" in archc("check", "wrong.yaml", "--color", "always")[1]
    assert "\x1b" not in archc("check", "wrong.yaml", "--color", "never")[1]


def test_no_color_wins_over_a_terminal(monkeypatch):
    from archc.cli.arguments import colour

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert colour("auto", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour("auto", Terminal())
    assert colour("always", Terminal())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(archc, command):
    code, out, _ = archc(command, "--help")
    assert code == 0
    assert out.startswith(f"usage: archc {command}")
    assert "--quiet" in out
    assert "--color" in out


def test_archc_alone_prints_the_commands(archc):
    code, out, err = archc()
    assert (code, out) == (2, "")
    assert all(command in err for command in COMMANDS)
    assert archc("--help")[:2] == (0, err)


def test_an_unknown_command_is_a_usage_error_with_a_suggestion(archc):
    code, _, err = archc("chekc")
    assert code == 2
    assert "did you mean `check`?" in err


@pytest.mark.parametrize("arguments", [["check"], ["check", "--nonsense", "x"], ["show"], ["compile", "x.yaml"]])
def test_wrong_usage_exits_with_2(archc, arguments):
    assert archc(*arguments)[0] == 2


def test_version(archc):
    assert archc("--version") == (0, f"archc {archc_package.__version__}\n", "")


def test_a_bug_exits_with_70_and_shows_no_traceback(archc, monkeypatch):
    monkeypatch.setattr("archc.cli.check.read_file", lambda *a: 1 / 0)
    code, out, err = archc("check", "x.yaml")
    assert (code, out) == (70, "")
    assert "this is a bug in archc" in err
    assert "Traceback" not in err
    monkeypatch.setenv("ARCHC_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        archc("check", "x.yaml")


def test_ctrl_c_exits_with_130(archc, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("archc.cli.check.read_file", interrupt)
    assert archc("check", "x.yaml")[0] == 130


def test_a_reader_that_goes_away_causes_no_traceback():
    command = f"{sys.executable} -m archc explain | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("A")


def test_output_in_a_locale_that_knows_only_ascii(write):
    path = write("é.yaml", "archc: 1\ninput: [4]\nlayers: [Ünit]\n")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "archc", "check", path], capture_output=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert "there is no layer `Ünit`" in done.stdout.decode()
    assert done.stderr == b""


WARNING = """
import sys, warnings
import archc.cli.schema

archc.cli.schema.run = lambda options: warnings.warn("the next release has it no more", FutureWarning) or 0
import archc.cli

sys.argv = ["archc", "schema"]
sys.exit(archc.cli.main())
"""


@pytest.mark.parametrize(("asked", "shown"), [((), False), (("-W", "default"), True)])
def test_a_library_that_deprecates_something_changes_nothing_unless_one_asks(asked, shown):
    command = [sys.executable, *asked, "-c", WARNING]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ("FutureWarning: the next release" in done.stderr) is shown
    assert shown or done.stderr == ""


OTHER_COMMANDS = {
    "fit": "archc train SPEC",
    "test": "archc eval RUN",
    "validate": "archc check SPEC` or `archc eval RUN",
    "lint": "archc check SPEC",
    "summary": "archc show SPEC",
    "infer": "archc predict RUN FILE",
    "export": "archc compile SPEC -o FILE",
    "nets/x.yaml": "archc check nets/x.yaml` or `archc train nets/x.yaml",
}


@pytest.mark.parametrize("name", OTHER_COMMANDS)
def test_a_command_of_another_tool_is_told_archcs(archc, name):
    assert archc(name) == (2, "", f"archc: there is no command `{name}`; write `{OTHER_COMMANDS[name]}`\n")


def test_commands_that_are_told_exist():
    from archc.cli.main import COMMANDS
    from archc.cli.other_words import COMMANDS as OTHERS

    told = {written.split()[1] for options in OTHERS.values() for written in options}
    assert {name for name in told if not name.startswith("-")} <= set(COMMANDS)
    assert not set(OTHERS) & set(COMMANDS)


OTHER_OPTIONS = {
    ("train", "--epochs", "5"): "write `--set train.epochs=5`",
    ("train", "--max_epochs=5"): "write `--set train.epochs=5`",
    ("train", "--trainer.max_epochs", "5"): "write `--set train.epochs=5`",
    ("train", "--lr", "0.1"): "write `--set train.optimizer.NAME.lr=0.1`, where NAME is the optimizer",
    ("train", "--gpus", "1"): "write `--device cuda`",
    ("train", "--ckpt_path", "x"): "write `--resume RUN`",
    ("check", "--batch-size", "8"): "write `--set train.batch_size=8`",
}


@pytest.mark.parametrize("words", OTHER_OPTIONS)
def test_an_option_of_another_tool_is_told_archcs(archc, words):
    command, *rest = words
    code, _, err = archc(command, "x.yaml", *rest)
    assert code == 2
    assert err.endswith(f"unrecognized arguments: {' '.join(rest)}; {OTHER_OPTIONS[words]}\n")


def test_an_option_that_the_command_has_not_is_not_told(archc):
    assert archc("check", "x.yaml", "--gpus", "1")[2].endswith("unrecognized arguments: --gpus 1\n")
