"""Every limit of a document holds at n, not at n + 1, and costs bounded time and memory."""

import time

import pytest

from archc.diagnostics.report import Report
from archc.source import SourceFile
from archc.syntax import limits
from archc.syntax.read import parse, read_source


def slugs(text, format_="yaml"):
    report = Report()
    parse(SourceFile("x", text), report, format_)
    return [diagnostic.slug for diagnostic in report]


def verdicts(limit, at, fault):
    """Assert that `at(n)` is fine for a limit less one and the limit, and gives the fault for one more."""
    assert [at(limit - 1), at(limit), at(limit + 1)] == [[], [], [fault]]


@pytest.mark.parametrize("format_", ["yaml", "json"])
def test_nesting(format_):
    verdicts(limits.NESTING, lambda n: slugs("[" * n + "]" * n, format_), "nested-too-deep")


def test_nesting_of_block_lists():
    verdicts(limits.NESTING, lambda n: slugs("- " * n + "x"), "nested-too-deep")


def test_nesting_through_an_alias():
    head = "a: &k " + "[" * 50 + "]" * 50 + "\nb: "
    verdicts(limits.NESTING, lambda n: slugs(head + "[" * (n - 51) + "*k" + "]" * (n - 51)), "nested-too-deep")


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["yaml", "json"])
def test_nodes(format_):
    verdicts(limits.NODES, lambda n: slugs("[" + "0," * (n - 2) + "0]", format_), "too-many-nodes")


def test_expanded_nodes():
    thousand = "a: &k [" + "0," * 998 + "0]\n"
    rest = 1 + 1 + 1000 + 1 + 1 + 998 * 1000
    verdicts(
        limits.EXPANDED_NODES,
        lambda n: slugs(thousand + "b: [" + "*k," * 998 + "0," * (n - rest) + "]\n"),
        "too-many-nodes",
    )


def test_expanded_nodes_count_over_all_levels_together():
    thousand = "a: &k [" + "0," * 998 + "0]\n"
    assert slugs(thousand + "b: " + ("[" + "*k," * 600) * 2 + "]]") == ["too-many-nodes"]


def test_an_alias_bomb_is_refused_at_once():
    lines = ["a0: &a0 [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 60)]
    start = time.process_time()
    assert slugs("\n".join(lines)) == ["too-many-nodes"]
    assert time.process_time() - start < 2


@pytest.mark.parametrize("format_", ["yaml", "json"])
@pytest.mark.parametrize("letter", ["x", "é", "日", "\U0001f600"])
def test_scalar_bytes(format_, letter):
    size = len(letter.encode())
    fill = {0: "", 1: "x", 2: "xx", 3: "xxx"}

    def at(n):
        return slugs(f'"{letter * (n // size)}{fill[n % size]}"', format_)

    verdicts(limits.SCALAR_BYTES, at, "scalar-too-long")


def test_plain_and_block_scalars_are_scalars_too():
    verdicts(limits.SCALAR_BYTES, lambda n: slugs("x" * n), "scalar-too-long")
    verdicts(limits.SCALAR_BYTES, lambda n: slugs("|-\n  " + "x" * n), "scalar-too-long")


@pytest.mark.parametrize("format_", ["yaml", "json"])
def test_int_bits(format_):
    verdicts(2**63 - 1, lambda n: slugs(f"[{n}]", format_), "int-too-large")
    verdicts(2**63, lambda n: slugs(f"[-{n}]", format_), "int-too-large")


def test_file_bytes(tmp_path):
    path = tmp_path / "x.yaml"

    def at(n):
        report = Report()
        path.write_bytes(b"a: 1 #" + b"x" * (n - 6))
        read_source(str(path), report)
        return [diagnostic.slug for diagnostic in report]

    verdicts(limits.FILE_BYTES, at, "file-too-large")


@pytest.mark.parametrize("format_", ["yaml", "json"])
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_a_hundred_thousand_brackets_are_one_fault(format_, opening):
    start = time.process_time()
    assert slugs(opening.replace(":", ": ") * 100_000, format_) == ["nested-too-deep"]
    assert time.process_time() - start < 2


@pytest.mark.parametrize("format_", ["yaml", "json"])
def test_a_line_of_a_million_characters_is_read(format_):
    assert slugs("[" + "0, " * 150_000 + "0" + " " * 550_000 + "]", format_) == []


def test_a_missing_file_a_folder_and_a_bad_name_are_unreadable(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        report = Report()
        assert read_source(str(path), report) is None
        assert [diagnostic.slug for diagnostic in report] == ["unreadable-file"]


def test_bytes_that_are_not_utf8_are_shown_at_their_place(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes("é: 1\nb: ".encode() + b"\xff\n")
    report = Report()
    assert read_source(str(path), report) is None
    (diagnostic,) = report
    assert (diagnostic.slug, diagnostic.span.first.line, diagnostic.span.first.column) == ("not-utf8", 2, 4)
    assert "0xff at offset 9" in diagnostic.message
