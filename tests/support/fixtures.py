"""Fixtures of all tests that train: a machine without caches or a network, and a small spec with its data."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
import torch

from archc.front import read_file
from tests.support.trainings import SPEC, small, write_data


@pytest.fixture(autouse=True)
def one_thread():
    """The networks are small, and tests may run side by side."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    """Nothing is cached, nothing is set, the current directory is empty, and there is no network."""

    def offline(*args, **kwargs):
        raise urllib.error.URLError("no network in tests")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("ARCHC_DATA", raising=False)
    monkeypatch.setattr("archc.data.sources.SYSTEM_FOLDER", tmp_path / "system")
    monkeypatch.setattr(urllib.request, "urlopen", offline)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def spec():
    """A small spec with its data beside it. `spec({"train.epochs": 1})` changes keys of it: see `trainings.small`."""

    def make(changes=None, name="small.yaml", overrides=()):
        if not Path("data").exists():
            write_data(Path("data"))
        Path(name).write_text(small(changes) if changes else SPEC)
        return read_file(name, overrides)

    return make


@pytest.fixture
def every_step(monkeypatch):
    """Progress is reported after each step, not ten times a second."""
    monkeypatch.setattr("archc.training.engine.PROGRESS_SECONDS", 0.0)
