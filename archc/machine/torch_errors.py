"""What torch says in words alone: a RuntimeError -> what has happened.

torch has classes for few of its errors. Each text stands here with the place where torch, in the releases looked at
(2.9.1 and 2.13.0), writes it; tests have torch really raise it, so that another text of another release is seen.
"""

from __future__ import annotations

from typing import Final

import torch

_ALLOCATOR: Final = "allocate memory"
"""Of the CPU. https://github.com/pytorch/pytorch/blob/v2.13.0/c10/core/impl/alloc_cpu.cpp"""

_DETERMINISTIC: Final = "deterministic implementation"
"""https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/Context.cpp, `alertNotDeterministic`"""

_TOO_LARGE: Final = "without overflow"
"""https://github.com/pytorch/pytorch/blob/v2.13.0/c10/util/Exception.cpp, `report_overflow`"""

_NO_ROW: Final = ("index out of range in self", "select(): index ")
"""https://github.com/pytorch/pytorch/blob/v2.13.0/aten/src/ATen/native/TensorAdvancedIndexing.cpp, of a CPU; the second
where `max_norm` shortens the row first: `embedding_renorm_cpu_` in Embedding.cpp beside it."""

_LOST: Final = (
    # https://github.com/pytorch/gloo/blob/main/gloo/transport/tcp/pair.cc, with the path of that file in front
    "gloo",
    "Connection closed by peer",
    # What the system says of a socket, which gloo and the store hand on:
    # https://github.com/pytorch/pytorch/blob/v2.13.0/torch/csrc/distributed/c10d/socket.cpp
    "Connection reset by peer",
    "Broken pipe",
    # https://github.com/pytorch/pytorch/blob/v2.13.0/torch/csrc/distributed/c10d/NCCLUtils.hpp
    "NCCL",
)


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether a device had no memory left. torch has a class for that of CUDA alone."""
    return isinstance(error, torch.OutOfMemoryError) or _ALLOCATOR in str(error)


def not_deterministic(error: RuntimeError) -> str | None:
    """The sentence that names the operation, where one cannot give the same bits each time; else None."""
    return str(error).partition(".")[0] if _DETERMINISTIC in str(error) else None


def is_too_large(error: RuntimeError) -> bool:
    """Whether a number was too large for the type of a tensor that it was to be combined with."""
    return _TOO_LARGE in str(error)


def is_no_such_row(error: IndexError) -> bool:
    """Whether an Embedding was asked for a row that it has not. On CUDA nothing catches that."""
    return any(text in str(error) for text in _NO_ROW)


def is_process_lost(error: BaseException) -> bool:
    """Whether another process of the training is gone, or cannot be reached."""
    # A torch without processes has no such class.
    if isinstance(error, getattr(torch.distributed, "DistError", ())):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _LOST)
