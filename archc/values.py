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


def repeated(says: str, item: Kind, count: int) -> Kind:
    """One value for all axes, or a list with one for each of them."""

    def spread(value: object) -> object:
        return tuple(value) if isinstance(value, list | tuple) else (value,) * count

    schema = {"type": "tuple", "items_schema": [item.schema] * count}
    listed = {"type": "array", "items": item.json, "minItems": count, "maxItems": count}
    return Kind(says, _before(spread, schema), {"anyOf": [item.json, listed]}, spread=count)


def per_axis(item: Kind, names: str, note: str = "") -> Kind:
    """One value for all axes, or a list with one for each of the axes `names`, as in `height, width`."""
    count = names.count(",") + 1
    lengths = {1: "one", 2: "two", 3: "three", 4: "four", 6: "six"}
    return repeated(f"{item.says}, or a list of {lengths[count]} ({names}){note}", item, count)


def one_or_more(says: str, item: Kind) -> Kind:
    """A value alone, which is a list of one, or a list of at least one."""
    schema: _Schema = {"type": "tuple", "items_schema": [item.schema], "variadic_item_index": 0, "min_length": 1}
    listed = {"type": "array", "items": item.json, "minItems": 1}
    return Kind(says, _before(_tuple_of, schema), {"anyOf": [item.json, listed]}, spread=1)


def either(says: str, *kinds: Kind) -> Kind:
    """A value of any of some kinds."""
    options = [option for kind in kinds for option in kind.json.get("anyOf", [kind.json])]
    spread = max(kind.spread for kind in kinds)
    return Kind(says, {"type": "union", "choices": [kind.schema for kind in kinds]}, {"anyOf": options}, spread=spread)


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


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _tuple_of(value: object) -> object:
    """A value alone is a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


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
_ONE, _TWO, _THREE = "length", "height, width", "depth, height, width"
_KEEPS: Final = ", where null keeps the input's size"


def _conv_padding(names: str) -> Kind:
    counts = per_axis(_COUNT, names)
    return either(f"{counts.says}, or `same` or `valid`", _WORDS, counts)


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

SizeSingle: TypeAlias = Annotated[tuple[int], per_axis(_SIZE, _ONE)]
SizePair: TypeAlias = Annotated[tuple[int, int], per_axis(_SIZE, _TWO)]
SizeTriple: TypeAlias = Annotated[tuple[int, int, int], per_axis(_SIZE, _THREE)]
CountSingle: TypeAlias = Annotated[tuple[int], per_axis(_COUNT, _ONE)]
CountPair: TypeAlias = Annotated[tuple[int, int], per_axis(_COUNT, _TWO)]
CountTriple: TypeAlias = Annotated[tuple[int, int, int], per_axis(_COUNT, _THREE)]
OutputPair: TypeAlias = Annotated[tuple[int | None, int | None], per_axis(_SIZE_OR_NULL, _TWO, _KEEPS)]
OutputTriple: TypeAlias = Annotated[tuple[int | None, int | None, int | None], per_axis(_SIZE_OR_NULL, _THREE, _KEEPS)]
ConvPaddingSingle: TypeAlias = Annotated[tuple[int] | Literal["same", "valid"], _conv_padding(_ONE)]
ConvPadding: TypeAlias = Annotated[tuple[int, int] | Literal["same", "valid"], _conv_padding(_TWO)]
ConvPaddingTriple: TypeAlias = Annotated[tuple[int, int, int] | Literal["same", "valid"], _conv_padding(_THREE)]
