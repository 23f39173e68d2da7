"""Every format of `archc check`: well-formed for those who read it, whatever stands in a spec and its file's name.

`pytest tests/diagnostics --bless` rewrites formats/; review it as the output that it is.
"""

import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import jsonschema
import pytest

from archc.diagnostics.catalog.syntax import DuplicateKey, UnreadableFile
from archc.diagnostics.formats import FORMATS, render_all, render_file
from archc.diagnostics.report import Report
from archc.diagnostics.sarif import uri
from archc.source import SourceFile
from tests.support.reading import front, layer

HERE = Path(__file__).parent
SARIF_SCHEMA = json.loads((HERE / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
"""The published schema, https://json.schemastore.org/sarif-2.1.0.json."""

HOSTILE_NAME = "::error file=x,line=1::%0A\n::set-env name=A::\x1b[31m\u202e\udc80/é ]]>&<a>.yaml"
HOSTILE = """\
archc: 1
input: [1, 28, 28]
x-\u65e5\u672c: "\u202e \u200b ]]> <a>"
layers:
  - Linear: 10
  - "a::b,%0A%25]]>&<b>": 1
  - "[click](x:y)\\e[31m\\u202E\\uFFFE": 1
  - Conv2d: {kernal_size: 3, out_channels: {a: 1}}
  - Conv2d: {\u65e5\u672c: 3, out_channels: 4, kernel_size: 3}
"""


def hostile():
    """The report of a spec whose text and name try to be something else."""
    return front(HOSTILE, name=HOSTILE_NAME).report


def without_a_place():
    """The report of a file that cannot be read."""
    report = Report("gone.yaml")
    report.add(UnreadableFile(file="gone.yaml", reason="No such file"))
    return report


def mixed():
    """Reports with errors, warnings, neither, and an error without a place."""
    return [hostile(), front(layer("Linear: 10")).report, Report("good.yaml"), without_a_place()]


def rendered(name, *reports):
    """All of a format's text."""
    return (
        render_all(name, reports) if FORMATS[name].whole else "".join(render_file(name, report) for report in reports)
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_hostile_file_has_the_blessed_output(name, bless):
    path = HERE / "formats" / f"hostile.{name}"
    text = rendered(name, hostile())
    if bless:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "not as blessed: run `pytest tests/diagnostics --bless` and look"


@pytest.mark.parametrize("name", FORMATS)
def test_no_character_is_hidden_and_the_text_is_utf8(name):
    text = rendered(name, *mixed())
    assert text.replace("\n", "").isprintable()
    assert text.encode()
    assert text.endswith("\n")


@pytest.mark.parametrize("name", FORMATS)
def test_every_code_is_said(name):
    text = rendered(name, *mixed())
    for diagnostic in (found for report in mixed() for found in report):
        assert (diagnostic.slug if name == "gitlab" else diagnostic.code) in text


@pytest.mark.parametrize("name", [name for name, found in FORMATS.items() if not found.whole])
def test_nothing_wrong_is_no_text_where_each_file_has_its_own(name):
    assert render_file(name, Report("x.yaml")) == ""


# concise


def test_concise_is_a_line_a_diagnostic():
    lines = rendered("concise", front(layer("Linaer: 10")).report, without_a_place()).splitlines()
    assert lines == [
        "x.yaml:4:5: error[E205]: there is no layer `Linaer`",
        "gone.yaml: error[E101]: cannot read `gone.yaml`: No such file",
    ]


# jsonl


def test_each_line_is_a_diagnostic_of_the_json_document():
    lines = [json.loads(line) for line in rendered("jsonl", *mixed()).splitlines()]
    assert lines == json.loads(rendered("json", *mixed()))["diagnostics"]


def test_json_escapes_what_cannot_be_seen_and_keeps_its_value():
    text = rendered("json", hostile())
    assert "\\u202e" in text
    assert "é" in text
    assert json.loads(text)["diagnostics"][0]["file"] == HOSTILE_NAME


# github

COMMAND = re.compile(r"::(?P<level>error|warning) (?P<properties>[^:\n]*)::(?P<message>.*)")


def command(line):
    """A workflow command as the runner reads it."""
    match = COMMAND.fullmatch(line)
    properties = dict(item.split("=", 1) for item in match["properties"].split(","))
    decoded = {name: unquote_command(value) for name, value in properties.items()}
    return match["level"], decoded, unquote_command(match["message"])


def unquote_command(text):
    for sign, code in ((",", "%2C"), (":", "%3A"), ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


def test_a_diagnostic_is_one_command_with_its_place_and_help():
    (line,) = rendered("github", front(layer("Linaer: 10")).report).splitlines()
    assert line == (
        "::error file=x.yaml,line=4,endLine=4,col=5,endColumn=11,title=E205 unknown-layer"
        "::there is no layer `Linaer`%0Ahelp: did you mean `Linear`?"
    )


def test_hostile_text_makes_no_command_of_its_own():
    found = [command(line) for line in rendered("github", *mixed()).splitlines()]
    assert len(found) == sum(len(report) for report in mixed())
    for level, properties, message in found:
        assert level in ("error", "warning")
        assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
        assert re.fullmatch(r"[EW]\d{3} [a-z-]+", properties["title"])
        assert message
    assert {properties["file"] for _, properties, _ in found} == {
        "::error file=x,line=1::%0A\\x0a::set-env name=A::\\x1b[31m\\u{202e}\\u{dc80}/é ]]>&<a>.yaml",
        "x.yaml",
        "gone.yaml",
    }


def test_a_place_of_several_lines_has_no_columns():
    source = SourceFile("x.yaml", "one\ntwo\n")
    report = Report("x.yaml")
    report.add(DuplicateKey(key="k"), source.span(1, 6))
    _, properties, _ = command(rendered("github", report).rstrip())
    assert {name: properties[name] for name in properties if name != "title"} == {
        "file": "x.yaml",
        "line": "1",
        "endLine": "2",
    }


@pytest.mark.parametrize("name", ["text", "concise"])
def test_no_line_for_people_begins_like_a_command(name):
    report = front(layer("Linaer: 10"), name="::error::x.yaml").report
    assert not any(line.lstrip().startswith("::") for line in rendered(name, report).splitlines())


# gitlab


def test_gitlab_has_the_keys_of_the_code_quality_report():
    issues = json.loads(rendered("gitlab", *mixed()))
    assert len(issues) == sum(len(report) for report in mixed())
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["location"]["path"]


def test_fingerprints_are_unique_and_do_not_depend_on_lines():
    text = "archc: 1\ninput: [4]\nlayers: [Linaer: 1, Linaer: 1, Bogus]\n"
    before, after = front(text).report, front(f"# a comment\n\n{text}").report
    prints = [[issue["fingerprint"] for issue in json.loads(rendered("gitlab", report))] for report in (before, after)]
    assert prints[0] == prints[1]
    assert len(set(prints[0])) == 3


# junit


def test_junit_has_a_case_for_each_file_and_a_failure_for_each_error():
    root = ElementTree.fromstring(rendered("junit", *mixed()))
    suite = root.find("testsuite")
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases][1:] == ["x.yaml", "good.yaml", "gone.yaml"]
    assert [len(case.findall("failure")) for case in cases] == [len(report.errors) for report in mixed()]
    assert [case.find("system-out") is not None for case in cases] == [bool(report.warnings) for report in mixed()]
    assert (suite.get("tests"), suite.get("failures")) == ("4", "2")


def test_junit_has_only_characters_of_xml():
    legal = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
    assert legal.fullmatch(rendered("junit", *mixed()))


# sarif


def sarif(*reports):
    """A log that the published schema accepts."""
    log = json.loads(rendered("sarif", *reports))
    jsonschema.Draft4Validator(SARIF_SCHEMA).validate(log)
    return log["runs"][0]


def test_the_schema_accepts_every_log_and_refuses_a_wrong_one():
    assert len(sarif(*mixed())["results"]) == sum(len(report) for report in mixed())
    assert sarif()["results"] == []
    wrong = json.loads(rendered("sarif", *mixed()))
    wrong["runs"][0]["results"][0]["level"] = "fatal"
    assert not jsonschema.Draft4Validator(SARIF_SCHEMA).is_valid(wrong)


def test_the_schema_accepts_a_log_of_every_fault_with_an_example():
    from archc.diagnostics.catalog import faults
    from archc.diagnostics.documentation import examples

    reports = [front(e.text).report for fault in faults() for e in examples(fault) if not e.good]
    run = sarif(*reports)
    assert len(run["tool"]["driver"]["rules"]) > 80


def test_results_point_to_rules_and_artifacts():
    run = sarif(*mixed())
    assert run["columnKind"] == "unicodeCodePoints"
    rules, artifacts = run["tool"]["driver"]["rules"], run["artifacts"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for place in result["locations"]:
            location = place["physicalLocation"]["artifactLocation"]
            assert artifacts[location["index"]]["location"]["uri"] == location["uri"]
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert "bad" not in rule["help"]["markdown"].splitlines()[-1]


def test_every_checked_file_is_an_artifact():
    assert "good.yaml" in [artifact["location"]["uri"] for artifact in sarif(*mixed())["artifacts"]]


def test_regions_are_the_spans_and_fixes_mend_the_text():
    report = front(layer("Linaer: 10")).report
    (result,) = sarif(report)["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {
        "startLine": 4,
        "startColumn": 5,
        "endLine": 4,
        "endColumn": 11,
        "charOffset": report.diagnostics[0].span.start,
        "charLength": 6,
    }
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "Linear"}}]
    assert fix["properties"] == {"applicability": "unsafe"}


def test_labels_are_related_locations():
    report = front(layer("Linear: {in_features: 3, out_features: 2}", "[4]")).report
    (result,) = sarif(report)["results"]
    (related,) = result["relatedLocations"]
    assert related["message"]["text"] == "the input is 4"
    assert related["physicalLocation"]["region"]["startLine"] == 2


def test_a_message_never_becomes_a_link():
    messages = [result["message"]["text"] for result in sarif(hostile())["results"]]
    assert any("\\[click](x:y)" in message for message in messages)
    assert not any(re.search(r"(?<!\\)\[[^\]]*\]\(", message) for message in messages)


@pytest.mark.parametrize("name", ["specs/a.yaml", "a b#c?d.yaml", "a:b.yaml", "../x.yaml", "é.yaml", HOSTILE_NAME])
def test_a_file_name_is_a_uri_reference_that_names_it(name):
    written = urlsplit(uri(name))
    assert (written.scheme, written.netloc, written.query, written.fragment) == ("", "", "", "")
    assert unquote(written.path, errors="surrogateescape") == name
    assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri(name))


def test_an_absolute_file_name_is_a_file_uri():
    assert uri("/a b.yaml") == "file:///a%20b.yaml"
