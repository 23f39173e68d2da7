"""Without torch, all tests are collected but those that import it, and those are exactly the listed ones."""

import subprocess
import sys

import pytest

from tests.conftest import NEED_TORCH
from tests.support.places import ROOT

pytestmark = pytest.mark.slow

WITHOUT = """
import importlib
import sys

sys.modules.update(dict.fromkeys(("torch", "torchvision", "numpy", "safetensors", "PIL")))  # Python: not to be found
sys.path.insert(0, ".")
for path in sys.argv[1:]:
    try:
        importlib.import_module(path.removesuffix(".py").replace("/", "."))
    except ModuleNotFoundError as error:
        print(path, error.name)
    else:
        print(path, "-")
"""


def lacking(paths):
    """The module that each of these files lacks where neither torch nor what it brings is there; `-` for none."""
    command = [sys.executable, "-W", "ignore", "-c", WITHOUT, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(line.split() for line in done.stdout.splitlines())


def modules(place):
    """The files with tests, or with fixtures, at a place."""
    folder = ROOT / "tests" / place
    found = [folder] if folder.is_file() else [*folder.rglob("test_*.py"), *folder.rglob("conftest.py")]
    return {str(path.relative_to(ROOT)) for path in found}


LISTED = {place: modules(place) for place in NEED_TORCH}


def test_what_is_not_listed_is_imported_without_torch():
    others = sorted(modules(".") - set().union(*LISTED.values()))
    assert {path: name for path, name in lacking(others).items() if name != "-"} == {}


def test_what_is_listed_needs_torch():
    lacks = lacking(sorted(set().union(*LISTED.values())))
    assert {place for place, paths in LISTED.items() if all(lacks[path] == "-" for path in paths)} == set()
