"""The kinds of argument values, each with its words, its check and its JSON Schema."""

from typing import Annotated, Any, Final, Literal, TypeAlias

from archc.record import Kind

DIMENSION_LIMIT: Final = 2**31
"""A dimension, and every size that makes one, lies below this."""

_Schema = dict[str, Any]


def integer(says: str, least: int, limit: int = DIMENSION_LIMIT) -> Kind:
    """Ints from `least` to below `limit`."""
    return Kind(
        says,
        {"type": "int", "ge": least, "lt": limit},
        {"type": "integer", "minimum": least, "exclusiveMaximum": limit},
    )


def number(
    says: str,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> Kind:
    """Finite numbers within the given limits."""
    limits = {"ge": least, "gt": above, "le": most, "lt": below}
    words = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
    known = {name: value for name, value in limits.items() if value is not None}
    return Kind(
        says,
        {"type": "float", "allow_inf_nan": False, **known},
        {"type": "number", **{words[name]: value for name, value in known.items()}},
    )


def choice(*texts: str) -> Kind:
    """One of some texts."""
    quoted = [f"`{text}`" for text in texts]
    says = f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else quoted[0]
    return Kind(says, {"type": "literal", "expected": list(texts)}, {"enum": list(texts)})


def pair(says: str, item: Kind) -> Kind:
    """One value for both axes, or a list of two."""
    pairs = {"type": "tuple", "items_schema": [item.schema, item.schema]}
    listed = {"type": "array", "items": item.json, "minItems": 2, "maxItems": 2}
    return Kind(says, _before(_both, pairs), {"anyOf": [item.json, listed]})


def listed(says: str, item: Kind, *, length: int | None = None, least: int = 0) -> Kind:
    """A list of values, of a certain length or of at least `least`."""
    schema: _Schema = {
        "type": "tuple",
        "items_schema": [item.schema],
        "variadic_item_index": 0,
        "min_length": length or least,
    }
    json: _Schema = {"type": "array", "items": item.json, "minItems": length or least}
    if length is not None:
        schema["max_length"] = json["maxItems"] = length
    return Kind(says, _before(_tuple, schema), json)


def _before(function: Any, schema: _Schema) -> _Schema:
    return {"type": "function-before", "function": {"type": "no-info", "function": function}, "schema": schema}


def _both(value: object) -> object:
    """An int is both elements; a list is its elements."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value, value)
    return _tuple(value)


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _not_zero(value: int) -> int:
    if value == 0:
        raise ValueError("zero")
    return value


_SIZE: Final = integer("an int of at least 1", 1)
_COUNT: Final = integer("an int of at least 0", 0)
_SIZE_OR_NULL: Final = Kind(
    _SIZE.says, {"type": "nullable", "schema": _SIZE.schema}, {"anyOf": [_SIZE.json, {"type": "null"}]}
)
_WORDS: Final = choice("same", "valid")
_COUNTS: Final = pair("an int of at least 0, or a list of two (height, width)", _COUNT)

Size: TypeAlias = Annotated[int, _SIZE]
Count: TypeAlias = Annotated[int, _COUNT]
Int: TypeAlias = Annotated[int, integer("an int", -(2**63), 2**63)]
Seed: TypeAlias = Annotated[int, integer("an int of at least 0", 0, 2**63)]
Axis: TypeAlias = Annotated[int, integer("the number of an axis", -17, 18)]
Divisor: TypeAlias = Annotated[
    int,
    Kind(
        "an int other than 0",
        {
            "type": "function-after",
            "function": {"type": "no-info", "function": _not_zero},
            "schema": {"type": "int", "gt": -DIMENSION_LIMIT, "lt": DIMENSION_LIMIT},
        },
        {"type": "integer", "not": {"const": 0}},
    ),
]
Flag: TypeAlias = Annotated[bool, Kind("true or false", {"type": "bool"}, {"type": "boolean"})]
Text: TypeAlias = Annotated[str, Kind("text", {"type": "str"}, {"type": "string"})]
Real: TypeAlias = Annotated[float, number("a number")]
NonNegative: TypeAlias = Annotated[float, number("a number of at least 0", least=0)]
Positive: TypeAlias = Annotated[float, number("a number above 0", above=0)]
Probability: TypeAlias = Annotated[float, number("a number from 0 to 1", least=0, most=1)]
Decay: TypeAlias = Annotated[float, number("a number from 0 to below 1", least=0, below=1)]
Fraction: TypeAlias = Annotated[float, number("a number between 0 and 1", above=0, below=1)]

SizePair: TypeAlias = Annotated[tuple[int, int], pair("an int of at least 1, or a list of two (height, width)", _SIZE)]
CountPair: TypeAlias = Annotated[tuple[int, int], _COUNTS]
OutputPair: TypeAlias = Annotated[
    tuple[int | None, int | None],
    pair("an int of at least 1, or a list of two (height, width), where null keeps the input's size", _SIZE_OR_NULL),
]
ConvPadding: TypeAlias = Annotated[
    tuple[int, int] | Literal["same", "valid"],
    Kind(
        "an int of at least 0, a list of two (height, width), `same` or `valid`",
        {"type": "union", "choices": [_WORDS.schema, _COUNTS.schema]},
        {"anyOf": [_WORDS.json, *_COUNTS.json["anyOf"]]},
    ),
]
