"""Shapes and sizes as people write them, for messages, tables and comments."""

from __future__ import annotations

from collections.abc import Sequence
from math import isinf
from typing import Final, NamedTuple

_COUNTED: Final = {"channels": "channel", "features": "feature", "steps": "step", "tokens": "token"}
"""Meanings of axes that are said behind a number, and what one of them is called."""

_USUAL: Final = (("height", "width"), ("depth", "height", "width"))
"""What stands behind the channels of images and volumes, as everybody has them."""


def dimensions(shape: tuple[int | str, ...], holds: tuple[str | None, ...] = (), *, always: bool = False) -> str:
    """A shape as people write it: 64 x 7 x 7; with what its axes hold, 64 channels x 100 steps, if it is no image.

    `always` names the axes of images and vectors too, as where the author names those of the input.
    """
    is_usual = len(shape) == 1 or (holds[1:] in _USUAL and holds[0] in ("channels", "features"))
    if any(holds) and (always or not is_usual):
        return named(shape, holds)
    return " x ".join([str(size) for size in shape])


def named(shape: tuple[int | str, ...], holds: tuple[str | None, ...]) -> str:
    """A shape with what its axes hold, as far as it is known: 64 channels x height 7 x width 7."""
    return " x ".join([_axis(size, meaning) for size, meaning in zip(shape, holds, strict=True)])


def _axis(size: int | str, meaning: str | None) -> str:
    if meaning is None:
        return str(size)
    if one := _COUNTED.get(meaning):
        return f"{size} {one if size == 1 else meaning}"
    return f"{meaning} {size}"


class Taken(NamedTuple):
    """What a layer takes its input for, with what the axes of that hold."""

    layer: str
    shape: tuple[int, ...]
    holds: tuple[str | None, ...]
    reads: tuple[str | None, ...]

    def text(self, giver: str = "") -> str:
        """It in words, of the axes that the layer asks of; `giver` is said behind them."""
        asked = [at for at, meaning in enumerate(self.reads) if meaning]
        taken = named(tuple([self.shape[at] for at in asked]), tuple([self.holds[at] for at in asked]))
        return f"{self.layer} takes {taken}{giver} for {' x '.join([meaning for meaning in self.reads if meaning])}"


def as_written(value: int | tuple[int, ...]) -> str:
    """Sizes as a spec has them: `[4, 4]`, and a list of one as a number alone."""
    if isinstance(value, int):
        return str(value)
    return str(value[0]) if len(value) == 1 else str(list(value))


def any_of(parts: Sequence[str]) -> str:
    """Alternatives in words: `1, 2 or 4`."""
    return " or ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def all_of(parts: Sequence[str]) -> str:
    """Things to do, as a sentence lists them: `a, b, and c`."""
    if len(parts) < 3:
        return ", and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def axes(count: int) -> str:
    """A number of axes: 1 axis, 2 axes."""
    return "1 axis" if count == 1 else f"{count} axes"


def bounds(ends: tuple[float, float]) -> str:
    """What numbers may be: numbers of at least 0, numbers from -1 to 1, any numbers."""
    least, most = ends
    if least == most:
        return f"{least:.4g} alone"
    if isinf(least):
        return "any numbers" if isinf(most) else f"numbers of at most {most:.4g}"
    return f"numbers of at least {least:.4g}" if isinf(most) else f"numbers from {least:.4g} to {most:.4g}"
