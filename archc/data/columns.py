"""Images that lie in a file column by column -> row by row, in the memory that they have."""

from __future__ import annotations

from typing import Final

from archc.data.whole import Array

_AT_ONCE: Final = 1024


def turned(images_nchw: Array) -> Array:
    """The same array, whose images have rows and columns exchanged. They are square."""
    assert images_nchw.shape[-1] == images_nchw.shape[-2], "only a square image has room for its transpose"
    for start in range(0, len(images_nchw), _AT_ONCE):
        part = images_nchw[start : start + _AT_ONCE]
        part[:] = part.swapaxes(-1, -2).copy()
    return images_nchw
