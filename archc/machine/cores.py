"""How many threads are worth starting for work that keeps a core busy."""

from __future__ import annotations

import os

_MOST = 64


def threads() -> int:
    """One for each core that this process may run on."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(mine or 1, _MOST)
