"""The augmentation that changes the values of pixels, and leaves them where they are."""

from typing import Annotated, Any, Final

from archc.recipe.augmentations.base import Augmentation
from archc.terms.record import Doc
from archc.terms.values import read_by

_JSON: Final[dict[str, Any]] = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    ]
}


def _limits(value: object, middle: float, least: float, most: float) -> tuple[float, float]:
    """`x` is from `middle - x`, or `least`, to `middle + x`, as in torchvision."""
    items: list[Any] = list(value) if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        raise ValueError("not numbers")
    if isinstance(value, int | float):
        low, high = max(middle - value, least) if least == 0 else middle - value, middle + value
        low, high = (low, high) if value >= 0 else (1.0, 0.0)
    elif len(items) == 2:
        low, high = items
    else:
        raise ValueError("not two numbers")
    if not least <= low <= high <= most:
        raise ValueError("not a range")
    return float(low), float(high)


def _factor(value: object) -> tuple[float, float]:
    return _limits(value, 1.0, 0.0, 1e6)


def _turn(value: object) -> tuple[float, float]:
    return _limits(value, 0.0, -0.5, 0.5)


_FACTORS = read_by(
    "a number `x` of at least 0, which means factors from `1 - x` to `1 + x`, or a list [least, most]",
    _factor,
    _JSON,
)
_TURNS = read_by("a number `x` from 0 to 0.5, which means `[-x, x]`, or a list [least, most]", _turn, _JSON)


class ColorJitter(Augmentation):
    """Change brightness, contrast, saturation and hue by random amounts, in a random order.

    An image with one channel has no saturation and no hue, and keeps what it has.
    """

    brightness: Annotated[tuple[float, float], _FACTORS, Doc("Factors of the values.")] = (1.0, 1.0)
    contrast: Annotated[tuple[float, float], _FACTORS, Doc("Factors of the distance from the mean.")] = (1.0, 1.0)
    saturation: Annotated[tuple[float, float], _FACTORS, Doc("Factors of the distance from grey.")] = (1.0, 1.0)
    hue: Annotated[tuple[float, float], _TURNS, Doc("Turns of the colour wheel.")] = (0.0, 0.0)
