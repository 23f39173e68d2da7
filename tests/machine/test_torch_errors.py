"""What torch says in words alone is really what it says."""

from datetime import timedelta

import pytest
import torch

from archc.machine import torch_errors
from tests.support import shares
from tests.support.processes import together


def raised(action):
    with pytest.raises(RuntimeError) as error:
        action()
    return error.value


def test_a_cpu_without_memory_is_known():
    error = raised(lambda: torch.empty(2**60, dtype=torch.uint8))
    assert torch_errors.is_out_of_memory(error)
    assert torch_errors.not_deterministic(error) is None
    assert not torch_errors.is_process_lost(error)


def test_a_device_without_memory_is_known():
    assert torch_errors.is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))


def test_an_operation_that_gives_other_bits_each_time_is_named():
    torch.use_deterministic_algorithms(True)
    try:
        error = raised(lambda: torch.zeros(3).put_(torch.tensor([0, 0]), torch.ones(2)))
    finally:
        torch.use_deterministic_algorithms(False)
    assert torch_errors.not_deterministic(error).startswith("put_ does not have a deterministic implementation")
    assert not torch_errors.is_out_of_memory(error)


@pytest.mark.parametrize("moment", ["before the first word", "in the middle"])
def test_a_process_that_is_gone_is_known(moment):
    (is_lost, text), _ = together(shares.is_left_alone, moment)
    assert is_lost, text


def test_a_meeting_place_that_is_not_there_is_known():
    error = raised(
        lambda: torch.distributed.TCPStore("localhost", 1, is_master=False, timeout=timedelta(milliseconds=50))
    )
    assert torch_errors.is_process_lost(error)


def test_another_error_is_none_of_these():
    error = raised(lambda: torch.zeros(2, 3) @ torch.zeros(2, 3))
    assert not torch_errors.is_out_of_memory(error)
    assert not torch_errors.is_process_lost(error)
    assert torch_errors.not_deterministic(error) is None
