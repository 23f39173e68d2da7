"""What is generated is committed, and not stale."""

import json

import pytest

from archc.reference.pages import pages
from archc.reference.schema import json_schema
from tests.support.places import ROOT


def test_the_committed_schema_is_the_generated_one():
    committed = json.loads((ROOT / "schema/archc.schema.json").read_text())
    assert committed == json_schema(), "stale: run `archc schema > schema/archc.schema.json`"


@pytest.mark.parametrize("name", pages())
def test_the_committed_page_is_the_generated_one(name, bless):
    path = ROOT / "docs/reference" / name
    if bless:
        path.parent.mkdir(exist_ok=True)
        path.write_text(pages()[name], encoding="utf-8")
    assert path.read_text(encoding="utf-8") == pages()[name], (
        "stale: run `pytest tests/house/test_generated.py --bless`"
    )


def test_the_reference_has_no_other_pages():
    assert {path.name for path in (ROOT / "docs/reference").iterdir()} == set(pages())
