"""Reports -> JUnit XML: a test case for each file, which fails once for each of its errors.

Source: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from archc.diagnostics.report import Diagnostic, Report
from archc.diagnostics.text import Style, render_one
from archc.diagnostics.visible import visible


def render(reports: Sequence[Report]) -> str:
    """One XML document for all files. Warnings do not fail a file; they are its output.

    Every text is made visible first, so that no character is left that XML 1.0 cannot hold.
    """
    failed = sum(not report.ok for report in reports)
    counts = {"tests": str(len(reports)), "failures": str(failed), "errors": "0"}
    root = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(root, "testsuite", {"name": "archc check"} | counts)
    for report in reports:
        _case(suite, report)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _case(suite: ElementTree.Element, report: Report) -> None:
    name = visible(report.file or "")
    case = ElementTree.SubElement(suite, "testcase", {"classname": "archc", "name": name, "file": name})
    for diagnostic in report.errors:
        facts = {"type": diagnostic.code, "message": visible(diagnostic.message)}
        ElementTree.SubElement(case, "failure", facts).text = _text(diagnostic)
    if warnings := report.warnings:
        ElementTree.SubElement(case, "system-out").text = "\n\n".join(map(_text, warnings))


def _text(diagnostic: Diagnostic) -> str:
    return render_one(diagnostic, Style(colour=False))
