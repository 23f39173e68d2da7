"""CUDA graphs: what a function launches on a device, recorded once, and launched again as a whole.

A small network's step is a hundred short kernels, which take longer to launch, one by one, than to run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import torch

T = TypeVar("T")


class Recorder(Protocol):
    """What records a function and launches it again. `record` may be called once."""

    def beside(self, function: Callable[[], T]) -> T:
        """Run the function now, as it has to be run a few times before it is recorded."""

    def record(self, function: Callable[[], T]) -> T:
        """Record what the function launches, without running it. Tensors that it returns have values after `replay`.

        Raises:
            RuntimeError: it does something that cannot be recorded, as waiting for the device.
        """

    def replay(self) -> None:
        """Launch what was recorded: on the same tensors, with the values that they have now."""


class CudaRecorder:
    """A CUDA graph of one device.

    Source: PyTorch's documentation, "CUDA semantics", CUDA Graphs, whole-network capture.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.device(device):
            self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def beside(self, function: Callable[[], T]) -> T:
        """See `Recorder`. On the stream that is recorded later, for which autograd and cuBLAS keep things.

        Each of the two streams waits for the other, so that memory of the one may be used in the other.
        """
        with torch.cuda.device(self._device):
            current = torch.cuda.current_stream()
            self._stream.wait_stream(current)
            with torch.cuda.stream(self._stream):
                made = function()
            current.wait_stream(self._stream)
        return made

    def record(self, function: Callable[[], T]) -> T:
        """See `Recorder`."""
        with torch.cuda.device(self._device):
            current = torch.cuda.current_stream()
            try:
                # Only this thread's calls are watched: another may be saving a checkpoint.
                with torch.cuda.graph(self._graph, stream=self._stream, capture_error_mode="thread_local"):
                    return function()
            except RuntimeError as error:
                _end_recording_of_random_numbers()
                # The end of a recording that failed raises as well, and says less than what made it fail.
                if isinstance(error.__context__, RuntimeError):
                    raise error.__context__ from None
                raise
            finally:
                # torch leaves its own stream in place where a recording fails.
                torch.cuda.set_stream(current)

    def replay(self) -> None:
        """See `Recorder`."""
        with torch.cuda.device(self._device):
            self._graph.replay()


def _end_recording_of_random_numbers() -> None:
    """Give the device's generator its state anew: a recording that failed leaves it waiting for the end of one.

    Then the next Dropout would raise "Offset increment outside graph capture", in releases of PyTorch before the state
    of a recording belonged to its graph. A copy has the seed and the offset, and not that.
    """
    generators = torch.cuda.default_generators
    index = torch.cuda.current_device()
    if index < len(generators):
        generators[index].graphsafe_set_state(generators[index].clone_state())
