"""One mistake is one fault, at one place, with one help, whichever parser of YAML is there."""

import pytest
import yaml

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax import yaml_faults
from archc.syntax.yaml import read_yaml
from tests.support.places import ROOT, SPECS

WRONG = sorted((ROOT / "tests/golden/err").rglob("*.yaml"))
RIGHT = sorted(SPECS.glob("*.yaml"))


def told(text):
    """What is wrong with a text: the faults with their words, helps and places."""
    report = Report()
    read_yaml(SourceFile("x.yaml", text), report)
    return [(found.slug, found.message, tuple(found.helps), found.span.start, found.span.end) for found in report]


@pytest.fixture
def with_both(monkeypatch):
    """What libyaml's parser makes of a text, and what PyYAML's own one does."""
    if not yaml.__with_libyaml__:
        pytest.skip("PyYAML is without libyaml here")

    def tell(text):
        monkeypatch.setattr("archc.syntax.yaml.LOADER", yaml.CLoader)
        theirs = told(text)
        monkeypatch.setattr("archc.syntax.yaml.LOADER", yaml.Loader)
        return theirs, told(text)

    return tell


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_text_is_told_alike_with_libyaml_and_without(path, with_both):
    theirs, ours = with_both(path.read_text())
    assert ours == theirs


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_a_text_that_ends_too_early_is_told_alike(path, with_both):
    text = path.read_text()
    for end in range(1, len(text), 7):
        theirs, ours = with_both(text[:end])
        assert ours == theirs, text[:end][-60:]


@pytest.mark.parametrize("character", [": ", "-", "'", '"', "*", "@", "\\", " ", "\n"])
def test_a_text_with_a_character_too_many_is_told_alike(character, with_both):
    """Without those of `{a:[1]}`, where the grammars of the parsers differ: to libyaml, `a:[1]` is one word."""
    text = (SPECS / "fashion_cnn.yaml").read_text()
    for at in range(100, 400):
        theirs, ours = with_both(text[:at] + character + text[at:])
        assert ours == theirs, text[:at][-40:] + character


def test_a_tab_that_separates_is_no_text_that_needs_quotes(monkeypatch):
    monkeypatch.setattr("archc.syntax.yaml.LOADER", yaml.Loader)
    assert told("a:\t\t3\n") == [("invalid-yaml", "a tab cannot stand here", ("write a space",), 2, 3)]


def test_libyamls_own_limit_of_nesting_is_ours():
    """libyaml 0.2.6 stops at 1,000 open brackets on one line, before it gives the event of the first one."""
    text = "[" * 1001
    mark = yaml.Mark("x.yaml", 1000, 0, 1000, None, None)
    error = yaml.scanner.ScannerError("while increasing flow level", mark, "exceeded maximum nesting depth", mark)
    report = Report()
    yaml_faults.add(error, SourceFile("x.yaml", text), report)
    (found,) = report
    assert (found.slug, found.span.start) == ("nested-too-deep", 1000)
    assert "more than 100 deep" in found.message
