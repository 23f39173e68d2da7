"""The benchmark for GPUs runs where there is none, so that its first run on one is not the first of the script."""

import importlib.util
import json

import pytest

from tests.support.places import ROOT

FACTS = {"name": "H100", "device": "cuda", "torch": "2.13.0", "python": "3.11"}


def loaded(name):
    found = importlib.util.spec_from_file_location(f"{name}_benchmark", ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cuda():
    return loaded("cuda")


@pytest.fixture
def parts(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return loaded("cuda_parts")


def job(folder, **own):
    return {"device": "cpu", "quick": True, "samples": 200, "epochs": 2, "folder": str(folder), "seconds": 120, **own}


ON_CUDA = (
    "losses as on the CPU",
    "two runs, the same bits",
    "resumed, the same bits",
    "bfloat16 and float16",
    "recorded steps",
    "one process under torchrun",
    "evaluation as on the CPU",
)
ON_CPU = ("losses as on the CPU", "resumed, the same bits", "evaluation as on the CPU")


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize(
    ("device", "name"), [*(("cpu", name) for name in ON_CPU), *(("cuda", name) for name in ON_CUDA)]
)
def test_a_check_passes(parts, tmp_path, device, name):
    if device == "cuda":
        torch = pytest.importorskip("torch")
        if not torch.cuda.is_available():
            pytest.skip("this torch has no CUDA device")
    found = parts.checked(job(tmp_path, device=device, check=name))
    assert found["ok"], found["said"]


def test_each_check_is_tested_where_there_is_a_device(parts):
    assert [*ON_CUDA] == [*parts.CHECKS]


def test_nothing_is_recorded_on_a_cpu(parts, tmp_path):
    found = parts.checked(job(tmp_path, check="recorded steps"))
    assert found == {"check": "recorded steps", "ok": True, "said": "left out: only CUDA records steps"}


@pytest.mark.torch
@pytest.mark.slow
def test_epochs_are_timed_on_a_cpu(parts, tmp_path):
    found = {each["contender"]: each for each in parts.raced(job(tmp_path, network="fashion_dnn"))}
    assert found["by hand"]["median"] > 0
    assert found["archc"]["median"] > 0
    assert found["bound"]["said"] == found["archc --cuda-graph"]["said"] == "left out: only CUDA records steps"


def test_a_check_that_fails_is_told_and_ends_nothing(parts, tmp_path, monkeypatch):
    def broken(job):
        raise AssertionError("the loss does not fall\nat all")

    monkeypatch.setitem(parts.CHECKS, "losses as on the CPU", broken)
    found = parts.checked(job(tmp_path, check="losses as on the CPU"))
    assert (found["ok"], found["said"]) == (False, "AssertionError: the loss does not fall")


def test_both_files_name_the_same_parts(cuda, parts):
    assert [*cuda.CHECKS] == [*parts.CHECKS]
    assert {*cuda.CONTENDERS} == {*parts.CONTENDERS}
    assert cuda.BATCH == parts.BATCH


def test_the_report_has_a_row_for_each_part_and_the_reasons_of_those_that_are_missing(cuda):
    outcomes = [
        {"check": "recorded steps", "ok": False, "said": "other bits"},
        {"network": "fashion_dnn", "contender": "by hand", "ok": True, "median": 1.5},
        {"network": "fashion_dnn", "contender": "by hand, compiled", "ok": True, "said": "left out: a | b"},
        {"network": "fashion_dnn", "contender": "archc", "ok": True, "median": 0.5},
    ]
    text = cuda.report(FACTS, outcomes, 60_000)
    assert "| recorded steps | FAILED | other bits |" in text
    assert "| resumed, the same bits | FAILED | not begun |" in text
    assert "| fashion_dnn | 1.500 s | left out: a / b | 0.500 s | not begun | not begun |" in text
    assert "dry run" not in text
    assert "no figure says anything of a GPU" in cuda.report(FACTS, outcomes, 60_000, dry=True)
    assert cuda.failed(outcomes)


PART = """
import json, sys, time
job = json.loads(sys.argv[1])
def say(**found):
    print(json.dumps(found), flush=True)
if "check" in job:
    print("a word of a library")
    if job["check"].startswith("recorded"):
        sys.exit("Segmentation fault")
    if job["check"].startswith("evaluation"):
        time.sleep(60)
    say(check=job["check"], ok=True, said="fine")
else:
    say(network=job["network"], contender="archc", ok=True, median=0.5)
    time.sleep(60)
"""


@pytest.mark.slow
def test_what_a_part_said_before_its_time_was_over_counts(cuda, tmp_path, monkeypatch):
    part = tmp_path / "part.py"
    part.write_text(PART)
    monkeypatch.setattr(cuda, "PARTS", part)
    shown = []
    run = cuda.Parts({}, 12, lambda line, flush: shown.append(json.loads(line)))
    run.run()
    assert shown == run.outcomes
    said = {found["check"]: found["said"] for found in shown if "check" in found}
    assert said["recorded steps"] == "ended with 1: Segmentation fault"
    assert said["evaluation as on the CPU"] == cuda.LATE
    assert said["losses as on the CPU"] == "fine"
    times = [found for found in shown if found.get("contender") == "archc"]
    assert [found["median"] for found in times] == [0.5] * 3
    assert len(shown) == len(cuda.CHECKS) + len(cuda.NETWORKS) * len(cuda.CONTENDERS)
    assert cuda.failed(shown)


def test_an_interrupted_benchmark_ends_with_what_there_is(cuda):
    run = cuda.Parts({}, 100)
    run.interrupt()
    run.run()
    assert run.outcomes == []
    assert "not begun" in cuda.report(FACTS, run.outcomes, 500)
