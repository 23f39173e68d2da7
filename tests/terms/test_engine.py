"""The engine of pydantic_core is loaded by itself, and is the one that pydantic uses."""

import subprocess
import sys

import pytest

from tests.support.places import ROOT

LOADED = "from archc.terms.engine import SchemaValidator, ValidationError\nimport sys\n"
ALONE = f"{LOADED}assert 'pydantic_core' not in sys.modules"
VERDICT = """
try:
    SchemaValidator({'type': 'int'}).validate_python('x')
except ValidationError as error:
    print(error.errors(include_url=False)[0]['type'])
"""


def output(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout


def test_the_engine_works_without_its_package():
    assert output(f"{ALONE}{VERDICT}") == "int_parsing\n"


def test_pydantic_that_comes_later_has_the_same_classes():
    code = f"{ALONE}\nimport pydantic, pydantic_core\nprint(pydantic.ValidationError is ValidationError)"
    assert output(f"{code}\nprint(pydantic_core.SchemaValidator is SchemaValidator)") == "True\nTrue\n"


@pytest.mark.parametrize(
    "before",
    ["import pydantic_core", "import importlib.util; importlib.util.find_spec = lambda _: None"],
    ids=["package loaded", "engine elsewhere"],
)
def test_otherwise_the_package_is_imported(before):
    assert output(f"{before}\n{LOADED}print('pydantic_core' in sys.modules){VERDICT}") == "True\nint_parsing\n"
