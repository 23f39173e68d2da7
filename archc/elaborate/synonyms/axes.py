"""Other words for what an axis holds, folded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

AXES: Final[Mapping[str, str]] = {
    "c": "channels",
    "bands": "channels",
    "sensors": "channels",
    "d": "depth",
    "slices": "depth",
    "frames": "depth",
    "z": "depth",
    "h": "height",
    "rows": "height",
    "y": "height",
    "w": "width",
    "columns": "width",
    "cols": "width",
    "x": "width",
    "l": "length",
    "t": "steps",
    "s": "steps",
    "time": "steps",
    "timesteps": "steps",
    "sequence": "steps",
    "seq": "steps",
    "seqlen": "steps",
    "tokens": "steps",
    "words": "steps",
    "points": "steps",
    "f": "features",
    "e": "features",
    "embedding": "features",
    "embeddim": "features",
    "dmodel": "features",
    "hidden": "features",
    "variables": "features",
}
