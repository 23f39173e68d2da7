"""Specs beside what archc says of them: `ok/` with the table of layers, `err/` with the diagnostics.

`pytest tests/golden --bless` rewrites the expected files; review them as code.
"""

import json
from pathlib import Path

import pytest

from archc.backends.table import as_data
from archc.diagnostics.report import Report
from archc.diagnostics.text import render
from archc.front import read
from archc.syntax.read import decode
from tests.support.reading import WithTaste, marked

HERE = Path(__file__).parent
OK = sorted((HERE / "ok").glob("*.yaml"))
WRONG = sorted((HERE / "err").rglob("*.yaml"))


def front(path):
    report = Report(path.name)
    source = decode(path.name, path.read_bytes(), report)
    assert source is not None
    return read(source, report, settings=WithTaste())


def compare(path, text, bless):
    """Hold a text against its blessed file, or bless it."""
    if bless:
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), "nothing is blessed: run `pytest tests/golden --bless`"
    assert text == path.read_text(encoding="utf-8"), "not as blessed: run `pytest tests/golden --bless` and look"


@pytest.mark.parametrize("path", OK, ids=lambda path: path.stem)
def test_a_good_spec_has_the_blessed_table(path, bless):
    found = front(path)
    assert found.report.errors == ()
    data = as_data(found.network)
    rows = [json.dumps(row) for row in data.pop("layers")]
    text = json.dumps(data)[:-1] + ', "layers": [\n' + ",\n".join(rows) + "\n]}\n"
    assert json.loads(text) == as_data(found.network)
    compare(path.with_suffix(".json"), text, bless)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: str(path.relative_to(HERE / "err").with_suffix("")))
def test_a_wrong_spec_has_the_marked_and_the_blessed_diagnostics(path, bless):
    report = front(path).report
    found = sorted((d.span.first.line, d.severity, d.slug) for d in report)
    expected = marked(path.read_text(encoding="utf-8"))
    assert found == expected or (
        not expected and path.stem in UNMARKED and [d.slug for d in report] == UNMARKED[path.stem]
    )
    compare(path.with_suffix(".txt"), render(report), bless)


UNMARKED = {
    "empty": ["empty-document"],
    "allow_without_reason": ["allow-without-reason"],
    "control_character": ["control-character"],
    "unclosed_quote_at_the_end": ["unclosed-quote"],
    "unclosed_bracket_at_the_end": ["unclosed-bracket"],
    "unclosed_mapping": ["unclosed-bracket"],
}
"""Specs whose faulty line cannot have a remark, would have it as its reason, or is the end of the file."""


def test_there_are_enough_wrong_specs():
    assert len(WRONG) >= 150
    assert len(OK) >= 5


@pytest.mark.parametrize("folder", ["ok", "err"])
def test_every_blessed_file_has_its_spec(folder):
    files = [path for path in (HERE / folder).rglob("*") if path.is_file()]
    blessed = {path.with_suffix("") for path in files if path.suffix != ".yaml"}
    assert blessed == {path.with_suffix("") for path in files if path.suffix == ".yaml"}


def test_blessing_is_refused_in_ci(request, monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(request.config.option, "bless", True)
    with pytest.raises(pytest.fail.Exception):
        request.getfixturevalue("bless")
