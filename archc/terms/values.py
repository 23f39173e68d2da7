"""The kinds of argument values, each with its words, its check and its JSON Schema."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, TypeAlias

from archc.terms.record import Kind

DIMENSION_LIMIT: Final = 2**31
"""A dimension, and every size that makes one, lies below this."""

LARGEST: Final = 2.0**128 - 2.0**104
"""The largest number of float32. torch stops at a larger one where it meets a tensor."""

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
    """Finite numbers within the given limits, and within those of float32, which torch computes in."""
    limits = {"ge": least, "gt": above, "le": most, "lt": below}
    ends = {"ge": -LARGEST if above is None else None, "le": LARGEST if below is None else None}
    words = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
    known = {name: value for name, value in limits.items() if value is not None}
    return Kind(
        says,
        {"type": "float", "allow_inf_nan": False, **{name: end for name, end in ends.items() if end}, **known},
        {"type": "number", **{words[name]: value for name, value in known.items()}},
    )


def choice(*texts: str) -> Kind:
    """One of some texts."""
    quoted = [f"`{text}`" for text in texts]
    says = f"{', '.join(quoted[:-1])} or {quoted[-1]}" if len(quoted) > 1 else quoted[0]
    return Kind(says, {"type": "literal", "expected": list(texts)}, {"enum": list(texts)})


def text_like(says: str, pattern: str) -> Kind:
    """Texts that a pattern matches as a whole."""
    whole = f"^(?:{pattern})$"
    return Kind(says, {"type": "str", "pattern": whole}, {"type": "string", "pattern": whole})


def repeated(says: str, item: Kind, count: int) -> Kind:
    """One value for all axes, or a list with one for each of them; null stands in a list alone."""

    def spread(value: object) -> object:
        alone = value is not None and not isinstance(value, list | tuple)
        return (value,) * count if alone else _tuple(value)

    alone = next((option for option in item.json.get("anyOf", []) if option != {"type": "null"}), item.json)
    schema = {"type": "tuple", "items_schema": [item.schema] * count}
    listed = {"type": "array", "items": item.json, "minItems": count, "maxItems": count}
    return Kind(says, _before(spread, schema), {"anyOf": [alone, listed]}, spread=count)


_LENGTHS: Final = {1: "one", 2: "two", 3: "three", 4: "four", 6: "six"}


def per_axis(item: Kind, names: str, note: str = "") -> Kind:
    """One value for all axes, or a list with one for each of the axes `names`, as in `height, width`."""
    count = names.count(",") + 1
    return repeated(f"{item.says}, or a list of {_LENGTHS[count]} ({names}){note}", item, count)


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


class Mapped(dict[str, Any]):
    """A mapping as a value of a record: equal ones have one hash, so nobody changes it."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted((key, repr(value)) for key, value in self.items())))


def read_by(says: str, function: Callable[[object], object], json: dict[str, Any], *, spread: int = 0) -> Kind:
    """Values that a function reads, which raises ValueError where it cannot."""
    schema = {"type": "function-plain", "function": {"type": "no-info", "function": function}}
    return Kind(says, schema, json, spread=spread)


def listed_each(says: str, *items: Kind) -> Kind:
    """A list with one value of each kind, in their order; in a JSON Schema all are of the first."""
    schema: _Schema = {"type": "tuple", "items_schema": [item.schema for item in items]}
    count = len(items)
    return Kind(
        says, _before(_tuple, schema), {"type": "array", "items": items[0].json, "minItems": count, "maxItems": count}
    )


def _before(function: Any, schema: _Schema) -> _Schema:
    return {"type": "function-before", "function": {"type": "no-info", "function": function}, "schema": schema}


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _tuple_of(value: object) -> object:
    """A value alone is a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def not_zero(kind: Kind) -> Kind:
    """A kind of numbers without 0."""
    function = {"type": "no-info", "function": _not_zero}
    schema = {"type": "function-after", "function": function, "schema": kind.schema}
    return Kind(f"{kind.says} other than 0", schema, {**kind.json, "not": {"const": 0}})


def _not_zero(value: float) -> float:
    if value == 0:
        raise ValueError("zero")
    return value


FLAG: Final = Kind("true or false", {"type": "bool"}, {"type": "boolean"})
TEXT: Final = Kind("text", {"type": "str"}, {"type": "string"})
_SIZE: Final = integer("an int of at least 1", 1)
_COUNT: Final = integer("an int of at least 0", 0)
_SIZE_OR_NULL: Final = Kind(
    _SIZE.says, {"type": "nullable", "schema": _SIZE.schema}, {"anyOf": [_SIZE.json, {"type": "null"}]}
)
_RATIO: Final = number("a number between 0 and 1", above=0, below=1)
_FACTOR: Final = number("a number above 0", above=0)
_SHIFT: Final = integer("an int", -DIMENSION_LIMIT + 1)
_WORDS: Final = choice("same", "valid")
_ONE, _TWO, _THREE = "length", "height, width", "depth, height, width"
_KEEPS: Final = ", where null keeps the input's size"


def _conv_padding(names: str) -> Kind:
    length = _LENGTHS[names.count(",") + 1]
    says = f"{_COUNT.says}, a list of {length} ({names}), `same` or `valid`"
    return either(says, _WORDS, per_axis(_COUNT, names))


Size: TypeAlias = Annotated[int, _SIZE]
Count: TypeAlias = Annotated[int, _COUNT]
Int: TypeAlias = Annotated[int, integer("an int", -(2**63), 2**63)]
Seed: TypeAlias = Annotated[int, integer("an int of at least 0", 0, 2**63)]
Axis: TypeAlias = Annotated[int, integer("the number of an axis", -17, 18)]
AxisFromEnd: TypeAlias = Annotated[int, integer("the number of an axis, counted from the end: -1 or less", -17, 0)]
Divisor: TypeAlias = Annotated[int, not_zero(integer("an int", -DIMENSION_LIMIT + 1))]
NotZero: TypeAlias = Annotated[float, not_zero(number("a number"))]
Flag: TypeAlias = Annotated[bool, FLAG]
Text: TypeAlias = Annotated[str, TEXT]
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
Sizes: TypeAlias = Annotated[
    tuple[int, ...], one_or_more("an int of at least 1, or a list of them, one for each axis", _SIZE)
]
RatioPair: TypeAlias = Annotated[tuple[float, float], per_axis(_RATIO, _TWO)]
RatioTriple: TypeAlias = Annotated[tuple[float, float, float], per_axis(_RATIO, _THREE)]
SidesSingle: TypeAlias = Annotated[tuple[int, int], per_axis(_SHIFT, "left, right")]
SidesPair: TypeAlias = Annotated[tuple[int, int, int, int], per_axis(_SHIFT, "left, right, top, bottom")]
SidesTriple: TypeAlias = Annotated[
    tuple[int, int, int, int, int, int], per_axis(_SHIFT, "left, right, top, bottom, front, back")
]
Axes: TypeAlias = Annotated[
    tuple[int, ...], one_or_more("the number of an axis, or a list of them", integer("the number of an axis", -17, 18))
]
Index: TypeAlias = Annotated[int, integer("an int", -DIMENSION_LIMIT + 1)]
Parts: TypeAlias = Annotated[
    tuple[int, ...], listed("a list of ints of at least 1, one of which may be -1", not_zero(integer("", -1)), least=1)
]
FactorPair: TypeAlias = Annotated[tuple[float, float], per_axis(_FACTOR, _TWO)]
Factors: TypeAlias = Annotated[
    float | tuple[float, ...],
    either("a number above 0, or a list of them, one for each axis", _FACTOR, listed("a list", _FACTOR, least=1)),
]
Targets: TypeAlias = Annotated[
    int | tuple[int, ...],
    either("an int of at least 1, or a list of them, one for each axis", _SIZE, listed("a list", _SIZE, least=1)),
]
