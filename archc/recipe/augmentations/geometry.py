"""Augmentations that turn, move, stretch and shear an image, with pixels between pixels."""

from typing import Annotated, Any, Final, Literal

from archc.diagnostics import catalog
from archc.recipe.augmentations.base import Augmentation, Fill, OutputSize, pair
from archc.terms.record import Doc, nullable
from archc.terms.values import choice, listed, number, read_by

_NUMBER: Final[dict[str, Any]] = {"type": "number"}


def _range(value: object) -> tuple[float, ...]:
    """`d` is `(-d, d)`, as in torchvision."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return (-float(value), float(value))
    return _numbers(value, 2)


def _shears(value: object) -> tuple[float, ...]:
    return _numbers(value, 4) if isinstance(value, list | tuple) and len(value) == 4 else _range(value)


def _numbers(value: object, count: int) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or len(value) != count:
        raise ValueError("not a list of numbers")
    if not all(isinstance(item, int | float) and not isinstance(item, bool) and abs(item) < 1e9 for item in value):
        raise ValueError("not a list of numbers")
    numbers = tuple(float(item) for item in value)
    if any(low > high for low, high in zip(numbers[::2], numbers[1::2], strict=True)):
        raise ValueError("the least is above the most")
    return numbers


def _json(*counts: int) -> dict[str, Any]:
    lists = [{"type": "array", "items": _NUMBER, "minItems": count, "maxItems": count} for count in counts]
    return {"anyOf": [{"type": "number", "minimum": 0}, *lists]}


_RANGE = read_by("a number `d` of at least 0, which means `[-d, d]`, or a list [least, most]", _range, _json(2))
_SHEAR = read_by(
    "a number `d` of at least 0, which means `[-d, d]`, a list [least, most] or [least x, most x, least y, most y]",
    _shears,
    _json(2, 4),
)
_SHARE = number("", least=0, most=1)
_Center = Annotated[
    tuple[float, float] | None,
    nullable(listed("a list of two numbers (x, y)", number(""), length=2)),
    Doc("What it turns around, in pixels from the upper left corner; null: the middle."),
]
_Interpolation = Annotated[
    Literal["nearest", "bilinear"],
    choice("nearest", "bilinear"),
    Doc("How a pixel between pixels is found."),
]
_Degrees = Annotated[tuple[float, float], _RANGE, Doc("Least and most angle, in degrees.")]
_Positive2 = listed("a list of two numbers above 0", number("", above=0), length=2)


class RandomRotation(Augmentation):
    """Turn the image by a random angle."""

    principal = "degrees"

    degrees: _Degrees
    interpolation: _Interpolation = "nearest"
    center: _Center = None
    fill: Fill = 0


class RandomAffine(Augmentation):
    """Turn, move, scale and shear the image by random amounts."""

    principal = "degrees"

    degrees: _Degrees
    translate: Annotated[
        tuple[float, float] | None,
        nullable(listed("a list of two numbers from 0 to 1", _SHARE, length=2)),
        Doc("The farthest that it moves, as shares of width and height."),
    ] = None
    scale: Annotated[tuple[float, float] | None, nullable(_Positive2), Doc("Least and most factor.")] = None
    shear: Annotated[tuple[float, ...] | None, nullable(_SHEAR), Doc("Least and most angle, in degrees.")] = None
    interpolation: _Interpolation = "nearest"
    fill: Fill = 0
    center: _Center = None

    def check(self) -> None:
        _check_order(self, "scale")


class RandomResizedCrop(Augmentation):
    """Cut a piece of random size and shape out of the image, and stretch it to `size`.

    torchvision draws up to ten pieces until one fits, and then takes the middle; so does this. Pieces are never larger
    than the image, so that torchvision's `antialias` has nothing to change.
    """

    principal = "size"

    size: OutputSize
    scale: Annotated[
        tuple[float, float],
        listed("a list of two numbers above 0 and at most 1", number("", above=0, most=1), length=2),
        Doc("Least and most share of the image's area."),
    ] = (0.08, 1.0)
    ratio: Annotated[tuple[float, float], _Positive2, Doc("Least and most width, as a share of the height.")] = (
        3 / 4,
        4 / 3,
    )
    interpolation: _Interpolation = "bilinear"

    def output(self, size: tuple[int, ...]) -> tuple[int, ...]:
        return pair(self.size)

    def check(self) -> None:
        _check_order(self, "scale")
        _check_order(self, "ratio")


def _check_order(term: Augmentation, field: str) -> None:
    limits = getattr(term, field)
    if limits is not None and limits[0] > limits[1]:
        raise catalog.values.Contradiction(
            field=field, first=f"{field}[0]", second=f"{field}[1]", reason="the least is above the most"
        )
