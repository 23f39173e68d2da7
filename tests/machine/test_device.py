"""Settings of CUDA that a training makes, as far as they can be seen without a device."""

import os

import torch

from archc.machine.device import deterministic


def test_cublas_is_told_early_enough_for_a_later_training_that_is_strict(monkeypatch):
    """torch reads the variable once, when cuBLAS is first used."""
    name = "CUBLAS_WORKSPACE_CONFIG"
    monkeypatch.setenv(name, "")
    monkeypatch.delenv(name)
    with deterministic(torch.device("cpu")):
        assert name not in os.environ
    with deterministic(torch.device("cuda")):
        assert os.environ[name] == ":4096:8"
        assert torch.backends.cudnn.deterministic
    assert not torch.are_deterministic_algorithms_enabled()
