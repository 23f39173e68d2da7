"""The `expect` section of a spec, typed: the claims that `check` verifies."""

import re
from typing import Annotated, Any, Final, NamedTuple

from archc.recipe.section import Section
from archc.terms.record import Doc, nullable
from archc.terms.values import read_by

_UNITS: Final = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_QUANTITY = r"(?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)\s*(?P<unit>B|KB|MB|GB|KiB|MiB|GiB)?"


class Bound(NamedTuple):
    """The least and the most that a figure may be; None for no limit."""

    least: int | None
    most: int | None

    def holds(self, value: int) -> bool:
        """Whether a figure is within."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


_LONGEST: Final = 40
"""Digits of a quantity: far more than memory has bytes, and a float still holds it."""


def quantity(value: object) -> int:
    """A whole number from `2000000`, `2_000_000` or `64MiB`.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, float) and value >= 0 and value.is_integer():
        return int(value)
    found = re.fullmatch(_QUANTITY, value) if isinstance(value, str) else None
    if not found or len(found["number"]) > _LONGEST:
        raise ValueError("not a quantity")
    return round(float(found["number"].replace("_", "")) * _UNITS[found["unit"] or ""])


def _bound(value: object) -> Bound:
    if isinstance(value, Bound):
        return value
    if not isinstance(value, dict):
        exact = quantity(value)
        return Bound(exact, exact)
    if not value or set(value) - {"min", "max"}:
        raise ValueError("not a bound")
    limits = {name: quantity(item) for name, item in value.items()}
    return Bound(limits.get("min"), limits.get("max"))


def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not value or not all(type(size) is int and size > 0 for size in value):
        raise ValueError("not a shape")
    return tuple(value)


def _shapes(value: object) -> dict[str, tuple[int, ...]]:
    if not isinstance(value, dict):
        raise ValueError("not a mapping")
    return {str(path): _shape(shape) for path, shape in value.items()}


_SHAPE_JSON: Final[dict[str, Any]] = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1}
_QUANTITY_JSON: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "string", "pattern": r"^[0-9][0-9_]*(\.[0-9]+)?\s*(B|KB|MB|GB|KiB|MiB|GiB)?$"},
    ]
}
_LIMITS: Final = read_by(
    "a number, or a mapping with `min` and `max`, as in `{max: 2_000_000}` or `{max: 64MiB}`",
    _bound,
    {
        "anyOf": [
            *_QUANTITY_JSON["anyOf"],
            {
                "type": "object",
                "properties": {"min": _QUANTITY_JSON, "max": _QUANTITY_JSON},
                "minProperties": 1,
                "additionalProperties": False,
            },
        ]
    },
)
_SHAPE: Final = read_by("a list of sizes, as in `[10]`", _shape, _SHAPE_JSON)
_SHAPES: Final = read_by(
    "a mapping of layer paths to shapes, as in `{conv2: [64, 12, 12]}`",
    _shapes,
    {"type": "object", "additionalProperties": _SHAPE_JSON},
)


class Expect(Section):
    """Claims about the network; `archc check` fails where one does not hold."""

    output: Annotated[tuple[int, ...] | None, nullable(_SHAPE), Doc("The shape of the output for one sample.")] = None
    params: Annotated[Bound | None, nullable(_LIMITS), Doc("Parameters.")] = None
    macs: Annotated[Bound | None, nullable(_LIMITS), Doc("Multiply-accumulates for one sample.")] = None
    memory: Annotated[Bound | None, nullable(_LIMITS), Doc("Bytes for training at the spec's batch size.")] = None
    receptive_field: Annotated[
        Bound | None, nullable(_LIMITS), Doc("Pixels of the input that one position of the last feature map sees.")
    ] = None
    shapes: Annotated[
        dict[str, tuple[int, ...]] | None, nullable(_SHAPES), Doc("Output shapes of layers, by path.")
    ] = None
