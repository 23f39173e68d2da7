"""The distribution: its name wherever something installs it."""

import re
import runpy
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


def packed():
    """The script of CI that compares the distributions with the repository."""
    return runpy.run_path(str(ROOT / ".ci/packed.py"))


REPOSITORY = {"LICENSE", "README.md", "archc/__init__.py", "archc/py.typed", "archc/data/bundled/MNIST/LICENSE"}
WHEEL = [
    "archc/__init__.py",
    "archc/py.typed",
    "archc/data/bundled/MNIST/LICENSE",
    "archc_nn-1.dist-info/METADATA",
    "archc_nn-1.dist-info/licenses/LICENSE",
    "archc_nn-1.dist-info/licenses/archc/data/bundled/MNIST/LICENSE",
]
SDIST = [f"archc_nn-1/{name}" for name in (*REPOSITORY, "PKG-INFO", "setup.cfg", "archc_nn.egg-info/SOURCES.txt")]


@pytest.mark.parametrize(("kind", "files"), [("wheel", WHEEL), ("sdist", SDIST)])
def test_a_distribution_that_lacks_a_file_or_has_one_too_many_is_found(kind, files):
    lacks = packed()[f"{kind}_lacks"]
    top = "" if kind == "wheel" else "archc_nn-1/"
    assert lacks(files, REPOSITORY) == (set(), set())
    assert lacks([name for name in files if "py.typed" not in name], REPOSITORY) == ({"archc/py.typed"}, set())
    assert lacks([name for name in files if "LICENSE" not in name], REPOSITORY)[0] >= {"LICENSE"}
    assert lacks([*files, f"{top}build/x.py"], REPOSITORY) == (set(), {"build/x.py"})


def test_the_oldest_packages_that_are_tried_are_the_lower_bounds():
    extras = PROJECT["optional-dependencies"]
    used = [text for text in PROJECT["dependencies"] + extras["train"] + extras["tensorboard"] if ">=" in text]
    lines = (ROOT / "constraints-oldest.txt").read_text().splitlines()
    tried = {line.replace("==", ">=") for line in lines if "==" in line}
    assert set(used) <= tried <= {*used, *extras["dev"]}
