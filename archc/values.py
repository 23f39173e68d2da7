"""The types of arguments, each with the words that describe it to an author."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

DIMENSION_LIMIT: Final = 2**31
"""A dimension, and every size that makes one, lies below this."""


class Says(NamedTuple):
    """How a type is called in a message: "expected `p` to be {text}"."""

    text: str


def _pair(value: object) -> object:
    """An int is both elements; a list is its elements."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    return tuple(value) if isinstance(value, list) else value


def _not_zero(value: int) -> int:
    if value == 0 or abs(value) >= DIMENSION_LIMIT:
        raise ValueError("zero")
    return value


def _integer_schema(minimum: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": minimum, "exclusiveMaximum": DIMENSION_LIMIT}


def _pair_schema(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 2, "maxItems": 2}]}


Size: TypeAlias = Annotated[int, Field(ge=1, lt=DIMENSION_LIMIT), Says("an int of at least 1")]
Count: TypeAlias = Annotated[int, Field(ge=0, lt=DIMENSION_LIMIT), Says("an int of at least 0")]
Divisor: TypeAlias = Annotated[int, AfterValidator(_not_zero), Says("an int other than 0")]
Axis: TypeAlias = Annotated[int, Field(ge=-17, le=17), Says("the number of an axis")]
Flag: TypeAlias = Annotated[bool, Says("true or false")]
Real: TypeAlias = Annotated[float, Field(allow_inf_nan=False), Says("a number")]
NonNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False), Says("a number of at least 0")]
Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False), Says("a number above 0")]
Probability: TypeAlias = Annotated[float, Field(ge=0, le=1), Says("a number from 0 to 1")]
Decay: TypeAlias = Annotated[float, Field(ge=0, lt=1), Says("a number from 0 to below 1")]
Text: TypeAlias = Annotated[str, Says("text")]

SizePair: TypeAlias = Annotated[
    tuple[Size, Size],
    BeforeValidator(_pair),
    WithJsonSchema(_pair_schema(_integer_schema(1))),
    Says("an int of at least 1, or a list of two (height, width)"),
]
CountPair: TypeAlias = Annotated[
    tuple[Count, Count],
    BeforeValidator(_pair),
    WithJsonSchema(_pair_schema(_integer_schema(0))),
    Says("an int of at least 0, or a list of two (height, width)"),
]
OutputPair: TypeAlias = Annotated[
    tuple[Size | None, Size | None],
    BeforeValidator(_pair),
    WithJsonSchema(_pair_schema({"anyOf": [_integer_schema(1), {"type": "null"}]})),
    Says("an int of at least 1, or a list of two (height, width), where null keeps the input's size"),
]
ConvPadding: TypeAlias = Annotated[
    tuple[Count, Count] | Literal["same", "valid"],
    BeforeValidator(_pair),
    WithJsonSchema({"anyOf": [{"enum": ["same", "valid"]}, *_pair_schema(_integer_schema(0))["anyOf"]]}),
    Says("an int of at least 0, a list of two (height, width), `same` or `valid`"),
]
