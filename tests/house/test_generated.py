"""What is generated is committed, and not stale."""

import json
from pathlib import Path

from archc.reference.schema import json_schema

ROOT = Path(__file__).parents[2]


def test_the_committed_schema_is_the_generated_one():
    committed = json.loads((ROOT / "schema/archc.schema.json").read_text())
    assert committed == json_schema(), "stale: run `archc schema > schema/archc.schema.json`"
