"""What a mapping with fixed keys is, and the kinds of values that several of them have."""

import re
from typing import Any, Literal, NamedTuple

from archc.record import Kind, Record


class Section(Record):
    """Base of the mappings with fixed keys."""


class Interval(NamedTuple):
    """A number of epochs or steps: how often something happens, or how long."""

    number: int
    unit: Literal["epoch", "step"]

    def steps(self, steps_per_epoch: int) -> int:
        """The same in steps."""
        return self.number * (steps_per_epoch if self.unit == "epoch" else 1)


_INTERVAL = re.compile(r"([1-9][0-9]{0,8}) (epoch|step)s?")


def _interval(value: object) -> Interval:
    if isinstance(value, Interval):
        return value
    found = _INTERVAL.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("not an interval")
    return Interval(int(found[1]), "epoch" if found[2] == "epoch" else "step")


def plain(function: Any) -> dict[str, Any]:
    """The schema of a kind whose values a function reads. It raises ValueError where it cannot."""
    return {"type": "function-plain", "function": {"type": "no-info", "function": function}}


INTERVAL = Kind(
    "a number of epochs or steps, as in `1 epoch` or `50 steps`",
    plain(_interval),
    {"type": "string", "pattern": f"^{_INTERVAL.pattern}$"},
)
