"""What the tests draw: whole networks, and broken texts. Single layers are in layer_cases.py."""

import math
import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from archc.diagnostics.catalog import faults
from archc.layers import LAYERS
from archc.reference import examples
from tests.support.layer_cases import LEAVES, fitting_arguments, output
from tests.support.places import ROOT

SPECS = sorted((ROOT / "specs").glob("*.yaml"))
GOOD = [example.text for fault in faults() for example in examples(fault) if example.good]
BAD = [example.text for fault in faults() for example in examples(fault) if not example.good]

_FACTOR = int(os.environ.get("ARCHC_DEEP_LAWS") or "1")
_MOST = 100_000
"""Elements of a sample, so that a drawn network is small."""
_NAMES = ["stem", "fc1", "5", "it's", 'say "hi"', "naïve", "two words", "a\\b", "x{0}", "²"]


def laws(count: int) -> settings:
    """Settings for `count` examples, times `ARCHC_DEEP_LAWS` where a longer search is wanted."""
    return settings(max_examples=count * _FACTOR)


# Networks


@st.composite
def specs(draw: st.DrawFn, layers: int = 12) -> dict[str, Any]:
    """A spec that compiles, as data: up to `layers` layers in a row, some of them nested and named."""
    rank = draw(st.sampled_from([1, 2, 2, 3, 3, 3, 4]))
    shape = draw(st.lists(st.integers(1, 12), min_size=rank, max_size=rank))
    dtype = draw(st.sampled_from(["float32"] * 5 + ["int64"]))
    rows, _ = chain(draw, (tuple(shape), dtype), draw(st.integers(1, layers)), 0)
    written = {"shape": shape, "dtype": dtype} if dtype == "int64" else shape
    return {"archc": 1, "input": written, "layers": rows or ["ReLU"]}


Flow = tuple[tuple[int, ...], str]
"""A sample's shape and element type."""


def chain(draw: st.DrawFn, flow: Flow, count: int, depth: int) -> tuple[list[Any], Flow]:
    rows: list[Any] = []
    names = draw(st.permutations(_NAMES))
    for index in range(count):
        if depth < 2 and draw(st.integers(0, 7)) == 0:
            row, flow = _container(draw, flow, depth)
            rows += row
            continue
        type_ = draw(st.sampled_from([name for name in LEAVES if _suits(name, flow)]))
        given = draw(fitting_arguments(type_, flow[0]))
        y = output(type_, given, flow[0])
        if y is None or math.prod(y) > _MOST:
            continue
        flow = y, LAYERS[type_].dtypes[flow[1]]
        if index < len(names) and draw(st.integers(0, 3)) == 0:
            given["name"] = names[index]
        rows.append({type_: given} if given else type_)
    return without_clashes(rows), flow


def _container(draw: st.DrawFn, flow: Flow, depth: int) -> tuple[list[Any], Flow]:
    """A container, where one can be made of what is drawn: its row, and what it hands on; no row for an empty one."""
    inner, y = chain(draw, flow, draw(st.integers(1, 3)), depth + 1)
    if not inner:
        return [], flow
    if y == flow and draw(st.booleans()):
        return [{"Residual": inner}], y
    if draw(st.integers(0, 2)) == 0:
        return _graph(draw, flow, inner, y, depth)
    kind = draw(st.sampled_from(["Sequential", "Concat", "Add", "Multiply"]))
    if kind == "Sequential" or (kind == "Concat" and 2 * math.prod(y[0]) > _MOST):
        return [{"Sequential": inner}], y
    branches = [inner, draw(st.sampled_from([inner, [*inner, "Identity"], [{"Sequential": inner}]]))]
    if kind == "Concat":
        return [{"Concat": branches}], ((2 * y[0][0], *y[0][1:]), y[1])
    return [{kind: {"branches": {"one": branches[0], "other": branches[1]}}}], y


_MERGES = ["Add", "Multiply", "Concat"]


def _graph(draw: st.DrawFn, flow: Flow, inner: list[Any], y: Flow, depth: int) -> tuple[list[Any], Flow]:
    """A Graph: each of its nodes takes one or several of the last ones that fit, and the last takes all that remain."""
    names = draw(st.permutations(_NAMES))
    known: list[tuple[str, Flow]] = [("input", flow)]
    nodes: dict[str, Any] = {}
    for name in names[: draw(st.integers(1, 4))]:
        source, given = draw(st.sampled_from(known[-3:]))
        layers, gives = (inner, y) if given == flow else chain(draw, given, 1, depth + 1)
        alike = [other for other, other_flow in known if other_flow == given]
        if len(alike) > 1 and draw(st.booleans()):
            merge = draw(st.sampled_from(_MERGES[:2]))
            nodes[name] = {"from": draw(st.permutations(alike)), "merge": merge, "layers": layers}
            gives = gives if layers else given
        else:
            nodes[name] = {"from": source, "layers": layers} if source != "input" else layers
        if not layers and "merge" not in nodes[name]:
            del nodes[name]
            continue
        if not layers:
            del nodes[name]["layers"]
        known.append((name, gives))
    return _closed(draw, nodes, known)


def _closed(draw: st.DrawFn, nodes: dict[str, Any], known: list[tuple[str, Flow]]) -> tuple[list[Any], Flow]:
    """The graph without the nodes that do not lead to its end, which merges the last one with those that are alike."""
    last, flow = known[-1]
    alike = [name for name, other in known if other == flow]
    if len(alike) > 1 and draw(st.booleans()) and len(alike) * math.prod(flow[0]) <= _MOST:
        merge = draw(st.sampled_from(_MERGES))
        nodes["end"] = {"from": alike, "merge": merge}
        last, flow = "end", ((len(alike) * flow[0][0], *flow[0][1:]), flow[1]) if merge == "Concat" else flow
    used = {last}
    for name in reversed(nodes):
        taken = nodes[name]["from"] if isinstance(nodes[name], dict) else "input"
        if name in used:
            used.update([taken] if isinstance(taken, str) else taken)
    kept = {name: node for name, node in nodes.items() if name in used}
    return [{"Graph": {"nodes": kept}}], flow


@st.composite
def resized(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[int, ...]]:
    """A spec that compiles, and the shape of another input: one or two sizes differ, seldom the number of axes."""
    spec = draw(specs())
    given = spec["input"]
    shape = list(given["shape"] if isinstance(given, dict) else given)
    for _ in range(draw(st.integers(1, 2))):
        axis = draw(st.integers(0, len(shape) - 1))
        shape[axis] = max(1, shape[axis] + draw(st.sampled_from([-5, -3, -2, -1, -1, 1, 1, 2, 3, 8])))
    if draw(st.integers(0, 9)) == 0:
        shape = shape[1:] or [1, *shape]
    return spec, tuple(shape)


def _suits(name: str, flow: Flow) -> bool:
    x, dtype = flow
    return dtype in LAYERS[name].dtypes and len(x) in (LAYERS[name].ranks or (len(x),))


def without_clashes(rows: list[Any]) -> list[Any]:
    """A layer named like the position of a later one loses its name."""
    for row in rows:
        given = next(iter(row.values())) if isinstance(row, dict) else {}
        if isinstance(given, dict) and given.get("name", "").isdecimal() and int(given["name"]) < len(rows):
            del given["name"]
    return rows


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
