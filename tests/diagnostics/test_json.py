"""`archc check --format json`, version 1: the shape that scripts rely on."""

import json

from archc.diagnostics.json import render
from archc.diagnostics.report import Report
from tests.support.reading import front, layer


def document(*reports):
    return json.loads(render(reports))


def test_a_diagnostic_has_exactly_the_keys_of_version_1():
    (diagnostic,) = document(front(layer("Linear: {in_features: 3, out_features: 2}", "[4]")).report)["diagnostics"]
    assert diagnostic == {
        "code": "E303",
        "slug": "size-mismatch",
        "severity": "error",
        "message": "`in_features` is 3, but the input has 4",
        "file": "x.yaml",
        "span": {
            "start": {"line": 4, "column": 14, "offset": 41},
            "end": {"line": 4, "column": 28, "offset": 55},
        },
        "path": "layers[0]",
        "labels": [
            {
                "file": "x.yaml",
                "span": {
                    "start": {"line": 2, "column": 1, "offset": 9},
                    "end": {"line": 2, "column": 11, "offset": 19},
                },
                "text": "the input is 4",
            }
        ],
        "notes": ["in layer `0` (Linear), which receives 4"],
        "helps": ["write 4, or delete `in_features`: it is inferred"],
        "fixes": [
            {
                "title": "delete `in_features`: it is inferred",
                "applicability": "safe",
                "edits": [{"file": "x.yaml", "start": 41, "end": 57, "text": ""}],
            }
        ],
    }


def test_the_summary_counts_files_errors_and_warnings():
    bad, warned, good = front(layer("Bogus")), front(layer("Linear: 2")), front(layer("ReLU"))
    found = document(bad.report, warned.report, good.report)
    assert found["version"] == 1
    assert found["summary"] == {"files": 3, "errors": 1, "warnings": 1}
    assert [d["severity"] for d in found["diagnostics"]] == ["error", "warning"]


def test_nothing_wrong_is_an_empty_list():
    assert document(Report("x.yaml")) == {
        "version": 1,
        "summary": {"files": 1, "errors": 0, "warnings": 0},
        "diagnostics": [],
    }


def test_offsets_are_code_points_from_0_and_columns_from_1():
    (diagnostic,) = document(front("archc: 1\ninput: [4]\nx-é: 日\nlayers: [{ReLU: {日: 1}}]\n").report)["diagnostics"]
    assert diagnostic["span"]["start"] == {"line": 4, "column": 18, "offset": 44}


def test_a_misspelt_name_has_a_safe_fix():
    (diagnostic,) = document(front(layer("Relu")).report)["diagnostics"]
    assert [fix["applicability"] for fix in diagnostic["fixes"]] == ["safe"]


def test_a_file_that_cannot_be_read_has_a_file_and_no_span():
    from archc.front import read_file

    (diagnostic,) = document(read_file("none/x.yaml").report)["diagnostics"]
    assert (diagnostic["code"], diagnostic["file"], diagnostic["span"], diagnostic["path"]) == (
        "E101",
        "none/x.yaml",
        None,
        None,
    )
