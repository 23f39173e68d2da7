"""Where a training is: what a checkpoint remembers beside tensors. Floats go to JSON as hexadecimal, exactly."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any, Final, NamedTuple

from archc.training.figures import Tally

VERSION: Final = 3
"""Of a state as JSON. Version 1 had the figures of classes in fields of their own, and 2 those of the epoch alone."""


_TALLIES: Final = ("tally", "since_evaluation", "since_log")


@dataclass(frozen=True, slots=True)
class Best:
    """The place with the best figure so far: the lowest validation loss, or what early stopping watches.

    `figures` are those of the validation samples, `val_loss` first; None where the place has none.
    """

    epoch: int
    step: int
    figures: dict[str, float | None] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """A place between two steps. Times are in seconds, summed over interruptions."""

    epoch: int = 1
    """The epoch that the next step belongs to, from 1."""
    step: int = 0
    """Steps done since the training began."""
    step_in_epoch: int = 0
    """Steps done of the epoch."""
    tally: Tally = field(default_factory=Tally)
    """Figures of the epoch so far."""
    best: Best | None = None
    samples: int = 0
    """Samples trained on since the training began."""
    training_seconds: float = 0.0
    """In steps alone, without evaluations."""
    epoch_seconds: float = 0.0
    """Of the epoch so far, with evaluations."""
    seconds: float = 0.0
    """In steps and evaluations."""
    stopped: bool = False
    """Whether early stopping has ended it."""
    since_evaluation: Tally = field(default_factory=Tally)
    """Figures of the steps since the last evaluation."""
    since_log: Tally = field(default_factory=Tally)
    """Figures of the steps since they were last told of."""
    log_seconds: float = 0.0
    """Of those steps, without evaluations."""

    def to_json(self) -> dict[str, Any]:
        """JSON-like data that `from_json` reads back to an equal state."""
        return {"version": VERSION, **{name: _exact(value) for name, value in asdict(self).items()}}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> State:
        """The state of `to_json`'s data, of this version or one before.

        Raises:
            KeyError, TypeError, ValueError: it is not such data.
        """
        version = data["version"]
        if version not in range(1, VERSION + 1):
            raise ValueError(f"version {version}")
        if version < VERSION:
            # They begin where it goes on.
            data = {**cls().to_json(), **data}
        values = {name: _value(data[name]) for name in cls.__dataclass_fields__}
        tally, best = values["tally"], values["best"]
        if version == 1:
            tally["sums"] = (tally.pop("correct"),)
            if best is not None:
                figures = {"val_loss": best.pop("val_loss"), "val_accuracy": best.pop("val_accuracy")}
                best["figures"] = figures | best.pop("metrics", {})
        for name in _TALLIES:
            values[name] = Tally(**values[name] | {"sums": tuple(values[name]["sums"])})
        values["best"] = Best(**best) if best is not None else None
        state = cls(**values)
        state.check()
        return state

    def check(self) -> None:
        """See that each number is one that a training can have: a file may hold anything.

        Raises:
            ValueError: one is not.
        """
        counts = {"epoch": self.epoch, "step": self.step, "step_in_epoch": self.step_in_epoch, "samples": self.samples}
        tallies: dict[str, Tally] = {name: getattr(self, name) for name in _TALLIES}
        counts |= {f"{name}.samples": tally.samples for name, tally in tallies.items()}
        counts |= {f"{name}.steps": tally.steps for name, tally in tallies.items()}
        if self.best is not None:
            counts |= {"best.epoch": self.best.epoch, "best.step": self.best.step}
        times = {
            "training_seconds": self.training_seconds,
            "epoch_seconds": self.epoch_seconds,
            "seconds": self.seconds,
            "log_seconds": self.log_seconds,
        }
        wrong = [name for name, value in counts.items() if type(value) is not int or not 0 <= value < 2**53]
        wrong += [name for name, value in times.items() if not _is_number(value) or not 0 <= value < math.inf]
        numbers = {name: (tally.loss, *tally.sums) for name, tally in tallies.items()}
        wrong += [f"{name}.loss" for name, own in numbers.items() if not all(map(_is_number, own))]
        wrong += [] if isinstance(self.stopped, bool) else ["stopped"]
        if self.best is not None and not all(
            value is None or _is_number(value) for value in self.best.figures.values()
        ):
            wrong.append("best.figures")
        if wrong:
            raise ValueError(f"`{wrong[0]}` is no such number")


class Control(NamedTuple):
    """The numbers of what steers a training, as it gives them: the scheduler, early stopping, and loss scaling."""

    schedule: dict[str, Any]
    watch: dict[str, Any]
    scaler: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """JSON-like data that `from_json` reads back."""
        return {name: _exact(value) for name, value in self._asdict().items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Control:
        """What `to_json` gave. Whether the numbers fit is for those to say that they are put back into.

        Raises:
            TypeError: it is no such data.
        """
        return cls(**_value(data))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _exact(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    # Numbers and truths alone: a text would be read back as a number.
    assert not isinstance(value, str)
    return value.hex() if isinstance(value, float) else value


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_value(item) for item in value]
    return float.fromhex(value) if isinstance(value, str) else value


def finite(value: float | None) -> float | None:
    """A figure for JSON, which has no infinite numbers: unknown figures are null."""
    return value if value is not None and math.isfinite(value) else None
