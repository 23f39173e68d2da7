"""The benchmark for GPUs runs where there is none, so that its first run on one is not the first of the script."""

import importlib.util

import pytest

from tests.support.places import ROOT


@pytest.fixture(scope="module")
def cuda():
    found = importlib.util.spec_from_file_location("cuda_benchmark", ROOT / "benchmarks" / "cuda.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def job(folder, **own):
    return {"device": "cpu", "quick": True, "samples": 200, "epochs": 2, "folder": str(folder), **own}


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("name", ["losses as on the CPU", "resumed, the same bits", "evaluation as on the CPU"])
def test_a_check_passes_on_a_cpu(cuda, tmp_path, name):
    found = cuda.worker(job(tmp_path, check=name))
    assert found["ok"], found["said"]


def test_nothing_is_recorded_on_a_cpu(cuda, tmp_path):
    found = cuda.worker(job(tmp_path, check="recorded steps"))
    assert found == {"ok": True, "said": "left out: only CUDA records steps"}


@pytest.mark.torch
@pytest.mark.slow
def test_epochs_are_timed_on_a_cpu(cuda, tmp_path):
    found = cuda.worker(job(tmp_path, network="fashion_dnn"))
    assert found["by hand"] > 0
    assert found["archc"] > 0
    assert found["bound"] == found["archc --cuda-graph"] == "only CUDA records steps"


def test_a_check_that_fails_is_told_and_ends_nothing(cuda, tmp_path, monkeypatch):
    def broken(job):
        raise AssertionError("the loss does not fall")

    monkeypatch.setitem(cuda.CHECKS, "losses as on the CPU", broken)
    found = cuda.worker(job(tmp_path, check="losses as on the CPU"))
    assert found == {"ok": False, "said": "AssertionError: the loss does not fall"}
    assert cuda.failed({"losses as on the CPU": found}, {})


def test_the_report_has_a_row_for_each_part_and_the_reasons_of_those_that_are_missing(cuda):
    facts = {"name": "H100", "device": "cuda", "torch": "2.13.0", "python": "3.11"}
    epochs = {
        "fashion_dnn": {"by hand": 1.5, "by hand, compiled": "failed: RuntimeError: no", "archc": 0.5, "bound": 0.1},
        "fashion_cnn": {"ok": False, "said": "left out: no time is left"},
    }
    text = cuda.report(facts, {"recorded steps": {"ok": False, "said": "other bits"}}, epochs, 60_000)
    assert "| recorded steps | FAILED | other bits |" in text
    assert "| fashion_dnn | 1.500 s | failed: RuntimeError: no | 0.500 s |" in text
    assert "| fashion_cnn | left out: no time is left |" in text
    assert cuda.failed({}, epochs)
    assert not cuda.failed({}, {"fashion_dnn": {"by hand": 1.5, "by hand, compiled": "--quick compiles nothing"}})
