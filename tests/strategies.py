"""What the tests draw: arguments of layers, inputs that reach their borders, whole networks, and broken texts."""

import os
from pathlib import Path
from typing import Any

import pydantic_core
from hypothesis import settings
from hypothesis import strategies as st

from archc.diagnostics.catalog import catalog
from archc.diagnostics.fault import Fault
from archc.layers import LAYERS
from archc.record import REQUIRED, arguments
from archc.reference import examples

ROOT = Path(__file__).parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
LEAVES = sorted(name for name, cls in LAYERS.items() if not cls.contains)
GOOD = [example.text for fault in catalog() for example in examples(fault) if example.good]
BAD = [example.text for fault in catalog() for example in examples(fault) if not example.good]

_FACTOR = int(os.environ.get("ARCHC_DEEP_LAWS") or "1")
_NAMES = ["stem", "fc1", "5", "it's", 'say "hi"', "naïve", "two words", "a\\b", "x{0}", "²"]


def laws(count: int) -> settings:
    """Settings for `count` examples, times `ARCHC_DEEP_LAWS` where a longer search is wanted."""
    return settings(max_examples=count * _FACTOR)


# Arguments


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
    inside = st.floats(least, most, exclude_min="exclusiveMinimum" in schema, exclude_max="exclusiveMaximum" in schema)
    return st.one_of(inside, inside, inside, st.sampled_from([least - 0.5, most + 0.5])) if wild else inside


def _lists(schema: dict[str, Any], *, wild: bool) -> st.SearchStrategy[list[Any]]:
    low, high = schema["minItems"], schema.get("maxItems", 4)
    return st.lists(values(schema["items"], wild=wild), min_size=low - wild, max_size=high + wild)


@st.composite
def written_arguments(draw: st.DrawFn, name: str, *, wild: bool = False) -> dict[str, Any]:
    """Arguments of a layer as a spec has them; sizes that follow from the input are left to the caller."""
    cls = LAYERS[name]
    given = {}
    for argument in arguments(cls).values():
        if argument.name in cls.sizes:
            continue
        if argument.default is REQUIRED or draw(st.integers(0, 2)) == 0:
            given[argument.name] = draw(values(argument.kind.json, wild=wild))
    return given


@st.composite
def cases(draw: st.DrawFn, name: str) -> tuple[dict[str, Any], tuple[int, ...]]:
    """Arguments of a layer and a sample's shape, legal and not: often a window just as large as the padded input."""
    cls = LAYERS[name]
    given = draw(written_arguments(name, wild=draw(_one_in(5))))
    names = arguments(cls).keys()
    rank = draw(st.sampled_from([*cls.ranks] * 6 + [1, 2, 3, 4]))
    shape = draw(st.lists(st.integers(1, 7), min_size=rank, max_size=rank))
    if "groups" in names and not draw(_one_in(4)):
        _divide_by_groups(draw, given, shape)
    if "ceil_mode" in names and not draw(_one_in(4)):
        given["padding"] = draw(st.integers(0, max(0, min(_pair(given["kernel_size"])) // 2 + draw(_one_in(4)))))
    if given.get("padding_mode", "zeros") != "zeros" and rank == 3 and draw(st.booleans()):
        given["padding"] = shape[1] - draw(st.sampled_from([-1, 0, 1]))
    if "kernel_size" in given and rank == 3 and draw(st.booleans()):
        _put_at_the_border(draw, given, shape)
    sizes = [argument for argument in ("out_channels", "out_features", "output_size") if argument in given]
    if sizes and draw(_one_in(12)):
        given[sizes[0]] = 0
    for size, axis in cls.sizes.items():
        written = draw(st.sampled_from([None, None, None, shape[axis], shape[axis] + 1]))
        if written is not None:
            given[size] = written
    return given, tuple(shape)


def _one_in(count: int) -> st.SearchStrategy[bool]:
    return st.integers(1, count).map(lambda number: number == count)


def _pair(value: Any) -> list[int]:
    return value if isinstance(value, list) else [value, value]


def _divide_by_groups(draw: st.DrawFn, given: dict[str, Any], shape: list[int]) -> None:
    """Make both numbers of channels multiples of the groups."""
    groups = given["groups"] = draw(st.sampled_from([1, 2, 2, 3]))
    shape[0] = groups * draw(st.integers(1, 2))
    given["out_channels"] = groups * draw(st.integers(1, 3))


def _put_at_the_border(draw: st.DrawFn, given: dict[str, Any], shape: list[int]) -> None:
    """Make the image as large as the window with its dilation, less the padding, give or take one."""
    padding = given.get("padding", 0)
    parts = [given["kernel_size"], 0 if isinstance(padding, str) else padding, given.get("dilation", 1)]
    if any(len(_pair(part)) != 2 for part in parts):
        return
    for axis, (kernel, pad, gap) in enumerate(zip(*map(_pair, parts), strict=True), 1):
        shape[axis] = max(1, gap * (kernel - 1) + 1 - 2 * pad + draw(st.integers(-1, 1)))


# Networks


@st.composite
def specs(draw: st.DrawFn, layers: int = 8) -> dict[str, Any]:
    """A spec that compiles, as data: up to `layers` layers in a row, some of them nested and named."""
    rank = draw(st.sampled_from([1, 2, 3, 3, 3]))
    shape = tuple(draw(st.lists(st.integers(1, 12), min_size=rank, max_size=rank)))
    rows, _ = _chain(draw, shape, draw(st.integers(1, layers)), 0)
    return {"archc": 1, "input": list(shape), "layers": rows or ["ReLU"]}


def _chain(draw: st.DrawFn, x: tuple[int, ...], count: int, depth: int) -> tuple[list[Any], tuple[int, ...]]:
    rows: list[Any] = []
    names = draw(st.permutations(_NAMES))
    for index in range(count):
        if depth < 2 and draw(st.integers(0, 7)) == 0:
            inner, x = _chain(draw, x, draw(st.integers(1, 3)), depth + 1)
            if inner:
                rows.append({"Sequential": inner})
            continue
        type_ = draw(st.sampled_from(LEAVES))
        given = draw(written_arguments(type_))
        y = output(type_, given, x)
        if y is None:
            continue
        x = y
        if index < len(names) and draw(st.integers(0, 3)) == 0:
            given["name"] = names[index]
        rows.append({type_: given} if given else type_)
    return _without_clashes(rows), x


def _without_clashes(rows: list[Any]) -> list[Any]:
    """A layer named like the position of a later one loses its name."""
    for row in rows:
        given = next(iter(row.values())) if isinstance(row, dict) else {}
        if isinstance(given, dict) and given.get("name", "").isdecimal() and int(given["name"]) < len(rows):
            del given["name"]
    return rows


def output(name: str, given: dict[str, Any], x: tuple[int, ...]) -> tuple[int, ...] | None:
    """The output shape of a layer, or None where it refuses its arguments or its input."""
    try:
        layer = LAYERS[name](**given)
        layer.check()
        return layer.output(x)
    except (pydantic_core.ValidationError, Fault):
        return None


# Texts


_CHARACTERS = "{}[]:,-#&*!|>'\"%@`\t\n\r\0\x85\u2028\ufeff\U0001f600"
_MARKS = ["- ", ": ", "\n  ", "<<: ", "&a ", "*a", "!!int ", "---\n"]
_WORDS = ["~", "1e999", "-1", "0", "null", "true", ".inf", "2147483648", "Conv2d", "layers", "train"]
_TOKENS = st.sampled_from([*_CHARACTERS, *_MARKS, *_WORDS, "10" * 16])


@st.composite
def broken(draw: st.DrawFn, texts: list[str]) -> str:
    """A valid text after a few deletions, repetitions and replacements."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 1, 2, 5, 20, 100])))
        kind = draw(st.sampled_from(["delete", "repeat", "replace"]))
        middle = {"delete": "", "repeat": text[start:end] * 2}.get(kind)
        text = text[:start] + (draw(_TOKENS) if middle is None else middle) + text[end:]
    return text
