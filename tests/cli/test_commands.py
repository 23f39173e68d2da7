"""The commands that need no torch: what they print, where, and how they exit."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import archc as archc_package
from archc.cli.main import COMMANDS
from archc.recipe.train import Data, Train
from archc.terms.record import arguments

ROOT = Path(__file__).parents[2]
GOOD = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, Linear: 10]\n"
WARNED = "archc: 1\ninput: [1, 28, 28]\nlayers: [Linear: 10]\n"
WRONG = "archc: 1\ninput: [1, 28, 28]\nlayers: [Flatten, Linaer: 10]\n"


def test_check_prints_a_line_for_a_good_spec(archc, write):
    write("good.yaml", GOOD)
    assert archc("check", "good.yaml") == (0, "good.yaml: ok, 1 x 28 x 28 -> 10, 2 layers, 7,850 parameters\n", "")


def test_check_quietly_prints_nothing_for_good_specs_and_warnings(archc, write):
    write("good.yaml", GOOD)
    write("warned.yaml", WARNED)
    assert archc("check", "-q", "good.yaml", "warned.yaml") == (0, "", "")


def test_check_prints_errors_of_every_file_and_a_summary(archc, write):
    write("good.yaml", GOOD)
    write("wrong.yaml", WRONG)
    write("warned.yaml", WARNED)
    code, out, err = archc("check", "wrong.yaml", "good.yaml", "warned.yaml")
    assert (code, err) == (1, "")
    assert "error[E205]: there is no layer `Linaer`" in out
    assert "wrong.yaml:3:19" in out
    assert "good.yaml: ok" in out
    assert out.endswith("1 error, 1 warning in 1 of 3 files\n2 fixable with --fix --unsafe-fixes\n")


def test_a_warning_alone_is_fine(archc, write):
    write("warned.yaml", WARNED)
    code, out, _ = archc("check", "warned.yaml")
    assert code == 0
    assert "warning[W601]" in out


def test_a_file_that_is_not_there_is_a_usage_error_that_names_it(archc):
    code, out, err = archc("check", "nowhere.yaml")
    assert (code, err) == (2, "")
    assert "error[E101]: cannot read `nowhere.yaml`: No such file or directory" in out


def test_a_folder_is_not_a_spec(archc, tmp_path):
    (tmp_path / "folder").mkdir()
    assert archc("check", "folder")[0] == 2


def test_wrong_specs_weigh_less_than_unreadable_ones(archc, write):
    write("wrong.yaml", WRONG)
    assert archc("check", "wrong.yaml", "nowhere.yaml")[0] == 2


def test_check_as_json_follows_the_contract(archc, write):
    write("wrong.yaml", WRONG)
    write("good.yaml", GOOD)
    code, out, _ = archc("check", "--format", "json", "wrong.yaml", "good.yaml")
    document = json.loads(out)
    assert code == 1
    assert document["version"] == 1
    assert document["summary"] == {"files": 2, "errors": 1, "warnings": 0}
    (found,) = document["diagnostics"]
    assert found["span"] == {
        "start": {"line": 3, "column": 19, "offset": 46},
        "end": {"line": 3, "column": 25, "offset": 52},
    }
    assert (found["code"], found["slug"], found["severity"]) == ("E205", "unknown-layer", "error")
    assert (found["file"], found["path"]) == ("wrong.yaml", "layers[1]")
    assert found["fixes"] == [
        {
            "title": "write `Linear`",
            "applicability": "unsafe",
            "edits": [{"file": "wrong.yaml", "start": 46, "end": 52, "text": "Linear"}],
        }
    ]


@pytest.mark.parametrize("text", [GOOD, json.dumps({"archc": 1, "input": [4], "layers": ["ReLU"]}, indent="\t")])
def test_a_hyphen_reads_yaml_or_json_from_standard_input(archc, monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = archc("check", "-")
    assert (code, out[:5]) == (0, "-: ok")


def test_check_and_show_ask_about_another_input(archc, write):
    write("good.yaml", GOOD)
    assert "3 x 8 x 8 -> 10" in archc("check", "good.yaml", "--input", "3,8,8")[1]
    code, out, _ = archc("show", "good.yaml", "--input", "3,8,8", "--format", "json")
    assert (code, json.loads(out)["input"]["shape"]) == (0, [3, 8, 8])


@pytest.mark.parametrize("sizes", ["", "0", "3,x", "-1", "1," * 17, "2147483648"])
def test_an_input_that_is_no_shape_is_a_usage_error(archc, write, sizes):
    write("good.yaml", GOOD)
    code, _, err = archc("check", "good.yaml", f"--input={sizes}")
    assert code == 2
    assert "expected positive sizes" in err


def test_set_changes_the_spec_and_its_faults_point_into_the_setting(archc, write):
    write("good.yaml", GOOD)
    assert "20 x" not in archc("check", "good.yaml", "--set", "layers[1].Linear=20")[1]
    assert "-> 20," in archc("check", "good.yaml", "--set", "layers[1].Linear=20")[1]
    code, out, _ = archc("check", "good.yaml", "--set", "layers[1].Linear=0")
    assert code == 1
    assert "--> --set layers[1].Linear:1:1" in out


def test_a_setting_without_a_value_is_a_usage_error(archc, write):
    write("good.yaml", GOOD)
    assert archc("check", "good.yaml", "--set", "train.epochs")[0] == 2


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


def test_colours_are_there_when_asked_for(archc, write):
    write("wrong.yaml", WRONG)
    assert "\x1b[1;31merror[E205]" in archc("check", "wrong.yaml", "--color", "always")[1]
    assert "\x1b" not in archc("check", "wrong.yaml", "--color", "never")[1]


def test_no_color_wins_over_a_terminal(monkeypatch):
    from archc.cli.arguments import colour

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert colour("auto", Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour("auto", Terminal())
    assert colour("always", Terminal())


def test_explain_knows_every_topic_that_it_lists(archc):
    code, listed, _ = archc("explain")
    topics = [line.split()[0] for line in listed.splitlines()]
    assert code == 0
    assert len(topics) > 100
    for topic in topics:
        code, text, _ = archc("explain", topic)
        assert code == 0
        assert text.startswith(topic)


def test_explain_takes_slugs_and_codes_in_any_case(archc):
    assert archc("explain", "e301") == archc("explain", "window-too-large")


def test_explain_knows_every_key_of_the_train_section(archc):
    keys = [*arguments(Train), *(f"data.{key}" for key in arguments(Data))]
    for key in keys:
        code, out, _ = archc("explain", key)
        assert (code, out.partition(" ")[0]) == (0, f"train.{key}")
    assert archc("explain", "train.warmup") == archc("explain", "warmup")
    assert "CosineAnnealingLR" in archc("explain", "scheduler")[1]
    assert "default [bias, norm]" in archc("explain", "decay")[1]
    assert archc("explain", "data.lr")[0] != 0


def test_explain_suggests_for_a_misspelt_topic(archc):
    code, out, err = archc("explain", "conv2D")
    assert (code, out) == (2, "")
    assert "did you mean `Conv2d`?" in err


@pytest.mark.parametrize("layer", ["Conv2d", "MaxPool2d"])
def test_explain_states_torchs_size_formula_with_its_source(archc, layer):
    text = archc("explain", layer)[1]
    assert "H' = floor((H + 2 * padding - dilation * (kernel_size - 1) - 1) / stride) + 1" in text
    assert f"https://pytorch.org/docs/stable/generated/torch.nn.{layer}.html" in text


def test_new_writes_a_spec_that_checks_and_the_schema_that_its_first_line_names(archc, tmp_path):
    assert archc("new", "first")[:2] == (0, "first.yaml\n")
    assert archc("check", "first.yaml")[0] == 0
    assert (tmp_path / "first.yaml").read_text().startswith("# yaml-language-server: $schema=archc.schema.json\n")
    assert json.loads((tmp_path / "archc.schema.json").read_text())["definitions"]


def test_new_uses_the_schema_of_the_project(archc, tmp_path):
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema/archc.schema.json").write_text("{}")
    (tmp_path / "specs").mkdir()
    assert archc("new", "specs/first.yaml")[0] == 0
    assert "$schema=../schema/archc.schema.json" in (tmp_path / "specs/first.yaml").read_text()
    assert sorted(path.name for path in (tmp_path / "specs").iterdir()) == ["first.yaml"]


def test_new_never_writes_over_a_file(archc, write):
    write("first.yaml", "mine")
    code, _, err = archc("new", "first")
    assert code == 1
    assert "error[E512]: `first.yaml` exists" in err
    assert Path("first.yaml").read_text() == "mine"


def test_new_refuses_a_name_that_no_network_can_have(archc):
    assert archc("new", "First Net")[0] == 2
    assert list(Path().iterdir()) == []


def test_new_says_why_it_cannot_write(archc, write):
    write("file", "")
    code, _, err = archc("new", "file/first")
    assert code == 1
    assert "error[E502]: cannot write `file/first.yaml`" in err


def test_schema_prints_the_schema(archc):
    assert json.loads(archc("schema")[1])["$schema"].startswith("http://json-schema.org/draft-07")


def test_compile_writes_source_or_prints_it(archc, write):
    write("good.yaml", GOOD)
    code, printed, _ = archc("compile", "good.yaml", "-o", "-")
    assert code == 0
    assert "nn.Linear(784, 10)" in printed
    assert archc("compile", "good.yaml", "-o", "good.py", "-q") == (0, "", "")
    assert Path("good.py").read_text() == printed


def test_compile_of_a_wrong_spec_writes_nothing(archc, write):
    write("wrong.yaml", WRONG)
    write("model.py", "mine")
    assert archc("compile", "wrong.yaml", "-o", "model.py")[0] == 1
    assert Path("model.py").read_text() == "mine"
    assert sorted(path.name for path in Path().iterdir()) == ["model.py", "wrong.yaml"]


def test_compile_refuses_an_unknown_ending(archc, write):
    write("good.yaml", GOOD)
    code, _, err = archc("compile", "good.yaml", "-o", "good.bin")
    assert code == 2
    assert "none of the endings `.py`, `.safetensors`" in err


def test_compile_says_why_it_cannot_write(archc, write):
    write("good.yaml", GOOD)
    code, _, err = archc("compile", "good.yaml", "-o", "good.yaml/x.py")
    assert code == 1
    assert "error[E502]" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(archc, command):
    code, out, _ = archc(command, "--help")
    assert code == 0
    assert out.startswith(f"usage: archc {command}")
    assert "--quiet" in out
    assert "--color" in out


def test_archc_alone_prints_the_commands(archc):
    code, out, err = archc()
    assert (code, out) == (2, "")
    assert all(command in err for command in COMMANDS)
    assert archc("--help")[:2] == (0, err)


def test_an_unknown_command_is_a_usage_error_with_a_suggestion(archc):
    code, _, err = archc("chekc")
    assert code == 2
    assert "did you mean `check`?" in err


@pytest.mark.parametrize("arguments", [["check"], ["check", "--nonsense", "x"], ["show"], ["compile", "x.yaml"]])
def test_wrong_usage_exits_with_2(archc, arguments):
    assert archc(*arguments)[0] == 2


def test_version(archc):
    assert archc("--version") == (0, f"archc {archc_package.__version__}\n", "")


def test_a_bug_exits_with_70_and_shows_no_traceback(archc, monkeypatch):
    monkeypatch.setattr("archc.cli.check.read_file", lambda *a: 1 / 0)
    code, out, err = archc("check", "x.yaml")
    assert (code, out) == (70, "")
    assert "this is a bug in archc" in err
    assert "Traceback" not in err
    monkeypatch.setenv("ARCHC_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        archc("check", "x.yaml")


def test_ctrl_c_exits_with_130(archc, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("archc.cli.check.read_file", interrupt)
    assert archc("check", "x.yaml")[0] == 130


def test_a_reader_that_goes_away_causes_no_traceback():
    command = f"{sys.executable} -m archc explain | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("A")


def test_output_in_a_locale_that_knows_only_ascii(write):
    path = write("é.yaml", "archc: 1\ninput: [4]\nlayers: [Ünit]\n")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "archc", "check", path], capture_output=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    assert "there is no layer `Ünit`" in done.stdout.decode()
    assert done.stderr == b""


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


def test_jsonl_github_and_concise_are_printed_file_by_file(archc, write):
    write("wrong.yaml", WRONG)
    write("good.yaml", GOOD)
    for name in ("concise", "jsonl", "github"):
        code, out, err = archc("check", "--format", name, "wrong.yaml", "good.yaml")
        assert (code, err) == (1, "")
        assert len(out.splitlines()) == 1
        assert "wrong.yaml" in out


def test_reports_are_written_beside_what_is_printed(archc, write):
    write("wrong.yaml", WRONG)
    write("good.yaml", GOOD)
    names = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")
    options = [part for name in names for part in ("--report", f"{name}=out.{name}")]
    code, printed, err = archc("check", "wrong.yaml", "good.yaml", *options)
    assert (code, err) == (1, "")
    assert printed == archc("check", "wrong.yaml", "good.yaml")[1]
    for name in names:
        shown = archc("check", "wrong.yaml", "good.yaml", "--format", name)[1]
        assert Path(f"out.{name}").read_text(encoding="utf-8") == shown


def test_a_report_has_no_colours(archc, write):
    write("wrong.yaml", WRONG)
    archc("check", "wrong.yaml", "--color", "always", "--report", "text=out.txt")
    assert "\x1b" not in Path("out.txt").read_text()


def test_a_report_that_cannot_be_written_is_a_diagnostic_and_exits_with_2(archc, write):
    write("good.yaml", GOOD)
    write("file", "")
    code, out, err = archc("check", "good.yaml", "--report", "json=file/x.json", "--report", "junit=out.xml")
    assert code == 2
    assert "good.yaml: ok" in out
    assert "error[E502]: cannot write `file/x.json`" in err
    assert Path("out.xml").read_text().startswith("<?xml")


def test_a_report_replaces_an_older_one_and_is_written_through_a_link(archc, write, tmp_path):
    write("good.yaml", GOOD)
    write("real.json", "old")
    (tmp_path / "link.json").symlink_to("real.json")
    assert archc("check", "good.yaml", "--report", "json=link.json")[0] == 0
    assert json.loads(Path("real.json").read_text())["version"] == 1
    assert Path("link.json").is_symlink()


def test_a_report_to_a_pipe_is_written_into_it(archc, write, tmp_path):
    write("good.yaml", GOOD)
    os.mkfifo(tmp_path / "pipe")
    reader = subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, cwd=tmp_path)
    assert archc("check", "good.yaml", "--report", "json=pipe")[0] == 0
    assert json.loads(reader.communicate()[0])["summary"]["files"] == 1


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        (["json=good.yaml"], "would be written over the spec `good.yaml`"),
        (["json=./x", "sarif=x"], "would be written over --report json=./x"),
        (["json"], "expected FORMAT=FILE"),
        (["json="], "expected FORMAT=FILE"),
        (["xml=x"], "expected FORMAT=FILE"),
    ],
)
def test_a_report_that_would_destroy_something_is_refused(archc, write, reports, said):
    write("good.yaml", GOOD)
    code, out, err = archc("check", "good.yaml", *(f"--report={report}" for report in reports))
    assert (code, out) == (2, "")
    assert said in err
    assert Path("good.yaml").read_text() == GOOD
    assert [path.name for path in Path().iterdir()] == ["good.yaml"]


def test_people_are_shown_a_hundred_diagnostics_and_told_of_the_others(archc, write):
    write("many.yaml", "archc: 1\ninput: [4]\nlayers:\n" + "  - Linear: 0\n" * 150)
    code, out, _ = archc("check", "many.yaml")
    assert code == 1
    assert out.count("error[E209]") == 100
    assert out.endswith("\n\n... and 50 more in many.yaml\n\n150 errors in 1 of 1 file\n")
    assert archc("check", "many.yaml", "--max-diagnostics", "7")[1].count("error[E209]") == 7
    assert archc("check", "many.yaml", "--max-diagnostics", "0")[1].count("error[E209]") == 150
    assert archc("show", "many.yaml")[2].count("error[E209]") == 100


def test_programs_are_given_every_diagnostic(archc, write):
    write("many.yaml", "archc: 1\ninput: [4]\nlayers:\n" + "  - Linear: 0\n" * 150)
    assert len(json.loads(archc("check", "many.yaml", "--format", "json")[1])["diagnostics"]) == 150
    assert len(archc("check", "many.yaml", "--format", "concise")[1].splitlines()) == 150


def test_errors_are_shown_rather_than_warnings(archc, write):
    warned = "archc: 1\ninput: [1, 28, 28]\nlayers:\n" + "  - Linear: 10\n" * 150
    write("many.yaml", warned + "expect: {params: 1}\n")
    out = archc("check", "many.yaml", "--max-diagnostics", "2")[1]
    assert out.index("warning[W601]") < out.index("error[E360]")
    assert out.count("warning[") == 1


@pytest.mark.parametrize("number", ["-1", "x", "", "1e3", "9" * 20])
def test_a_number_of_diagnostics_that_is_none_is_a_usage_error(archc, write, number):
    write("good.yaml", GOOD)
    assert archc("check", "good.yaml", f"--max-diagnostics={number}")[0] == 2


LINTED = "archc: 1\ninput: [4]\nlayers:\n  - Softmax\n  - Softmax: 0\n"


def test_levels_on_the_command_line_are_by_code_slug_or_all_and_the_last_wins(archc, write):
    write("x.yaml", LINTED)
    assert archc("check", "x.yaml")[0] == 0
    code, out, _ = archc("check", "x.yaml", "--deny", "W605,softmax-without-dim")
    assert code == 1
    assert "error[W605]" in out
    assert "error[W606]" in out
    assert "\n2 errors in 1 of 1 file\n" in out
    code, out, _ = archc("check", "x.yaml", "--deny", "all", "--warn", "w606", "--allow", "W605")
    assert code == 0
    assert "warning[W606]" in out
    assert "W605" not in out
    assert archc("check", "x.yaml", "--allow", "W605", "--deny", "all")[1].count("error[") == 2


@pytest.mark.parametrize("command", ["check", "train", "compile"])
@pytest.mark.parametrize(
    ("lint", "said"),
    [
        ("W999", "there is no lint `W999`"),
        ("softmax-witout-dim", "did you mean `softmax-without-dim`?"),
        ("E301", "`E301` is an error, and only lints have a level"),
        ("", "there is no lint ``"),
        ("W605,,", "there is no lint ``"),
    ],
)
def test_a_level_for_what_is_no_lint_is_a_usage_error(archc, write, command, lint, said):
    write("x.yaml", LINTED)
    options = ["-o", "x.py"] if command == "compile" else []
    code, out, err = archc(command, "x.yaml", *options, f"--deny={lint}")
    assert (code, out) == (2, "")
    assert said in err


def test_a_denied_lint_is_an_error_in_every_format(archc, write):
    write("x.yaml", LINTED)
    deny = ("check", "x.yaml", "--deny", "all", "--format")
    assert json.loads(archc(*deny, "json")[1])["summary"] == {"files": 1, "errors": 2, "warnings": 0}
    assert archc(*deny, "jsonl")[1].count('"severity": "error"') == 2
    assert archc(*deny, "github")[1].count("::error ") == 2
    assert archc(*deny, "concise")[1].count(": error[W60") == 2
    assert archc(*deny, "gitlab")[1].count('"severity": "major"') == 2
    assert archc(*deny, "junit")[1].count("<failure ") == 2
    results = json.loads(archc(*deny, "sarif")[1])["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error", "error"]


def test_every_command_that_reads_specs_honours_archc_toml_and_comments(archc, write):
    write("x.yaml", LINTED)
    write("archc.toml", '[lints]\nW605 = "deny"\nW606 = "allow"\n')
    assert [archc(*command)[0] for command in (["check", "x.yaml"], ["show", "x.yaml"])] == [1, 1]
    assert archc("compile", "x.yaml", "-o", "x.py")[0] == 1
    code, _, err = archc("train", "x.yaml")
    assert code == 1
    assert "error[W605]" in err
    assert "W606" not in err
    assert archc("compile", "x.yaml", "-o", "x.py", "-q", "--warn", "W605")[0] == 0
    write("x.yaml", LINTED.replace("Softmax: 0", "Softmax: 0  # archc: allow[W605] on purpose"))
    assert archc("show", "x.yaml")[0] == 0


def test_a_folder_stands_for_the_specs_in_it(archc, write, tmp_path):
    for folder in ("specs/deep", "specs/.hidden"):
        (tmp_path / folder).mkdir(parents=True)
    write("specs/b.yaml", GOOD)
    write("specs/deep/a.yml", GOOD)
    write("specs/c.JSON", json.dumps({"archc": 1, "input": [4], "layers": ["ReLU"]}))
    write("specs/d.yaml", "\ufeff# a comment\narchc : 1\ninput: [4]\nlayer: [ReLU]\n")
    write("specs/parts.yaml", "archc: 1\nblocks: {}\n")
    write("specs/ci.yaml", "jobs: {archc: {input: 1}}\n")
    write("specs/notes.txt", GOOD)
    write("specs/.hidden/x.yaml", GOOD)
    (tmp_path / "specs/link.yaml").symlink_to("b.yaml")
    code, out, err = archc("check", "specs")
    assert (code, err) == (1, "")
    assert [line.partition(":")[0] for line in out.splitlines() if ": ok, " in line] == [
        "specs/b.yaml",
        "specs/c.JSON",
        "specs/deep/a.yml",
    ]
    assert "specs/d.yaml:4:1" in out
    assert "in 1 of 4 files\n" in out


def test_a_report_is_not_written_over_a_spec_of_a_folder(archc, write, tmp_path):
    (tmp_path / "specs").mkdir()
    write("specs/x.yaml", GOOD)
    assert archc("check", "specs", "--report", "json=specs/x.yaml")[0] == 2
    assert Path("specs/x.yaml").read_text() == GOOD
