"""A process, maybe one of several that a launcher has started -> the processes of its training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from archc.distributed.ranks import ALONE, Ranks
from archc.machine import launch


@contextmanager
def joined() -> Iterator[Ranks]:
    """Inside, this process is one of those that its launcher has started together.

    Raises:
        ProcessLost: the others cannot be reached, or one has ended.
        Elsewhere: another process says what is wrong.
    """
    place = launch.found()
    if place is None:
        yield ALONE
        return
    from archc.distributed.group import together

    with together(place) as group:
        yield group
