"""Arguments of layers and the samples they meet, legal and not: what the laws of single layers draw."""

import math
from collections.abc import Callable
from typing import Any

import pydantic_core
from hypothesis import strategies as st

from archc.diagnostics.fault import Fault
from archc.layers import LAYERS
from archc.terms.record import REQUIRED, declared

Given = dict[str, Any]
Sample = tuple[int, ...]

LEAVES = sorted(name for name, cls in LAYERS.items() if not cls.contains)
_LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12]


def output(name: str, given: Given, x: Sample) -> Sample | None:
    """The output shape of a layer, or None where it refuses its arguments or its input."""
    try:
        layer = LAYERS[name](**given)
        layer.check()
        return layer.for_tokens(None).output_shape(x)
    except (pydantic_core.ValidationError, Fault):
        return None


@st.composite
def cases(draw: st.DrawFn, name: str) -> tuple[Given, Sample]:
    """Arguments of a layer and a sample's shape: often legal, often at the border, sometimes neither."""
    ranks = [*LAYERS[name].ranks] or [1, 2, 3, 4]
    rank = draw(st.sampled_from(ranks * (24 // len(ranks)) + [1, 2, 3, 4]))
    x = tuple(draw(st.lists(st.sampled_from(_LENGTHS), min_size=rank, max_size=rank)))
    return draw(fitting_arguments(name, x, wild=draw(_one_in(5)))), x


@st.composite
def fitting_arguments(draw: st.DrawFn, name: str, x: Sample, *, wild: bool = False) -> Given:
    """Arguments of a layer that mostly suit an input, as a spec has them; with `wild` also some that never do."""
    cls = LAYERS[name]
    known = declared(cls)
    given = {}
    for argument in known.values():
        if argument.name in cls.of_data:
            # No data says it here, and null is what leaving it out means.
            given[argument.name] = draw(values(argument.kind.json["anyOf"][0], wild=wild))
        elif argument.name not in cls.sizes and (argument.default is REQUIRED or draw(_one_in(3))):
            given[argument.name] = draw(values(argument.kind.json, wild=wild))
    fits = [fit for names, fit in _FITS if all(argument in known for argument in names)]
    fits += [_side_padding] if next(iter(known), None) == "padding" else []
    for fit in fits:
        if len(x) in (cls.ranks or (len(x),)) and not draw(_one_in(6)):
            fit(draw, given, x)
    for size, known_axis in cls.sizes.items():
        axis = -3 if known_axis is None else known_axis
        actual, wrong = x[axis % len(x)], x[axis % len(x)] + 1
        if size == "normalized_shape":
            actual, wrong = [*x[-draw(st.integers(1, len(x))) :]], [*x, 1]
        written = draw(st.sampled_from([None] * 5 + [actual] * 3 + [wrong]))
        if written is not None:
            given[size] = written
    return given


# Values


def values(schema: dict[str, Any], *, wild: bool) -> st.SearchStrategy[Any]:
    """Values that a JSON Schema of an argument admits, small ones; with `wild` also some that it does not."""
    if "anyOf" in schema:
        return st.one_of([values(option, wild=wild) for option in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = {"integer": _ints, "number": _floats, "array": _lists}
    if schema.get("type") in kinds:
        return kinds[schema["type"]](schema, wild=wild)
    return {"boolean": st.booleans(), "null": st.none(), "string": st.text(max_size=5)}[schema["type"]]


def _ints(schema: dict[str, Any], *, wild: bool) -> st.SearchStrategy[int]:
    least = schema.get("minimum", -4)
    low = max(least, -5) - (wild and least > -5)
    drawn = st.integers(low, max(low, 0) + 5)
    return drawn if wild else drawn.filter(lambda value: value != schema.get("not", {}).get("const"))


def _floats(schema: dict[str, Any], *, wild: bool) -> st.SearchStrategy[float]:
    least = schema.get("minimum", schema.get("exclusiveMinimum", -2.0))
    most = schema.get("maximum", schema.get("exclusiveMaximum", 2.0))
    open_ends = {"exclude_min": "exclusiveMinimum" in schema, "exclude_max": "exclusiveMaximum" in schema}
    inside = st.floats(least, most, width=32, allow_subnormal=False, **open_ends)
    if "not" in schema:
        inside = inside.filter(lambda value: value != schema["not"]["const"])
    return st.one_of(inside, inside, inside, st.sampled_from([least - 0.5, most + 0.5])) if wild else inside


def _lists(schema: dict[str, Any], *, wild: bool) -> st.SearchStrategy[list[Any]]:
    low, high = schema["minItems"], schema.get("maxItems", 4)
    return st.lists(values(schema["items"], wild=wild), min_size=max(0, low - wild), max_size=high + wild)


def _one_in(count: int) -> st.SearchStrategy[bool]:
    return st.integers(1, count).map(lambda number: number == count)


# What makes arguments suit an input


def _divisor(draw: st.DrawFn, number: int) -> int:
    return draw(st.sampled_from([n for n in range(1, number + 1) if number % n == 0]))


def _per_axis(value: Any, count: int) -> list[Any]:
    return value if isinstance(value, list) and len(value) == count else [value] * count


def _ints_of(given: Given, name: str, count: int, default: int) -> list[int]:
    """An argument along each axis; the default where it is no number, or a list of another length."""
    value = given.get(name, default)
    return [n if isinstance(n, int) and not isinstance(n, bool) else default for n in _per_axis(value, count)]


def _groups(draw: st.DrawFn, given: Given, x: Sample) -> None:
    if "groups" in given:
        given["groups"] = _divisor(draw, x[0])
    if "out_channels" in given and "groups" in given:
        given["out_channels"] = given["groups"] * draw(st.integers(1, 3))


def _one_of_groups(argument: str, axis: int) -> Callable[[st.DrawFn, Given, Sample], None]:
    def fit(draw: st.DrawFn, given: Given, x: Sample) -> None:
        given[argument] = _divisor(draw, x[axis])

    return fit


def _pool_padding(draw: st.DrawFn, given: Given, x: Sample) -> None:
    if "padding" in given:
        least = min(_ints_of(given, "kernel_size", len(x) - 1, 1))
        given["padding"] = draw(st.integers(0, max(0, least // 2)))


def _border(draw: st.DrawFn, given: Given, x: Sample) -> None:
    """Make the window just as large as the padded input, give or take one; or at most half as large."""
    axes = len(x) - 1
    pads, gaps = (_ints_of(given, name, axes, default) for name, default in (("padding", 0), ("dilation", 1)))
    sizes = []
    for size, pad, gap in zip(x[1:], pads, gaps, strict=True):
        most = (size + 2 * pad - 1) // max(1, gap) + 1
        sizes.append(max(1, most + draw(st.integers(-1, 1))))
    if draw(st.booleans()):
        sizes = [max(1, size // 2) for size in sizes]
    given["kernel_size"] = sizes


def _output_padding(draw: st.DrawFn, given: Given, x: Sample) -> None:
    axes = len(x) - 1
    steps = zip(_ints_of(given, "stride", axes, 1), _ints_of(given, "dilation", axes, 1), strict=True)
    given["output_padding"] = [draw(st.integers(0, max(0, max(both) - 1))) for both in steps]
    given["padding"] = draw(st.integers(0, 2))


def _fraction(draw: st.DrawFn, given: Given, x: Sample) -> None:
    sizes = [draw(st.integers(1, size)) for size in x[1:]]
    given["kernel_size"] = [draw(st.integers(1, max(1, size - n + 1))) for n, size in zip(sizes, x[1:], strict=True)]
    given.pop("output_size", None)
    given.pop("output_ratio", None)
    if draw(st.booleans()):
        given["output_size"] = sizes
    else:
        given["output_ratio"] = [min(0.99, (n + 0.2) / size) for n, size in zip(sizes, x[1:], strict=True)]


def _one_size(draw: st.DrawFn, given: Given, x: Sample) -> None:
    kept, dropped = draw(st.permutations(["size", "scale_factor"]))
    given.pop(dropped, None)
    single = draw(st.integers(1, 9)) if kept == "size" else draw(st.sampled_from([0.3, 0.5, 1.0, 1.7, 2.0, 3.5]))
    given[kept] = single if draw(st.booleans()) else [single] * (len(x) - 1)


def _mode(draw: st.DrawFn, given: Given, x: Sample) -> None:
    smooth = {2: ["linear"], 3: ["bilinear", "bicubic"], 4: ["trilinear"]}[len(x)]
    given["mode"] = draw(st.sampled_from(["nearest", "nearest-exact", "area", *smooth]))
    if given["mode"] not in smooth:
        given.pop("align_corners", None)


def _side_padding(draw: st.DrawFn, given: Given, x: Sample) -> None:
    del x
    count = len(given["padding"]) if isinstance(given["padding"], list) else 0
    some = st.one_of(st.integers(-2, 3), st.integers(-5, 5))
    given["padding"] = [draw(some) for _ in range(count)] if count else draw(some)


def _slopes(draw: st.DrawFn, given: Given, x: Sample) -> None:
    given["num_parameters"] = draw(st.sampled_from([1, x[0]]))


def _parts(draw: st.DrawFn, given: Given, x: Sample) -> None:
    axis = draw(st.integers(1, len(x)))
    first = _divisor(draw, x[axis - 1])
    given["dim"] = draw(st.sampled_from([axis, axis - len(x) - 1]))
    given["unflattened_size"] = draw(st.sampled_from([[first, -1], [-1, first], [first, x[axis - 1] // first], [-1]]))


def _shuffle(draw: st.DrawFn, given: Given, x: Sample) -> None:
    fitting = [n for n in (1, 2, 3) if len(x) > 2 and x[-3] % n**2 == 0]
    given["upscale_factor"] = draw(st.sampled_from(fitting or [1]))


def _unshuffle(draw: st.DrawFn, given: Given, x: Sample) -> None:
    given["downscale_factor"] = _divisor(draw, math.gcd(*x[-2:]))


def _fold(draw: st.DrawFn, given: Given, x: Sample) -> None:
    """A grid of as many positions as there are blocks, and an image in which the window has just those."""
    rows, area = _divisor(draw, x[1]), _divisor(draw, x[0])
    height = _divisor(draw, area)
    kernel, grid = [height, area // height], [rows, x[1] // rows]
    gaps, pads, steps = (_ints_of(given, name, 2, n) for name, n in (("dilation", 1), ("padding", 0), ("stride", 1)))
    given["kernel_size"] = kernel
    given["output_size"] = [
        (n - 1) * step + gap * (k - 1) + 1 - 2 * pad
        for n, step, gap, k, pad in zip(grid, steps, gaps, kernel, pads, strict=True)
    ]


def _range(draw: st.DrawFn, given: Given, x: Sample) -> None:
    del x
    low = draw(st.floats(-2, 2))
    given |= {"min_val": low, "max_val": low + draw(st.sampled_from([0.0, 0.5, 3.0]))}


def _order(draw: st.DrawFn, given: Given, x: Sample) -> None:
    given["dims"] = [0, *draw(st.permutations(range(1, len(x) + 1)))]


def _axes(draw: st.DrawFn, given: Given, x: Sample) -> None:
    chosen = draw(st.lists(st.integers(1, len(x)), min_size=1, max_size=len(x), unique=True))
    given["dim"] = [axis - draw(st.sampled_from([0, len(x) + 1])) for axis in chosen]


def _position(draw: st.DrawFn, given: Given, x: Sample) -> None:
    axis = draw(st.integers(1, len(x)))
    given |= {"dim": axis, "index": draw(st.integers(-x[axis - 1], x[axis - 1]))}


_FITS: list[tuple[tuple[str, ...], Callable[[st.DrawFn, Given, Sample], None]]] = [
    (("groups", "out_channels"), _groups),
    (("output_padding",), _output_padding),
    (("kernel_size", "dilation"), _border),
    (("kernel_size", "padding", "ceil_mode"), _pool_padding),
    (("output_ratio",), _fraction),
    (("size", "scale_factor"), _one_size),
    (("mode", "align_corners"), _mode),
    (("num_groups",), _one_of_groups("num_groups", 0)),
    (("num_heads",), _one_of_groups("num_heads", -1)),
    (("nhead",), _one_of_groups("nhead", -1)),
    (("upscale_factor",), _shuffle),
    (("downscale_factor",), _unshuffle),
    (("unflattened_size",), _parts),
    (("num_parameters",), _slopes),
    (("output_size", "stride"), _fold),
    (("min_val",), _range),
    (("dims",), _order),
    (("dim", "keepdim"), _axes),
    (("dim", "index"), _position),
]
"""For the layers that have certain arguments: what makes those suit an input."""
