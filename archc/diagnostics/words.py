"""Shapes and sizes as people write them, for messages, tables and comments."""

from __future__ import annotations


def dimensions(shape: tuple[int, ...]) -> str:
    """A shape as people write it: 64 x 7 x 7."""
    return " x ".join(str(size) for size in shape)


def as_written(value: int | tuple[int, ...]) -> str:
    """Sizes as a spec has them: `[4, 4]`, and a list of one as a number alone."""
    if isinstance(value, int):
        return str(value)
    return str(value[0]) if len(value) == 1 else str(list(value))


def axes(count: int) -> str:
    """A number of axes: 1 axis, 2 axes."""
    return "1 axis" if count == 1 else f"{count} axes"
