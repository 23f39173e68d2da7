"""What makes branches fit one another, for messages: paddings of layers inside, and sizes of the input."""

from __future__ import annotations

from typing import Final, NamedTuple

from archc.diagnostics.words import dimensions
from archc.source import Span


class Padded(NamedTuple):
    """A layer that keeps its size with a padding."""

    layer: str
    padding: str
    at: Span
    """The place of its name."""

    def text(self, *, alone: bool) -> str:
        """What to write where."""
        line = "" if alone else f" of line {self.at.first.line}"
        return f"`padding: {self.padding}` in `{self.layer}`{line}"


_LETTERS: Final = {1: ("T",), 2: ("C", "L"), 3: ("C", "H", "W"), 4: ("C", "D", "H", "W")}


class Fit(NamedTuple):
    """An input with which a network is valid, and of which step its sizes are multiples; 1 for any."""

    shape: tuple[int, ...]
    steps: tuple[int, ...]

    def text(self) -> str:
        """What to begin with: `H and W multiples of 4, as in 3 x 352 x 528`."""
        letters = _LETTERS.get(len(self.shape), tuple(f"axis {axis}" for axis in range(1, len(self.shape) + 1)))
        of: dict[int, list[str]] = {}
        for letter, step in zip(letters, self.steps, strict=True):
            if step > 1:
                of.setdefault(step, []).append(letter)
        said = " and ".join(
            f"{' and '.join(names)} {'multiples' if len(names) > 1 else 'a multiple'} of {step}"
            for step, names in of.items()
        )
        return f"begin with an input with {said}, as in {dimensions(self.shape)}"
