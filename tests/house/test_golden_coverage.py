"""Every fault that a spec alone can cause has a wrong spec in tests/golden/err."""

import re
from pathlib import Path

from archc.diagnostics.catalog import faults

BLESSED = Path(__file__).parents[1] / "golden/err"
CODE = re.compile(r"^(?:error|warning)\[([EW][0-9]{3})\]", re.MULTILINE)

WITHOUT_A_SPEC = {
    "E101": "no text to read",
    "E102": "bytes that are no text; tests/syntax/test_limits.py",
    "E116": "golden specs are YAML; tests/syntax/test_json.py",
    "E120": "4 MiB of text; tests/syntax/test_limits.py",
    "E123": "64 KiB of text; tests/syntax/test_limits.py",
    "E217": "a wrong command line; tests/elaborate/test_overrides.py",
    "E240": "two files; tests/elaborate/test_includes.py",
    "E245": "two files; tests/elaborate/test_includes.py",
    "E246": "two files; tests/elaborate/test_includes.py",
    "E247": "two files; tests/elaborate/test_includes.py",
    "E250": "101 files; tests/elaborate/test_includes.py",
    "E272": "archc.toml; tests/test_settings.py",
    "E476": "data that are a file; tests/data/test_table.py",
    "E477": "data that are a file; tests/data/test_table.py",
    "E482": "data that are files; tests/data/test_columns.py",
    "E483": "data that are files; tests/data/test_columns.py",
    "E484": "data that are files; tests/data/test_columns.py",
    "E485": "data that are files; tests/data/test_columns.py",
    "E444": "a folder of files; tests/data/test_image_folder.py",
    "E445": "a folder of files; tests/data/test_image_folder.py",
    "E446": "a folder of files; tests/data/test_image_folder.py",
    "W670": "a folder of files; tests/data/test_image_folder.py",
    "E486": "data that are a file; tests/data/test_arrays.py",
    "E401": "`archc train` without a `train` section",
    "E405": "data that is not there",
    "E406": "data that is broken",
    "E408": "another machine",
    "E409": "happens while training",
    "E410": "a package that is not installed",
    "E413": "another device",
    "E420": "another device",
    "E414": "a file given to `archc predict`",
    "E416": "another machine",
    "E417": "a run",
    "E418": "a run",
    "E465": "happens while training",
    "E467": "a data set with few classes; tests/checks",
    "E442": "the targets of samples; tests/training/test_tasks.py",
    "E443": "several processes",
    "E470": "several processes",
    "E471": "several processes",
    "E472": "several processes",
    "E473": "a Python program",
    "E474": "a Python program",
    "E481": "happens while training",
    "W650": "a run",
    "W651": "a run",
    "W652": "a run",
    "W653": "several processes",
    "W654": "a machine",
    "W655": "a device",
}
"""The faults that need more than a spec, each with what."""


def blessed_codes():
    return {code for path in BLESSED.rglob("*.txt") for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_fault_has_a_golden_spec_or_a_reason():
    of_specs = {fault.code for fault in faults() if not fault.code.startswith("E5")}
    assert of_specs - blessed_codes() == set(WITHOUT_A_SPEC), "a fault needs a golden spec, or has one and a reason"
