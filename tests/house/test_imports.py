"""archc starts fast and works without torch, because heavy modules are loaded only where they are needed."""

import json
import os
import re
import subprocess
import sys

import pytest

from archc.diagnostics.formats import FORMATS
from tests.support.places import ROOT

HEAVY = (
    *("torch", "torchvision", "numpy", "rich", "pydantic", "pydantic_core", "matplotlib", "PIL"),
    *("importlib.metadata", "email", "asyncio", "ssl"),
)

LOADED = """
import json, sys
import archc.cli
sys.argv = ["archc"]
code = archc.cli.main({arguments!r})
print(json.dumps({{"code": code, "loaded": sorted(set({heavy!r}) & set(sys.modules))}}))
"""


def loaded_by(*arguments: str, extra: str = "") -> dict:
    """The exit code of a command, and which of the heavy modules it loaded, in a fresh interpreter."""
    code = extra + LOADED.format(arguments=list(arguments), heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "specs/fashion_cnn.yaml"),
        *(("check", "--format", name, "specs/fashion_cnn.yaml") for name in FORMATS),
        ("check", "--deny", "all", "specs/fashion_cnn.yaml"),
        ("show", "--format", "json", "specs/fashion_cnn.yaml"),
        ("fmt", "--check", "specs/fashion_cnn.yaml"),
        ("check", "--diff", "specs/fashion_cnn.yaml"),
        ("diff", "specs/fashion_cnn.yaml", "specs/fashion_cnn.yaml"),
        ("explain", "Conv2d"),
        ("schema",),
        ("compile", "specs/fashion_cnn.yaml", "-o", "-"),
    ],
    ids=" ".join,
)
def test_a_command_that_needs_no_torch_loads_nothing_heavy(arguments):
    assert loaded_by(*arguments) == {"code": 0, "loaded": []}


def test_the_table_of_show_loads_rich_and_nothing_else_that_is_heavy():
    assert loaded_by("show", "specs/fashion_cnn.yaml")["loaded"] == ["rich"]


@pytest.mark.torch
def test_the_test_above_sees_a_heavy_module_that_is_loaded():
    found = loaded_by("check", "specs/fashion_cnn.yaml", extra="import numpy\n")
    assert found["loaded"] == ["numpy"]


def families_loaded(*arguments: str) -> list[str]:
    """The families of faults that a command loads."""
    code = f"import sys; from archc.cli import main; main({list(arguments)!r}); print(*sys.modules, sep=chr(10))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return re.findall(r"^archc\.diagnostics\.catalog\.(\w+)$", done.stdout, re.MULTILINE)


def test_a_spec_without_findings_loads_no_family_of_faults():
    assert families_loaded("check", "specs/quickstart_mlp.yaml") == []
    assert families_loaded("check", "specs/fashion_cnn.yaml") == ["chain_lints"], "it allows lints by comment"


def test_importing_archc_loads_neither_torch_nor_numpy_nor_the_compiler():
    code = "import archc, sys; print([m for m in sys.modules if m.startswith(('torch', 'numpy', 'archc.', 'yaml'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_check_reads_no_documentation():
    code = "import archc.cli, sys; archc.cli.main(sys.argv[1:]); print([m for m in sys.modules if 'reference' in m])"
    command = [sys.executable, "-c", code, *["check", "specs/fashion_cnn.yaml", "tests/golden/err/tab.yaml"]]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    explained = [*command[:3], "explain", "E301"]
    done = subprocess.run(explained, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "archc.reference" in done.stdout.splitlines()[-1]


BLOCK = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "torchvision", "numpy", "safetensors"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Block())
"""


@pytest.mark.parametrize(
    "command", ["check specs/fashion_cnn.yaml", "show specs/fashion_cnn.yaml", "schema", "compile specs/x.yaml -o x.py"]
)
def test_commands_that_need_no_torch_work_where_it_is_not_installed(command, tmp_path):
    arguments = [str(ROOT / "specs/fashion_cnn.yaml") if a.startswith("specs/") else a for a in command.split()]
    code = BLOCK + f"import archc.cli\nsys.exit(archc.cli.main({arguments!r}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_command_that_needs_torch_says_how_to_install_it():
    code = BLOCK + "import archc.cli\nsys.exit(archc.cli.main(['train', 'specs/quickstart.yaml']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert "pip install 'archc-nn[train]'" in done.stderr
    assert "Traceback" not in done.stderr
