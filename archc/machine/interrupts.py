"""SIGINT and SIGTERM -> a flag that is looked at between steps. A second signal has its usual effect."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Whether a training should stop. `signum` is the signal that asked for it."""

    def __init__(self) -> None:
        self.signum: int | None = None


@contextmanager
def watched() -> Iterator[Interrupts]:
    """Inside, the first SIGINT or SIGTERM sets the flag, and the next does what it does outside.

    Python handles signals in its main thread; in another thread the flag stays unset.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    before: dict[signal.Signals, Any] = {}

    def restore() -> None:
        for number, handler in before.items():
            # None: it was not set from Python, and cannot be put back from there.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def handle(signum: int, frame: FrameType | None) -> None:
        interrupts.signum = signum
        restore()

    before |= {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield interrupts
    finally:
        restore()
