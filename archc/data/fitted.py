"""What the preparation of samples learns of the training samples: scales, vocabularies. Kept with the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple


class Scale(NamedTuple):
    """A scaling, number by number: `(x - centre) / spread`."""

    centre: tuple[float, ...]
    spread: tuple[float, ...]


class Fitted(NamedTuple):
    """What was learnt; a part that a kind of data does not need is None."""

    inputs: Scale | None = None
    targets: Scale | None = None
    fill: tuple[float, ...] | None = None
    """What stands for a missing number, in each column."""
    pixels: Scale | None = None
    """Mean and standard deviation of each channel, of pixels from 0 to 1."""
    vocabulary: tuple[str, ...] | None = None
    """The tokens that the network knows, in the order of their numbers."""
    lookup: tuple[int, ...] | None = None
    """For each number of a stored sample, that which the network gets. It is of the data at hand: no run keeps it."""

    def as_json(self) -> dict[str, Any]:
        """The parts that there are, for a file of the run."""
        parts = self._replace(lookup=None)._asdict()
        scales = {name: part._asdict() for name, part in parts.items() if isinstance(part, Scale)}
        return {name: part for name, part in (parts | scales).items() if part is not None}

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Fitted:
        """Undoes `as_json`.

        Raises:
            KeyError, TypeError, ValueError: it is no such record.
        """
        parts: dict[str, Any] = {}
        for name in ("inputs", "targets", "pixels"):
            if name in found:
                centre, spread = (tuple(map(float, found[name][part])) for part in Scale._fields)
                parts[name] = Scale(centre, spread)
        if "fill" in found:
            parts["fill"] = tuple(map(float, found["fill"]))
        if "vocabulary" in found:
            parts["vocabulary"] = tuple(map(str, found["vocabulary"]))
        return cls(**parts)


NOTHING: Final = Fitted()
"""Of samples that are prepared as they are."""
