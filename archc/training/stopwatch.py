"""How long the parts of a training take: steps, evaluations."""

from __future__ import annotations

from time import perf_counter


class Stopwatch:
    """Seconds since the last `start` or `lap`."""

    def __init__(self) -> None:
        self._since = perf_counter()

    def start(self) -> None:
        """Begin anew."""
        self._since = perf_counter()

    def running(self) -> float:
        """The seconds, and go on."""
        return perf_counter() - self._since

    def lap(self) -> float:
        """The seconds, and begin anew."""
        now = perf_counter()
        seconds, self._since = now - self._since, now
        return seconds
