"""What torchrun says of this process in its environment: its number and how many there are. Loads no torch."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

_NEEDED: Final = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


class Launch(NamedTuple):
    """This process among those of a training. Ranks count from 0, `local_rank` on this machine alone."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    local_size: int = 1


def found() -> Launch | None:
    """The place that a launcher has given this process; None where it was started by itself."""
    if any(name not in os.environ for name in _NEEDED):
        return None
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    rank, size, local_rank, local_size = (_number(name) for name in names)
    if rank is None or size is None or not 0 <= rank < size:
        return None
    return Launch(rank, size, rank if local_rank is None else local_rank, size if local_size is None else local_size)


def _number(name: str) -> int | None:
    text = os.environ.get(name, "")
    return int(text) if text.isdecimal() else None
