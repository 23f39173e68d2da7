"""How much each lint matters. Errors have no level: a network that is wrong is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

Level = Literal["allow", "warn", "deny"]

LEVELS: Final[tuple[Level, ...]] = ("allow", "warn", "deny")
"""An allowed lint is not reported, a denied one is an error."""

ALL: Final = "all"
"""What stands for every lint, in place of a code."""


class Setting(NamedTuple):
    """A level for the lint of a code, or for all."""

    level: Level
    code: str


class Levels:
    """The level of every lint. One that nobody says anything of is a warning; a matter of taste is left out."""

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self._default: Level = "warn"
        self._own: dict[str, Level] = {}
        self._add(settings)

    def then(self, settings: Iterable[Setting]) -> Levels:
        """These levels, with others set after them."""
        changed = Levels()
        changed._default, changed._own = self._default, dict(self._own)
        changed._add(settings)
        return changed

    def of(self, code: str) -> Level:
        """The level of the lint of a code."""
        return self._own.get(code, self._default)

    def of_training(self, code: str) -> Level:
        """The level of a lint that comes up while training. `all` does not mean it: what was trained would be lost."""
        return self._own.get(code, "warn")

    def of_taste(self, code: str) -> Level:
        """The level of a lint of taste. `all` does not mean it: it is asked for by its own name."""
        return self._own.get(code, "allow")

    @property
    def all_warn(self) -> bool:
        """Whether every lint is a warning."""
        return self._default == "warn" and not self._own

    @property
    def own(self) -> Mapping[str, Level]:
        """The lints that have a level of their own."""
        return self._own

    def _add(self, settings: Iterable[Setting]) -> None:
        """The last setting of a lint wins."""
        for level, code in settings:
            if code == ALL:
                self._default, self._own = level, {}
            else:
                self._own[code] = level
