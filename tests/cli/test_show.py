"""`archc show`, and what it shares with `check`: other inputs and settings."""

import json

from tests.support.places import ROOT
from tests.support.texts import GOOD, WRONG


def test_check_and_show_ask_about_another_input(archc, write):
    write("good.yaml", GOOD)
    assert "3 x 8 x 8 -> 10" in archc("check", "good.yaml", "--input", "3,8,8")[1]
    code, out, _ = archc("show", "good.yaml", "--input", "3,8,8", "--format", "json")
    assert (code, json.loads(out)["input"]["shape"]) == (0, [3, 8, 8])


def test_set_changes_the_spec_and_its_faults_point_into_the_setting(archc, write):
    write("good.yaml", GOOD)
    assert "20 x" not in archc("check", "good.yaml", "--set", "layers[1].Linear=20")[1]
    assert "-> 20," in archc("check", "good.yaml", "--set", "layers[1].Linear=20")[1]
    code, out, _ = archc("check", "good.yaml", "--set", "layers[1].Linear=0")
    assert code == 1
    assert "--> --set layers[1].Linear:1:1" in out


def test_show_prints_a_table_without_colours_where_there_is_no_terminal(archc, write):
    write("good.yaml", GOOD)
    code, out, err = archc("show", "good.yaml")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert out.splitlines()[1].split()[:3] == ["path", "type", "arguments"]
    assert "parameters   7,850 (30.7 KiB)" in out


def test_show_prints_errors_to_standard_error_and_no_table(archc, write):
    write("wrong.yaml", WRONG)
    code, out, err = archc("show", "wrong.yaml")
    assert (code, out) == (1, "")
    assert "error[E205]" in err
    assert "archc: 1 error" in err


def test_show_as_csv_has_a_header_and_a_line_a_layer(archc, write):
    write("good.yaml", GOOD)
    lines = archc("show", "good.yaml", "--format", "csv")[1].splitlines()
    assert lines[0] == "path,type,arguments,output,params,macs,receptive_field"
    assert lines[2] == '1,Linear,"784, 10",10,7850,7840,'
    assert len(lines) == 3


def test_depth_folds_nested_layers_and_leaves_the_totals(archc):
    spec = ROOT / "specs/nested_sequential.yaml"
    folded = archc("show", spec, "--depth", "1")[1].splitlines()
    whole = archc("show", spec)[1].splitlines()
    assert [line.split()[0] for line in folded[2:6]] == ["layer1", "layer2", "flatten", "layer3"]
    assert len(whole) - len(folded) == 8
    assert folded[-3:] == whole[-3:]
    assert len(archc("show", spec, "--depth", "1", "--format", "csv")[1].splitlines()) == 5
    assert archc("show", spec, "--depth", "1", "--format", "markdown")[1].count("layer1") == 1


def test_sizes_say_where_a_network_is_valid_and_keeps_its_weights(archc):
    spec = str(ROOT / "specs/fashion_cnn.yaml")
    code, out, _ = archc("show", spec, "--sizes", "--depth", "0")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "valid for     H, W >= 8",
        "same weights  H, W 28 to 31 (`9`, Linear, has in_features 2304)",
    ]
    height, width = json.loads(archc("show", spec, "--sizes", "--format", "json")[1])["sizes"]["axes"]
    assert height["valid"] == width["valid"] == [{"first": 8, "last": None, "step": 1}]
    assert height["same_weights"] == [{"first": 28, "last": 31, "step": 1}]


def test_sizes_have_no_place_in_csv(archc):
    code, out, err = archc("show", str(ROOT / "specs/fashion_cnn.yaml"), "--sizes", "--format", "csv")
    assert (code, out) == (2, "")
    assert "no place in CSV" in err
