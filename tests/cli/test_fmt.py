"""`archc fmt`: what is written, what is printed, and how it exits."""

import io
import sys

UGLY = "archc: 1\ninput: [ 4 ]\nlayers:\n- ReLU #x\n"
NEAT = "archc: 1\ninput: [4]\nlayers:\n  - ReLU  # x\n"


def test_a_file_is_formatted_in_place(archc, write):
    path = write("x.yaml", UGLY)
    assert archc("fmt", "x.yaml") == (0, "", "formatted 1 of 1 file\n")
    assert path.read_text() == NEAT
    assert archc("fmt", "x.yaml") == (0, "", "")


def test_check_names_the_files_that_would_change_and_writes_nothing(archc, write):
    path = write("x.yaml", UGLY)
    write("y.yaml", NEAT)
    assert archc("fmt", "--check", "x.yaml", "y.yaml") == (1, "x.yaml\n", "1 of 2 files would change\n")
    assert path.read_text() == UGLY
    assert archc("fmt", "--check", "y.yaml") == (0, "", "")


def test_diff_shows_what_would_change_and_writes_nothing(archc, write):
    path = write("x.yaml", UGLY)
    code, out, _ = archc("fmt", "--diff", "x.yaml")
    assert code == 1
    assert out.startswith("--- x.yaml\n+++ x.yaml\n@@ ")
    assert out.endswith(" layers:\n-- ReLU #x\n+  - ReLU  # x\n")
    assert path.read_text() == UGLY


def test_standard_input_is_formatted_to_standard_output(archc, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UGLY.encode())))
    assert archc("fmt", "-") == (0, NEAT, "")


def test_a_file_with_a_syntax_error_is_not_touched(archc, write):
    path = write("x.yaml", UGLY + "train: [1\n")
    other = write("y.yaml", UGLY)
    code, out, err = archc("fmt", "x.yaml", "y.yaml")
    assert (code, out) == (1, "")
    assert "error[E105]" in err
    assert path.read_text() == UGLY + "train: [1\n"
    assert other.read_text() == NEAT


def test_a_file_that_is_not_there_is_a_usage_error(archc):
    code, _, err = archc("fmt", "nowhere.yaml")
    assert code == 2
    assert "error[E101]" in err


def test_the_starter_of_new_is_formatted(archc):
    archc("new", "first")
    assert archc("fmt", "--check", "first.yaml") == (0, "", "")


def test_json_stays_json(archc, write):
    path = write("x.json", '{"archc":1}')
    archc("fmt", "x.json")
    assert path.read_text() == '{\n  "archc": 1\n}\n'
