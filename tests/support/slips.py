"""Slips of authors: one change of a valid spec, as people make them."""

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from archc.diagnostics.report import Report
from archc.front import read
from archc.layers import LAYERS
from archc.source import SourceFile
from archc.syntax.read import parse
from archc.syntax.tree import data_of
from archc.syntax.write import write_yaml
from tests.support.places import ROOT, at_home

_WORD = re.compile(r"[A-Za-z_]{3,}")
_INT = re.compile(r"(?<![\w.])[0-9]+(?![\w.])")
_SPECS = sorted([*(ROOT / "specs").rglob("*.yaml"), *(ROOT / "tests/specs/published").glob("*.yaml")])


def leaves(layers: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """The layers of a spec that contain none, in the order of the text, with their arguments, which can be changed."""
    found = []
    for index, written in enumerate(layers):
        row = {written: {}} if isinstance(written, str) else written
        layers[index] = row
        ((name, value),) = row.items()
        if not LAYERS[name].contains:
            row[name] = value if isinstance(value, dict) else {LAYERS[name].principal: value}
            found.append((name, row[name]))
            continue
        for part in _parts(LAYERS[name].contains, value):
            found += leaves(part)
    return found


def _parts(contains: tuple[str, ...], value: Any) -> list[list[Any]]:
    """The lists of layers inside a container."""
    if isinstance(value, list):
        return value if isinstance(value[0], list) else [value]
    parts = []
    for name in contains:
        inside = value.get(name, [])
        if name in ("branches", "nodes"):
            inside = inside.values() if isinstance(inside, dict) else inside
            parts += [part.get("layers", []) if isinstance(part, dict) else part for part in inside]
        else:
            parts.append(inside)
    return parts


def written_out(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec with every size that archc would infer, as code that was ported from torch has them."""
    spec = json.loads(json.dumps(spec))
    network = read(SourceFile("x", json.dumps(spec)), Report("x"), format="json").network
    assert network is not None
    nodes = [node for node in network.walk() if not node.layer.contains and node.merge is None]
    rows = leaves(spec["layers"])
    assert [name for name, _ in rows] == [node.type for node in nodes]
    for node, (_, row) in zip(nodes, rows, strict=True):
        row |= {
            name: list(size) if isinstance(size, tuple) else size
            for name, size in node.layer.inferred(node.input).items()
        }
    return spec


def _written_out(path: Path) -> dict[str, Any] | None:
    """A spec with all sizes written; None where it has what is read before layers are known: blocks, repeats."""
    data = at_home(data_of(parse(SourceFile(path.name, path.read_text()), Report(path.name)).tree), path.parent)
    text = json.dumps(data)
    if any(word in text for word in ("Repeat", '"blocks"', "${", '"include"')):
        return None
    return written_out(data)


TEXTS = [path.read_text() for path in _SPECS]
FULL = [spec for path in _SPECS if (spec := _written_out(path))]
FULL_TEXTS = [write_yaml(spec) for spec in FULL]


@st.composite
def slips(draw: st.DrawFn, texts: list[str]) -> str:
    """A valid text with one slip: a wrong letter or number, quotes, a mark or a line too few or too many."""
    text = draw(st.sampled_from(texts))
    lines = text.split("\n")
    at = draw(
        st.sampled_from(
            [number for number, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
        )
    )
    lines[at] = draw(st.sampled_from(_SLIPS))(draw, lines[at])
    return "\n".join(lines)


def _misspelt(draw: st.DrawFn, line: str) -> str:
    words = [*_WORD.finditer(line)]
    if not words:
        return line
    word = draw(st.sampled_from(words))
    at = draw(st.integers(0, len(word[0]) - 2))
    old = word[0]
    new = draw(
        st.sampled_from(
            [
                old[:at] + old[at + 1] + old[at] + old[at + 2 :],
                old[:at] + old[at + 1 :],
                old.lower(),
                old.upper(),
                f"nn.{old}",
                f"{old}s",
            ]
        )
    )
    return line[: word.start()] + new + line[word.end() :]


def _misnumbered(draw: st.DrawFn, line: str) -> str:
    numbers = [*_INT.finditer(line)]
    if not numbers:
        return line
    number = draw(st.sampled_from(numbers))
    value = int(number[0])
    new = draw(
        st.sampled_from(
            [
                value + 1,
                value * 2,
                value // 2,
                value - 1,
                10 * value,
                0,
                1,
                7,
                f"{value}.0",
                f'"{value}"',
                f"{value},",
                f"[{value}]",
            ]
        )
    )
    return f"{line[: number.start()]}{new}{line[number.end() :]}"


def _unmarked(draw: st.DrawFn, line: str) -> str:
    marks = [at for at, character in enumerate(line) if character in ":-{}[],"]
    if not marks:
        return line
    at = draw(st.sampled_from(marks))
    return draw(
        st.sampled_from(
            [line[:at] + line[at + 1 :], line[: at + 1] + line[at + 1 :].lstrip(), line[:at] + line[at] + line[at:]]
        )
    )


def _shifted(draw: st.DrawFn, line: str) -> str:
    return draw(
        st.sampled_from(
            [f" {line}", line[1:] if line[:1] == " " else line, line.replace("  ", "\t", 1), "", f"{line}\n{line}"]
        )
    )


_SLIPS = [_misspelt, _misspelt, _misnumbered, _misnumbered, _unmarked, _shifted]
