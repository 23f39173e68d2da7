"""The tools of the house: commits are checked by what CI runs, and the contracts about imports leave no room out."""

import tomllib

import yaml

from tests.support.places import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
MAY_USE_TORCH = {"runs", "training", "lowering", "distributed", "data", "machine", "files"}
BACKENDS_IN_TORCH = {"torch", "torch_modules", "export"}


def test_a_commit_is_checked_by_what_ci_runs():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"], "nothing is downloaded"
    hooks = [hook["entry"].removeprefix("python3 dev.py ") for hook in config["repos"][0]["hooks"]]
    script = (ROOT / ".ci/run").read_text().splitlines()
    start = next(number for number, line in enumerate(script) if line.startswith('step "lint'))
    assert hooks == script[start + 1 : script.index("", start)]


def rooms(folder):
    """The folders and modules in a folder of the package, but for the package's own files."""
    folders = {path.parent.name for path in folder.glob("*/__init__.py")}
    return folders | {path.stem for path in folder.glob("[!_]*.py")}


def test_every_room_may_use_torch_or_is_held_not_to():
    contract = CONTRACTS["Only the torch backends and training import torch"]
    held = {name.removeprefix("archc.") for name in contract["source_modules"]}
    assert {name for name in held if "." not in name} == rooms(ROOT / "archc") - MAY_USE_TORCH - {"backends"}
    backends = {name.removeprefix("backends.") for name in held if "." in name}
    assert backends == rooms(ROOT / "archc/backends") - BACKENDS_IN_TORCH


def test_functions_are_simple():
    lint = PROJECT["tool"]["ruff"]["lint"]
    assert "C90" in lint["select"]
    assert lint["mccabe"]["max-complexity"] <= 10
