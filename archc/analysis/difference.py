"""Two networks -> what differs: layers that were added, removed or changed, training, and totals."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, Literal, NamedTuple

from archc.layers.base import INPUT
from archc.network import Network, Node
from archc.recipe.section import Section, flat_term
from archc.recipe.train import Train
from archc.terms.record import Record, declared
from archc.terms.term import Term

TOTALS: Final = ("layers", "params", "trainable", "macs", "weight_bytes", "activation_bytes", "training_bytes")
"""The figures of a whole network that are compared."""

_MOST_PAIRS: Final = 250_000
"""Beyond so many pairs of siblings they are matched one by one, in their order: an alignment would take too long."""

Nodes = tuple[Node, ...]


class Change(NamedTuple):
    """A value that differs; None on the side that has none."""

    path: str
    a: Any
    b: Any


class LayerChange(NamedTuple):
    """A layer that only one network has, or that differs. `arguments` are those with another value, resolved."""

    kind: Literal["added", "removed", "changed"]
    a: Node | None
    b: Node | None
    arguments: tuple[Change, ...] = ()


class Difference(NamedTuple):
    """What differs between the networks `a` and `b`. `totals` has those that are equal, too."""

    a: Network
    b: Network
    layers: tuple[LayerChange, ...]
    train: tuple[Change, ...]
    totals: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether both compute the same and are trained alike. Names and descriptions of the networks do not count."""
        a, b = self.a, self.b
        ends = (a.input, a.input_dtype, a.output, a.output_dtype) == (b.input, b.input_dtype, b.output, b.output_dtype)
        return ends and not self.layers and not self.train


def compare(a: Network, b: Network) -> Difference:
    """Compare two networks. Layers are matched by what they are, so that an inserted one does not shift the others."""
    totals = tuple(Change(name, getattr(a, name), getattr(b, name)) for name in TOTALS)
    layers = tuple(_chain(a.nodes, b.nodes)) or tuple(_renumbered(a, b))
    return Difference(a, b, layers, tuple(_settings(a.train, b.train)), totals)


def _renumbered(a: Network, b: Network) -> Iterator[LayerChange]:
    """The layers of equal networks that have other names, one of them a number: as a name, it looks like a place."""
    for before, after in zip(a.walk(), b.walk(), strict=False):
        if before.name != after.name:
            yield LayerChange("changed", before, after)


def _chain(a: Nodes, b: Nodes, *, wired: bool = False) -> Iterator[LayerChange]:
    """The changes among siblings: equal layers are matched first, then between them those of one name and type.

    What a layer takes counts among the nodes of a Graph (`wired`); elsewhere it follows from where the layer stands.
    """
    for equal, left, right in _aligned(a, b, lambda node: _written(node, wired=wired)):
        if equal:
            yield from _each(left, right, wired)
        else:
            for alike, some, others in _aligned(left, right, lambda node: (_name(node), node.type)):
                yield from _each(some, others, wired) if alike else _rest(some, others, wired)


def _each(a: Nodes, b: Nodes, wired: bool) -> Iterator[LayerChange]:
    for before, after in zip(a, b, strict=True):
        yield from _matched(before, after, wired)


def _rest(a: Nodes, b: Nodes, wired: bool) -> Iterator[LayerChange]:
    """Layers without an equal: those of one type are one layer, changed; the others were removed and added."""
    for alike, some, others in _aligned(a, b, lambda node: node.type):
        if alike:
            yield from _each(some, others, wired)
        else:
            yield from (LayerChange("removed", node, None) for node in some)
            yield from (LayerChange("added", None, node) for node in others)


def _aligned(a: Nodes, b: Nodes, key: Callable[[Node], Hashable]) -> Iterator[tuple[bool, Nodes, Nodes]]:
    """Runs of siblings in order: equal by a key and as many on both sides, or different."""
    keys_a: Sequence[Hashable] = [key(node) for node in a]
    keys_b: Sequence[Hashable] = [key(node) for node in b]
    head = _common(keys_a, keys_b)
    tail = _common(keys_a[head:][::-1], keys_b[head:][::-1])
    end_a, end_b = len(a) - tail, len(b) - tail
    yield True, a[:head], b[:head]
    yield from _middle(a[head:end_a], b[head:end_b], keys_a[head:end_a], keys_b[head:end_b])
    yield True, a[end_a:], b[end_b:]


def _common(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """How many elements two lists have in common at their beginning."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _middle(
    a: Nodes, b: Nodes, keys_a: Sequence[Hashable], keys_b: Sequence[Hashable]
) -> Iterator[tuple[bool, Nodes, Nodes]]:
    if len(a) * len(b) > _MOST_PAIRS:
        yield from _in_order(a, b, [x == y for x, y in zip(keys_a, keys_b, strict=False)])
        return
    for tag, i, j, k, m in SequenceMatcher(None, keys_a, keys_b, autojunk=False).get_opcodes():
        yield tag == "equal", a[i:j], b[k:m]


def _in_order(a: Nodes, b: Nodes, equal: list[bool]) -> Iterator[tuple[bool, Nodes, Nodes]]:
    for index, same in enumerate(equal):
        yield same, a[index : index + 1], b[index : index + 1]
    yield False, a[len(equal) :], b[len(equal) :]


def _name(node: Node) -> str | None:
    """The name that a layer was given; None for its position."""
    return None if node.name.isdecimal() else node.name


def _written(node: Node, *, wired: bool = False) -> Hashable:
    """What makes a layer the same one, wherever it stands."""
    inner = tuple([_written(child, wired=node.type == "Graph") for child in node.children])
    return _name(node), node.type, node.layer, (node.inputs, node.merge) if wired else None, inner


def _arguments(node: Node, wired: bool) -> dict[str, Any]:
    """The arguments of a layer, resolved, and what a node of a Graph takes."""
    found = node.layer.resolve(node.input)
    if wired:
        found["from"] = tuple("input" if name == INPUT else name for name in node.inputs)
    if node.merge is not None:
        found["merge"] = type(node.merge).__name__
        found |= {f"merge.{name}": value for name, value in vars(node.merge).items() if node.has_module}
    return found


def _matched(a: Node, b: Node, wired: bool = False) -> Iterator[LayerChange]:
    """The changes of a layer that both have, and of what is in it. That a container counts other children is none."""
    before, after = _arguments(a, wired), _arguments(b, wired)
    names = list(dict.fromkeys((*before, *after)))
    own = tuple(
        Change(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )
    figures = (a.input, a.output, a.params, a.macs) != (b.input, b.output, b.params, b.macs)
    if own or a.type != b.type or _name(a) != _name(b) or (figures and not a.children):
        yield LayerChange("changed", a, b, own)
    yield from _chain(a.children, b.children, wired=a.type == b.type == "Graph")


def _settings(a: Train | None, b: Train | None) -> Iterator[Change]:
    """The settings of training that differ, by their path. One that only one side has is left out at its default."""
    before = {setting.path: setting for setting in _flat(a, "train")}
    after = {setting.path: setting for setting in _flat(b, "train")}
    for path in dict.fromkeys((*before, *after)):
        x, y = before.get(path), after.get(path)
        if x and y and x.value != y.value:
            yield Change(path, x.value, y.value)
        elif x and not y and not x.default:
            yield Change(path, x.value, None)
        elif y and not x and not y.default:
            yield Change(path, None, y.value)


class _Setting(NamedTuple):
    path: str
    value: Any
    default: bool


def _flat(value: object, path: str, *, default: bool = False) -> Iterator[_Setting]:
    """The single values of a section. A term is its name, and its arguments are below it."""
    if isinstance(value, Record):
        if isinstance(value, Term):
            yield _Setting(path, type(value).__name__, default)
            path = f"{path}.{type(value).__name__}"
        yield from _entries(value, path)
    elif isinstance(value, tuple) and any(isinstance(item, Record) for item in value):
        for index, item in enumerate(value):
            yield from _flat(item, f"{path}[{index}]")
    elif value is not None:
        yield _Setting(path, value, default)


def _entries(value: Record, path: str) -> Iterator[_Setting]:
    """The arguments of a record; those of a term that is written flat stand beside them, as in the spec."""
    arguments = declared(type(value))
    flat = flat_term(type(value)) if isinstance(value, Section) else None
    for name, item in vars(value).items():
        if flat and name == flat.field.name:
            yield from _entries(item, path)
        else:
            yield from _flat(item, f"{path}.{name}", default=item == arguments[name].default)
