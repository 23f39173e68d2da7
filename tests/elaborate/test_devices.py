"""`device` names a device that torch knows; whether the machine has one is asked when training begins."""

import pytest

import archc
from tests.support.places import SPECS


@pytest.mark.parametrize(("device", "meant"), [("gpu", "cuda"), ("0", "cuda"), ("CUDA", "cuda"), ("banana", None)])
def test_a_device_that_torch_does_not_know_is_an_error_of_check(device, meant):
    report = archc.check(SPECS / "quickstart.yaml", set={"train.device": device})
    (found,) = report.diagnostics
    assert found.code == "E209"
    assert found.helps == (() if meant is None else (f"did you mean `{meant}`?",))


@pytest.mark.parametrize("device", ["auto", "cuda", "cuda:0", "cuda:15", "mps", "mps:0", "cpu"])
def test_a_device_need_not_be_in_the_machine_that_checks(device):
    assert archc.check(SPECS / "quickstart.yaml", set={"train.device": device}).ok
