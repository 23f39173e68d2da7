"""train, eval and predict from the command line, on the bundled sample and a small network."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors import safe_open

from archc.cli.progress import duration
from tests.support.places import ROOT

SMALL = """\
archc: 1
name: small
input: [1, 28, 28]
layers: [Flatten, Linear: 16, ReLU, Dropout: 0.1, Linear: 10]
train:
  data: {name: FashionMNIST, source: bundled, validation: {first: 1000}}
  loss: CrossEntropyLoss
  optimizer: {Adam: {lr: 1e-3}}
  epochs: 2
  batch_size: 500
  seed: 3
"""
IMAGE = ROOT / "docs/images/ankle-boot.png"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    monkeypatch.delenv("ARCHC_DATA", raising=False)


def test_train_prints_the_run_and_leaves_it_whole(archc, write):
    write("small.yaml", SMALL)
    code, out, err = archc("train", "small.yaml", "--run", "run")
    assert (code, out) == (0, "run\n")
    assert "small: 12,730 parameters on cpu, 2 epochs of 10 steps of 500" in err
    assert "epoch 2/2: loss" in err
    assert "test: loss" in err
    names = {path.name for path in Path("run").iterdir() if not path.name.startswith(".")}
    assert names == {
        "spec.yaml",
        "environment.json",
        "metrics.jsonl",
        "checkpoints",
        "best.safetensors",
        "last.safetensors",
        "result.json",
    }
    assert Path("run/spec.yaml").read_text() == SMALL


def test_two_runs_with_one_seed_have_the_same_weights_and_another_seed_has_others(archc, write):
    write("small.yaml", SMALL)
    digests = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert archc("train", "small.yaml", "--run", name, "-q", "--set", f"train.seed={seed}") == (0, f"{name}\n", "")
        digests.append(json.loads(Path(name, "result.json").read_text())["weights_sha256"])
    assert digests[0] == digests[1] != digests[2]


def test_a_run_gets_a_directory_of_its_own_under_runs(archc, write):
    write("small.yaml", SMALL)
    code, out, _ = archc("train", "small.yaml", "-q", "--set", "train.epochs=1")
    assert code == 0
    assert Path(out.strip()).parent == Path("runs/small")
    assert "epochs: 1" in Path(out.strip(), "spec.yaml").read_text()


def test_a_run_directory_that_holds_something_is_never_written(archc, write, tmp_path):
    write("small.yaml", SMALL)
    (tmp_path / "run").mkdir()
    (tmp_path / "run/mine").write_text("mine")
    code, out, err = archc("train", "small.yaml", "--run", "run")
    assert (code, out) == (1, "")
    assert "error[E501]: `run` exists and is not empty" in err
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["mine"]


def test_a_run_directory_that_cannot_be_written_is_said_before_training(archc, write):
    write("small.yaml", SMALL)
    code, _, err = archc("train", "small.yaml", "--run", "small.yaml/run")
    assert code == 1
    assert "error[E502]: cannot write" in err
    assert "epoch" not in err


def test_eval_and_predict_use_a_run(archc, write):
    write("small.yaml", SMALL)
    archc("train", "small.yaml", "--run", "run", "-q")
    trained = json.loads(Path("run/result.json").read_text())
    code, out, _ = archc("eval", "run", "--format", "json")
    figures = json.loads(out)
    assert code == 0
    assert (figures["loss"], figures["accuracy"]) == (trained["test"]["loss"], trained["test"]["accuracy"])
    assert figures["samples"] == 1000
    code, out, _ = archc("eval", "run", "--split", "validation")
    assert out.startswith("validation: loss")
    assert "Ankle boot" in out
    code, out, _ = archc("predict", "run", IMAGE, "--top", "2")
    assert code == 0
    assert out.count("%") == 2
    code, out, _ = archc("predict", "run", IMAGE, "--format", "json")
    (prediction,) = json.loads(out)["predictions"]
    assert sum(prediction["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_predict_says_what_is_wrong_with_each_file(archc, write):
    write("small.yaml", SMALL)
    archc("train", "small.yaml", "--run", "run", "-q", "--set", "train.epochs=1")
    write("broken.png", b"\x89PNG nothing")
    write("short.csv", "1,2,3\n")
    code, out, err = archc("predict", "run", "broken.png", "short.csv", "nowhere.png", IMAGE)
    assert (code, out) == (2, "") or (code, out) == (1, "")
    assert all(name in err for name in ("broken.png", "short.csv", "nowhere.png"))
    assert "Traceback" not in err


@pytest.mark.parametrize("command", ["eval", "predict"])
def test_a_folder_that_is_no_run_is_said_to_be_none(archc, tmp_path, command):
    (tmp_path / "folder").mkdir()
    files = [IMAGE] if command == "predict" else []
    code, out, err = archc(command, "folder", *files)
    assert (code, out) == (1, "")
    assert "error[E503]" in err


def test_weights_of_another_network_are_refused(archc, write):
    write("small.yaml", SMALL)
    archc("train", "small.yaml", "--run", "run", "-q", "--set", "train.epochs=1")
    Path("run/spec.yaml").write_text(SMALL.replace("Linear: 16", "Linear: 17"))
    code, _, err = archc("eval", "run")
    assert code == 1
    assert "error[E504]" in err


def test_train_needs_a_train_section(archc, write):
    write("bare.yaml", SMALL[: SMALL.index("train:")])
    code, _, err = archc("train", "bare.yaml")
    assert code == 1
    assert "error[E401]: the spec has no `train` section" in err


def test_data_that_cannot_be_found_names_every_place_and_remedy(archc, write, monkeypatch, tmp_path):
    monkeypatch.setattr("archc.data.sources.SYSTEM_FOLDER", tmp_path / "system", raising=True)

    def offline(*_, **__):
        raise RuntimeError("no network")

    monkeypatch.setattr("archc.data.sources.fetch", offline, raising=True)
    write("small.yaml", SMALL.replace("source: bundled", "source: auto"))
    code, _, err = archc("train", "small.yaml", "--data-dir", "data")
    assert code == 1
    assert "error[E405]" in err
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "expected a SPEC, or --resume RUN"),
        (["small.yaml", "--resume", "run"], "expected SPEC --resume, or --resume RUN without a SPEC"),
        (["--resume", "run", "--set", "train.epochs=1"], "--set is for new runs"),
        (["small.yaml", "--run", "x", "--resume"], "--run is for new runs"),
    ],
)
def test_options_that_do_not_go_together(archc, arguments, said):
    code, _, err = archc("train", *arguments)
    assert code == 2
    assert said in err


def test_a_device_that_is_not_there(archc, write):
    write("small.yaml", SMALL)
    code, _, err = archc("train", "small.yaml", "--device", "cuda:99")
    assert code == 1
    assert "error[E408]: there is no device `cuda:99`" in err
    assert not Path("runs").exists()


def test_a_network_larger_than_allowed_is_refused_before_it_is_made(archc, write):
    write("small.yaml", SMALL)
    for command in (["train", "small.yaml"], ["compile", "small.yaml", "-o", "x.safetensors"]):
        code, _, err = archc(*command, "--max-params", "12729")
        assert code == 1
        assert "error[E506]: the network has 12,730 parameters" in err
    huge = SMALL.replace("Linear: 16", "Linear: 2000000000")
    write("huge.yaml", huge)
    assert archc("train", "huge.yaml")[0] == 1
    assert archc("compile", "huge.yaml", "-o", "x.safetensors")[0] == 1
    assert not Path("x.safetensors").exists()


def test_compiled_weights_are_those_of_the_seed(archc, write):
    import torch

    import archc as package

    write("small.yaml", SMALL)
    assert archc("compile", "small.yaml", "-o", "w.safetensors", "-q") == (0, "", "")
    torch.manual_seed(3)
    model = package.build(package.load("small.yaml"))
    with safe_open("w.safetensors", "pt") as file:
        assert list(file.keys()) == sorted(model.state_dict())
        for name, tensor in model.state_dict().items():
            assert torch.equal(file.get_tensor(name), tensor)
    assert archc("compile", "small.yaml", "-o", "v.safetensors", "-q", "--seed", "4")[0] == 0
    assert Path("v.safetensors").read_bytes() != Path("w.safetensors").read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_exits_with_75_and_the_run_resumes_to_the_same_weights(archc, write, tmp_path, number):
    write("small.yaml", SMALL.replace("epochs: 2", "steps: 400"))
    code, _, _ = archc("train", "small.yaml", "--run", "whole", "-q")
    assert code == 0
    command = [sys.executable, "-m", "archc", "train", "small.yaml", "--run", "cut"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as training:
        assert training.stderr is not None
        for line in training.stderr:
            if line.startswith("epoch 2"):
                training.send_signal(number)
                break
        rest = training.stderr.read()
    assert training.returncode == 75, rest
    assert "archc train --resume cut" in rest
    code, out, err = archc("train", "--resume", "cut")
    assert (code, out) == (0, "cut\n")
    assert "resumed from" in err
    digests = {json.loads(Path(name, "result.json").read_text())["weights_sha256"] for name in ("whole", "cut")}
    assert len(digests) == 1


@pytest.mark.parametrize(("seconds", "shown"), [(5.2, "5 s"), (59.6, "1:00"), (200, "3:20"), (3900, "1:05:00")])
def test_durations_are_for_people(seconds, shown):
    assert duration(seconds) == shown


def test_a_fast_dev_run_leaves_nothing_and_prints_no_directory(archc, write):
    write("small.yaml", SMALL)
    code, out, err = archc("train", "small.yaml", "--fast-dev-run")
    assert (code, out) == (0, "")
    assert "epoch 1/1: loss" in err
    assert not Path("runs").exists()


def test_a_fast_dev_run_takes_the_spec_behind_it(archc, write):
    write("small.yaml", SMALL)
    code, out, err = archc("train", "--fast-dev-run", "small.yaml")
    assert (code, out) == (0, "")
    assert "epoch 1/1: loss" in err
    code, _, err = archc("train", "small.yaml", "--fast-dev-run", "two")
    assert (code, err) == (2, "archc train: --fast-dev-run takes a number of batches, found `two`\n")


@pytest.mark.parametrize("also", [("--run", "x"), ("--resume",)])
def test_a_fast_dev_run_is_not_kept(archc, write, also):
    write("small.yaml", SMALL)
    code, _, err = archc("train", "small.yaml", "--fast-dev-run", "2", *also)
    assert code == 2
    assert "leaves nothing behind" in err


def test_the_commands_of_the_readme_work_a_second_time(archc, write):
    write("small.yaml", SMALL)
    changes = ("-q", "--set", "train.epochs=1")
    assert archc("train", "small.yaml", *changes)[0] == 0
    _, second, _ = archc("train", "small.yaml", *changes)
    for place in ("runs/small", "small.yaml"):
        code, out, _ = archc("eval", place)
        assert (code, out.split(":")[0]) == (0, "test")
        assert archc("predict", place, str(IMAGE))[0] == 0
    code, out, err = archc("train", "--resume", "runs/small")
    assert (code, out) == (0, second)
    assert err == f"{second.strip()} is finished, after 1 epoch (10 steps): there is nothing to go on with\n"
