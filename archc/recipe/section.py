"""What a mapping with fixed keys is, and the kinds of values that several of them have."""

import re
from typing import Any, ClassVar, Literal, NamedTuple

from archc.terms.record import Argument, Record, declared
from archc.terms.term import Flat, Table, Term, choice_of
from archc.terms.values import read_by


class Section(Record):
    """Base of the mappings with fixed keys."""

    alone: ClassVar[str | None] = None
    """The key whose list may stand in the place of the mapping."""


class FlatTerm(NamedTuple):
    """An argument of a section that is a term written flat: its name under the key `by`, its arguments beside that."""

    field: Argument
    by: str
    table: Table[Any]


def flat_term(cls: type[Section]) -> FlatTerm | None:
    """The term that is written flat in a section, if it has one."""
    for field in declared(cls).values():
        flat = next((mark for mark in field.marks if isinstance(mark, Flat)), None)
        choice = choice_of(field)
        if flat and choice:
            return FlatTerm(field, flat.by, choice.table)
    return None


def keys(cls: type[Section], chosen: type[Term] | None = None) -> dict[str, Argument]:
    """The keys of a section, in their order; those of a flat term behind its name.

    `chosen` is the term that is written flat; without it, the keys of all that could be.
    """
    flat = flat_term(cls)
    if flat is None:
        return dict(declared(cls))
    found: dict[str, Argument] = {}
    for name, field in declared(cls).items():
        if name != flat.field.name:
            found[name] = field
        if name == flat.by:
            for term in [chosen] if chosen else flat.table.values():
                found |= declared(term)
    return found


class Interval(NamedTuple):
    """A number of epochs or steps: how often something happens, or how long."""

    number: int
    unit: Literal["epoch", "step"]

    def steps(self, steps_per_epoch: int) -> int:
        """The same in steps."""
        return self.number * (steps_per_epoch if self.unit == "epoch" else 1)


_INTERVAL = r"([1-9][0-9]{0,8}) (epoch|step)s?"


def _interval(value: object) -> Interval:
    if isinstance(value, Interval):
        return value
    found = re.fullmatch(_INTERVAL, value) if isinstance(value, str) else None
    if not found:
        raise ValueError("not an interval")
    return Interval(int(found[1]), "epoch" if found[2] == "epoch" else "step")


class Cadence(NamedTuple):
    """A number of epochs, steps or minutes: how often something happens that changes no result."""

    number: int
    unit: Literal["epoch", "step", "minute"]


_CADENCE = r"([1-9][0-9]{0,8}) (epoch|step|minute)s?"


def _cadence(value: object) -> Cadence:
    if isinstance(value, Cadence):
        return value
    found = re.fullmatch(_CADENCE, value) if isinstance(value, str) else None
    if not found:
        raise ValueError("not a cadence")
    unit: Literal["epoch", "step", "minute"] = found[2]  # type: ignore[assignment]
    return Cadence(int(found[1]), unit)


INTERVAL = read_by(
    "a number of epochs or steps, as in `1 epoch` or `50 steps`",
    _interval,
    {"type": "string", "pattern": f"^{_INTERVAL}$"},
)

CADENCE = read_by(
    "a number of epochs, steps or minutes, as in `1 epoch`, `500 steps` or `10 minutes`",
    _cadence,
    {"type": "string", "pattern": f"^{_CADENCE}$"},
)
