"""Spec -> the sizes of its input for which it is valid, and those for which it keeps its weights.

Each axis of positions (height, width, ...) is asked about with the others as they are written. Sizes are tried, not
derived: all from 1 to well past the written one, and some that are much larger. What repeats to the end of those is
taken to go on: every shape rule is a window, a division or a comparison, whose verdicts repeat once the size is past
all windows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from archc.diagnostics.report import Report
from archc.infer import infer
from archc.layers import Shape
from archc.network import Network, Node
from archc.spec import Spec

PAST: Final = 128
"""How many sizes are tried past the first valid one; two repetitions of the longest period that is looked for."""

_LETTERS: Final = {"length": "L", "height": "H", "width": "W", "depth": "D", "steps": "T"}
_NAMES: Final = {
    2: ("channels", "length"),
    3: ("channels", "height", "width"),
    4: ("channels", "depth", "height", "width"),
}


class Sizes(NamedTuple):
    """The sizes `first`, `first + step`, ... up to `last`, or without end where that is None."""

    first: int
    last: int | None
    step: int

    def __str__(self) -> str:
        if self.last is None:
            if self.step == 1:
                return f">= {self.first}"
            if self.first == self.step:
                return f"multiples of {self.step}"
            return f"{self.first}, {self.first + self.step}, {self.first + 2 * self.step}, ... (steps of {self.step})"
        return f"{self.first} to {self.last}" if self.last > self.first else f"= {self.first}"


class AxisSizes(NamedTuple):
    """The legal sizes of one axis of the input: those that are valid, and those that also keep every weight's shape.

    `tried` is the largest size of which either is said, or None where all of them are known.
    """

    axis: int
    name: str
    valid: tuple[Sizes, ...]
    same: tuple[Sizes, ...]
    tried: int | None

    @property
    def letter(self) -> str:
        """How the axis is called in formulas, as in `H`."""
        return _LETTERS[self.name]


class Tie(NamedTuple):
    """The first layer that fixes the size: an argument that follows from the input, with its value."""

    path: str
    type: str
    argument: str
    value: Any


class LegalSizes(NamedTuple):
    """What is known of each axis, whether its smallest sizes are valid together, and what ties weights to a size."""

    axes: tuple[AxisSizes, ...]
    together: bool
    tie: Tie | None


def legal_sizes(spec: Spec, network: Network) -> LegalSizes:
    """The legal sizes of a spec whose network is known. Without axes where the input is a vector of features."""
    fixed = _follows(network)
    axes, tie = [], None
    for axis, name in _positions(network):
        probe = _Probe(spec, network.input, axis, fixed)
        valid, same = probe.runs(probe.valid), probe.runs(probe.same)
        axes.append(AxisSizes(axis, name, valid, same, None if probe.repeats else probe.top))
        tie = tie or probe.tie
    smallest = list(network.input)
    for sizes in axes:
        smallest[sizes.axis] = sizes.valid[0].first
    together = len(axes) < 2 or infer(spec, Report(), tuple(smallest)) is not None
    return LegalSizes(tuple(axes), together, tie)


class _Probe:
    """Asks about sizes of one axis, each once."""

    def __init__(self, spec: Spec, shape: Shape, axis: int, fixed: list[tuple[Node, dict[str, Any]]]) -> None:
        self.spec = spec
        self.shape = shape
        self.axis = axis
        self.fixed = fixed
        self.tie: Tie | None = None
        self.known: dict[int, tuple[bool, bool]] = {}
        self.top = self._top()
        self.repeats = True

    def _top(self) -> int:
        """How far every size is tried: past the first valid one; past the written one too, unless all sizes do."""
        size = self.shape[self.axis]
        first = next((h for h in range(1, size) if self.valid(h)), size)
        top = first + PAST
        if all(self.same(h) for h in (*range(first, top), *range(max(1, size - 2), size + 3))):
            return top
        return max(top, size + PAST)

    def valid(self, size: int) -> bool:
        """Whether there is a network for this size."""
        return self._ask(size)[0]

    def same(self, size: int) -> bool:
        """Whether it has the weights of the written size."""
        return self._ask(size)[1]

    def _ask(self, size: int) -> tuple[bool, bool]:
        if size not in self.known:
            shape = (*self.shape[: self.axis], size, *self.shape[self.axis + 1 :])
            network = infer(self.spec, Report(), shape)
            self.known[size] = network is not None, network is not None and self._keeps(network)
        return self.known[size]

    def _keeps(self, network: Network) -> bool:
        for (node, before), (_, after) in zip(self.fixed, _follows(network), strict=True):
            if before != after:
                argument = next(name for name in before if before[name] != after[name])
                self.tie = self.tie or Tie(node.path, node.type, argument, before[argument])
                return False
        return True

    def runs(self, holds: Callable[[int], bool]) -> tuple[Sizes, ...]:
        """The sizes for which a predicate holds. `repeats` becomes false where they do not go on as they end."""
        tried = [holds(size) for size in range(1, self.top + 1)]
        period, start = _repeats(tried)
        ends = range(start, start + period)
        far = [holds(size + self.top // period * period * times) for size in ends for times in (3, 10)]
        if not period or far != [tried[size - 1] for size in ends for _ in (3, 10)]:
            self.repeats = False
            return tuple(_closed(tried, self.top))
        before = _closed(tried, start - 1)
        endless = [Sizes(size, None, period) for size in ends if tried[size - 1]]
        return (*before, *endless)


def _repeats(tried: list[bool]) -> tuple[int, int]:
    """The shortest period of the end of a list, and the size from which on it holds (from 1); (0, 0) for none.

    It must have been seen twice, over at least `PAST / 2` sizes.
    """
    for period in range(1, PAST // 2 + 1):
        start = len(tried) - period
        while start > 0 and tried[start - 1] == tried[start - 1 + period]:
            start -= 1
        if len(tried) - start >= max(2 * period, PAST // 2):
            return period, start + 1
    return 0, 0


def _closed(tried: list[bool], end: int) -> list[Sizes]:
    """The ranges of sizes up to `end` that hold."""
    runs: list[Sizes] = []
    for size in range(1, end + 1):
        if not tried[size - 1]:
            continue
        if runs and runs[-1].last == size - 1:
            runs[-1] = runs[-1]._replace(last=size)
        else:
            runs.append(Sizes(size, size, 1))
    return runs


def _follows(network: Network) -> list[tuple[Node, dict[str, Any]]]:
    """The arguments of all layers that follow from the input."""
    return [(node, node.layer.inferred(node.input)) for node in network.walk() if not node.children]


def _positions(network: Network) -> list[tuple[int, str]]:
    """The axes of the input that are positions, with their names: those that its first layer with names gives them."""
    rank = len(network.input)
    if network.input_dtype == "int64" and rank == 1:
        return [(0, "steps")]
    names = _NAMES.get(rank, ())
    for node in network.walk():
        if len(node.input) != rank:
            break
        if rank in node.layer.ranks:
            names = tuple(node.layer.ranks[rank].split(", "))
            break
    return [(axis, name) for axis, name in enumerate(names) if name in _LETTERS]
