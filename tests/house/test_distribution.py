"""The distribution: its name wherever something installs it."""

import re
import subprocess
import tomllib

import pytest

from archc.diagnostics import catalog
from tests.support.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NAME = PROJECT["name"]

REQUIREMENT = r"archc(?:\[[a-z, ]*\])?(?![\w./-])"
STRANGER = re.compile(
    rf"(?<![\w/.-])archc\[(?:{'|'.join(PROJECT['optional-dependencies'])})\b"  # archc with an extra
    r"|(?<![\w/.-])archc ?(?:==|>=|~=)"  # archc in a version
    r"|\b(?:pip3?|pipx|uv|uvx|poetry|pdm|conda)(?: (?:tool|pip))? (?:install|add|download|run|show)"  # a command
    rf"(?: -\S+)*(?: [\w.'\"\[\],]+)*? ['\"]?{REQUIREMENT}"
)
"""What would install the package `archc` of the index, which is somebody else's."""


def strangers(text):
    return [line for line in text.splitlines() if STRANGER.search(line)]


def tracked():
    """The files of the repository as git lists them, and those that are not committed yet."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts():
    for path in tracked():
        if path.suffix not in {".png", ".gz"} and path.name != "test_distribution.py":
            yield path.relative_to(ROOT), path.read_text(encoding="utf-8", errors="replace")


def test_no_text_installs_the_package_of_somebody_else():
    assert NAME == "archc-nn"
    assert {str(path): strangers(text) for path, text in texts() if strangers(text)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "pip install archc",
        "run `pip install archc` first",
        "python -m pip install -q 'archc[train]'",
        "help: pip install --upgrade archc",
        "pip install torch archc",
        'the extra "archc[tensorboard]"',
        "archc==0.1.0",
        '"${VERSION:+archc==}$VERSION"',
        "uv add archc",
        "uv tool install archc",
        "pipx run archc",
        "pip show archc",
    ],
)
def test_a_text_that_installs_it_is_found(text):
    assert strangers(text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "pip install 'archc-nn[train]'",
        "pip install -c constraints.txt -e '.[dev]'",
        "pip install git+https://github.com/OWNER/archc",
        "pip install . && archc check",
        "archc-nn==0.1.0",
        "archc[W603]",
    ],
)
def test_a_text_that_installs_this_project_is_not(text):
    assert strangers(text) == []


@pytest.mark.parametrize("extra", ["train", "tensorboard"])
def test_the_help_for_a_missing_package_names_an_extra_of_this_distribution(extra):
    fault = catalog.training.MissingExtra(command="`archc train`", package="PyTorch", extra=extra)
    assert fault.help() == f"pip install '{NAME}[{extra}]'"
    assert extra in PROJECT["optional-dependencies"]
