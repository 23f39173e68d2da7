"""`archc schema`."""

import json


def test_schema_prints_the_schema(archc):
    assert json.loads(archc("schema")[1])["$schema"].startswith("http://json-schema.org/draft-07")
