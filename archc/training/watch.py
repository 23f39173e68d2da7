"""Which evaluation is the best so far, and whether to go on: early stopping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from archc.recipe.control import EarlyStopping
from archc.training import saved

_PLAIN = EarlyStopping()


class Watch:
    """Looks at one figure: early stopping's, or else the validation loss.

    The best is the best value, however small its lead; an improvement that patience counts is larger than `min_delta`.
    """

    def __init__(self, stopping: EarlyStopping | None) -> None:
        self._rule = stopping or _PLAIN
        self._stops = stopping is not None
        self._sign = 1 if self._rule.direction == "min" else -1
        self._best = math.inf
        self._reference = math.inf
        self._waited = 0

    @property
    def figure(self) -> str:
        """The name of the figure."""
        return self._rule.monitor

    @property
    def restores(self) -> bool:
        """Whether the training ends with the best weights."""
        return self._stops and self._rule.restore_best

    def take_note(self, figures: Mapping[str, float]) -> bool:
        """Take note of newly measured figures. True where the watched one is the best so far."""
        if self.figure not in figures:
            return False
        value = self._sign * figures[self.figure]
        if value < self._reference - self._rule.min_delta:
            self._reference, self._waited = value, 0
        else:
            self._waited += 1
        if value < self._best:
            self._best = value
            return True
        return False

    @property
    def stop(self) -> bool:
        """Whether patience is over."""
        return self._stops and self._waited >= self._rule.patience

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"best": self._best, "reference": self._reference, "waited": self._waited}

    def restore(self, state: object) -> None:
        """Put back what `state` gave.

        Raises:
            DoesNotFit: it is no such state.
        """
        own = self.state()
        saved.put_back(own, saved.by_name(state, "early stopping"), own, "early stopping")
        self._best, self._reference, self._waited = own["best"], own["reference"], own["waited"]
