"""Every fault there is: its code, its slug, its documentation, and the specs in it."""

import re
import sys
from pathlib import Path

import pytest

from archc.diagnostics import catalog as package
from archc.diagnostics.catalog import faults, find
from archc.reference import documentation, examples
from tests.support.reading import front, marked

WITHOUT_EXAMPLES = {
    "unreadable-file": "has no text; tests/syntax/test_limits.py",
    "not-utf8": "is about bytes; tests/syntax/test_limits.py",
    "control-character": "would put one into our source; tests/syntax/test_yaml.py",
    "tab-indentation": "would put a tab into our source; tests/syntax/test_yaml.py",
    "empty-document": "has no line to mark; tests/syntax/test_yaml.py",
    "invalid-json": "examples are YAML; tests/syntax/test_json.py",
    "file-too-large": "too long to print; tests/syntax/test_limits.py",
    "nested-too-deep": "too long to print; tests/syntax/test_limits.py",
    "too-many-nodes": "too long to print; tests/syntax/test_limits.py",
    "scalar-too-long": "too long to print; tests/syntax/test_limits.py",
    "too-many-layers": "too long to print; tests/elaborate/test_layers.py",
    "rank-too-large": "too long to print; tests/elaborate/test_mistakes.py",
    "expression-too-large": "too long to print; tests/expressions",
    "defined-twice": "is about two files; tests/elaborate/test_includes.py",
    "include-not-found": "is about two files; tests/elaborate/test_includes.py",
    "include-outside": "is about two files; tests/elaborate/test_includes.py",
    "include-circle": "is about two files; tests/elaborate/test_includes.py",
    "includes-too-large": "is about two files; tests/elaborate/test_includes.py",
    "includes-too-deep": "it takes 101 files",
    "invalid-settings": "is about archc.toml; tests/test_settings.py",
    "override-path": "is about the command line; tests/elaborate/test_overrides.py",
    "no-train-section": "is a fault of `archc train` alone; tests/training",
    "data-not-found": "is about the machine; tests/training",
    "no-such-column": "is about files; tests/data/test_table.py",
    "table-unusable": "is about files; tests/data/test_table.py",
    "arrays-unusable": "is about files; tests/data/test_arrays.py",
    "files-not-found": "is about files; tests/data/test_columns.py",
    "cells-unusable": "is about files; tests/data/test_columns.py",
    "column-of-text": "is about files; tests/data/test_columns.py",
    "classes-differ": "is about files; tests/data/test_columns.py",
    "folder-unusable": "is about files; tests/data/test_image_folder.py",
    "images-differ": "is about files; tests/data/test_image_folder.py",
    "files-unreadable": "is about files; tests/data/test_image_folder.py",
    "not-image-files": "is about files; tests/data/test_image_folder.py",
    "data-corrupt": "is about files; tests/training",
    "no-such-device": "is about the machine; tests/training",
    "loss-not-finite": "happens while training; tests/training",
    "no-validation-samples": "is a fault of `archc eval`; tests/runs",
    "no-test-samples": "is a fault of `archc eval`; tests/training/test_regression.py",
    "data-not-passed": "is about a Python program; tests/training/test_regression.py",
    "arrays-do-not-fit": "is about a Python program; tests/training/test_regression.py",
    "no-such-token": "happens while training; tests/training/test_regression.py",
    "out-of-memory": "is about the machine; tests/training",
    "too-few-outputs-for-metric": "needs a data set with few classes, and the ones there are have ten",
    "not-deterministic": "happens while training; tests/training",
    "missing-extra": "is about the machine; tests/cli",
    "cuda-only-argument": "is about the machine; tests/training",
    "no-cuda-graph": "is about the machine; tests/training/test_capture.py",
    "sample-does-not-fit": "is about files; tests/training",
    "checkpoint-skipped": "is about files; tests/training",
    "checkpoint-not-written": "is about the machine; tests/training",
    "resume-not-exact": "is about the machine; tests/training",
    "process-lost": "happens while training; tests/distributed/test_distributed.py",
    "device-of-one-process": "is about several processes; tests/distributed/test_distributed.py",
    "share-of-one": "is about several processes; tests/distributed/test_distributed.py",
    "samples-apart": "is about several processes; tests/training/test_tasks.py",
    "targets-unusable": "is about the data; tests/training/test_tasks.py",
    "batch-norm-apart": "is about several processes; tests/distributed/test_distributed.py",
    "precision-emulated": "is about the machine; tests/training/test_control.py",
    "cuda-graph-refused": "is about the machine; tests/training/test_capture.py",
}

CASES = [
    pytest.param(fault, example, id=f"{fault.slug}-{'good' if example.good else 'bad'}-{index}")
    for fault in faults()
    for index, example in enumerate(examples(fault))
]


@pytest.mark.parametrize(("fault", "example"), CASES)
def test_an_example_has_exactly_the_diagnostics_that_it_marks(fault, example):
    report = front(example.text).report
    assert sorted((d.span.first.line, d.severity, d.slug) for d in report) == marked(example.text)
    assert bool(marked(example.text)) != example.good
    assert all(slug == fault.slug for _, _, slug in marked(example.text))


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.slug)
def test_a_fault_has_examples_or_a_reason(fault):
    kinds = [example.good for example in examples(fault)]
    if fault.slug in WITHOUT_EXAMPLES or fault.code.startswith("E5"):
        assert kinds == [], "it has examples now: delete it from the table"
    else:
        assert True in kinds
        assert False in kinds


def test_the_table_of_faults_without_examples_names_faults():
    assert set(WITHOUT_EXAMPLES) <= {fault.slug for fault in faults()}


def test_codes_and_slugs_are_unique():
    assert len({fault.code for fault in faults()}) == len(faults())
    assert len({fault.slug for fault in faults()}) == len(faults())


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.slug)
def test_the_code_is_of_the_family_of_its_module(fault):
    assert sys.modules[fault.__module__].fault is fault.family
    assert fault.code.startswith(fault.family.codes)
    assert re.fullmatch(r"[EW][1-6][0-9]{2}", fault.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", fault.slug)
    assert fault.severity == ("warning" if fault.code.startswith("W") else "error")


@pytest.mark.parametrize("fault", faults(), ids=lambda fault: fault.slug)
def test_the_documentation_begins_with_a_sentence(fault):
    first = documentation(fault).splitlines()[0]
    assert first[0].isupper() or first[0] == "`"
    assert "`" in first or first.endswith(".")


def test_every_module_of_the_catalog_is_listed():
    modules = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__"}
    assert {fault.__module__.rpartition(".")[2] for fault in faults()} == modules


def test_codes_are_in_order():
    codes = [fault.code for fault in faults()]
    assert codes == sorted(codes)


@pytest.mark.parametrize("text", ["E301", "e301", "window-too-large", "Window-Too-Large"])
def test_a_fault_is_found_by_code_and_slug_in_any_case(text):
    assert find(text).__name__ == "WindowTooLarge"


def test_an_unknown_code_is_not_found():
    assert find("E999") is None


def said():
    """The messages of all diagnostics of all bad examples."""
    return [d for fault in faults() for e in examples(fault) if not e.good for d in front(e.text).report]


def test_messages_are_lower_case_and_have_no_final_period():
    for diagnostic in said():
        first = diagnostic.message[0]
        assert (
            first.islower() or not first.isalpha() or diagnostic.message.startswith(("YAML", "MNIST", "FashionMNIST"))
        )
        assert not diagnostic.message.endswith(".")
        assert all(not text.endswith(".") for text in diagnostic.helps)


def test_a_fix_mends_its_fault_and_makes_no_other():
    mended = 0
    for diagnostic in said():
        for fix in diagnostic.fixes:
            text = diagnostic.span.source.text
            for edit in sorted(fix.edits, key=lambda edit: -edit.span.start):
                text = text[: edit.span.start] + edit.text + text[edit.span.end :]
            slugs = [d.slug for d in front(text).report]
            assert diagnostic.slug not in slugs
            mended += 1
    assert mended >= 5
