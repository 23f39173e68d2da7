"""A recording that fails leaves nothing behind, and says why. CUDA is played: what torch calls is noted."""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest
import torch

from archc.machine.graphs import CudaRecorder


class Generator:
    """A generator of random numbers that waits for the end of a recording, as torch's does."""

    def __init__(self):
        self.recording = True

    def clone_state(self):
        copy = Generator()
        copy.recording = False
        return copy

    def graphsafe_set_state(self, state):
        self.recording = state.recording


@pytest.fixture
def cuda(monkeypatch):
    """torch.cuda of a machine on which the end of a failed recording raises as well."""

    @contextmanager
    def recording(graph, **_):
        try:
            yield
        except RuntimeError:
            raise RuntimeError("operation failed due to a previous error during capture")  # noqa: B904 - as torch does

    played = SimpleNamespace(generator=Generator(), streams=[])
    monkeypatch.setattr(torch.cuda, "CUDAGraph", lambda: None)
    monkeypatch.setattr(torch.cuda, "Stream", lambda: "beside")
    monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "graph", recording)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: "main")
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "set_stream", played.streams.append)
    monkeypatch.setattr(torch.cuda, "default_generators", (played.generator,))
    return played


def test_a_recording_that_fails_says_what_made_it_fail_and_leaves_nothing_behind(cuda):
    def step():
        raise RuntimeError("waits for the device")

    with pytest.raises(RuntimeError, match="waits for the device"):
        CudaRecorder(torch.device("cuda")).record(step)
    assert cuda.generator.recording is False
    assert cuda.streams == ["main"]


def test_a_recording_that_succeeds_leaves_random_numbers_alone(cuda):
    assert CudaRecorder(torch.device("cuda")).record(lambda: 7) == 7
    assert cuda.generator.recording is True
