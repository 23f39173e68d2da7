"""What is known of the values of a tensor: between which bounds they are, of what they are shares, whether they vary.

Bounds are those of exact arithmetic, for values that are finite; a float may be beyond one by its last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Final, Literal, NamedTuple, TypeAlias

Whole: TypeAlias = Literal["shares", "log_shares"]
"""Numbers that add up to 1, or the logarithms of such."""


class Range(NamedTuple):
    """The values of one sample: `least <= value <= most`.

    `along` are the axes of the sample, those of size 1 left out, along which together they are a `whole`. `varies` is
    false where every sample has the same values.
    """

    least: float = -inf
    most: float = inf
    whole: Whole | None = None
    along: tuple[int, ...] = ()
    varies: bool = True

    def within(self, other: Range) -> bool:
        """Whether each of its values is one of the other's."""
        return other.least <= self.least and self.most <= other.most

    @property
    def bare(self) -> Range:
        """Its bounds, for values that are no longer a whole."""
        return between(self.least, self.most, varies=self.varies)

    @property
    def averaged(self) -> Range:
        """That of means of its values. Those of shares are shares, those of logarithms are no logarithms of shares."""
        return self if self.whole != "log_shares" else self.bare

    def through(self, function: Callable[[float], float], *turns: float) -> Range:
        """That of a function of each value, which rises or falls throughout between its turns."""
        inside = [turn for turn in turns if self.least < turn < self.most]
        ends = [function(value) for value in (self.least, self.most, *inside)]
        return between(min(ends), max(ends), varies=self.varies)

    def over(self, floor: float) -> Range:
        """That of a function that is near its input above 0, and between `floor` and 0 below."""
        return between(0.0 if self.least >= 0 else floor, max(0.0, self.most), varies=self.varies)

    def scaled(self, factor: float) -> Range:
        """That of its values times a number."""
        ends = times(self.least, factor), times(self.most, factor)
        return between(min(ends), max(ends), varies=self.varies)

    def and_also(self, value: float) -> Range:
        """With one more value, which any place may have."""
        return between(min(self.least, value), max(self.most, value), varies=self.varies)

    def placed(self, axes: Mapping[int, tuple[int, ...]]) -> Range:
        """Where each axis has become others, or none. An axis that is not named is no longer known."""
        if self.whole is None or not all(axis in axes for axis in self.along):
            return self.bare
        return self._replace(along=tuple(sorted({new for axis in self.along for new in axes[axis]})))

    def flattened(self, shape: tuple[int, ...], start: int, end: int) -> Range:
        """Where the axes from `start` to `end` have become one."""
        group = {axis for axis in range(start, end + 1) if shape[axis] > 1}
        if group.intersection(self.along) and not group.issubset(self.along):
            return self.bare
        rest = {axis: (axis if axis < start else axis - (end - start),) for axis in range(len(shape))}
        return self.placed({**rest, **dict.fromkeys(group, (start,))})

    def pooled(self) -> Range:
        """That of means over positions, for which the first axis alone stays what it is."""
        return self.averaged if set(self.along) <= {0} else self.bare


ANY: Final = Range()
UNIT: Final = Range(0.0, 1.0)
POSITIVE: Final = Range(least=0.0)
NEGATIVE: Final = Range(most=0.0)


def between(least: float, most: float, *, varies: bool = True) -> Range:
    """Values between two bounds. Those that are one do not vary."""
    return Range(least, most, varies=varies and least < most)


def dropped(x: Range, p: float) -> Range:
    """Where values become 0 with probability `p`, and the others are divided by `1 - p`."""
    if p == 0:
        return x
    return x.scaled(1 / (1 - p)).and_also(0.0) if p < 1 else between(0.0, 0.0)


def normalised(x: Range, count: int, *, learns: bool) -> Range:
    """That of values less their mean: of one value that is 0, whatever it is, then a learned offset."""
    if count > 1:
        return Range(varies=x.varies)
    return Range(varies=False) if learns else between(0.0, 0.0)


def times(a: float, b: float) -> float:
    """A product of bounds. What is times infinity stands for finite numbers, so that 0 stays 0."""
    return a * b if a and b else 0.0


def shares(whole: Whole, axis: int, size: int, *, varies: bool) -> Range:
    """What a softmax along an axis gives. Of one value it is 1, whatever the value is."""
    if size == 1:
        value = 1.0 if whole == "shares" else 0.0
        return Range(value, value, whole, (), False)
    most = 1.0 if whole == "shares" else 0.0
    return Range(0.0 if whole == "shares" else -inf, most, whole, (axis,), varies)


def added(given: Iterable[Range]) -> Range:
    """That of sums."""
    ranges = tuple(given)
    if len(ranges) == 1:
        return ranges[0]
    return between(sum(x.least for x in ranges), sum(x.most for x in ranges), varies=any(x.varies for x in ranges))


def multiplied(given: Iterable[Range]) -> Range:
    """That of products."""
    first, *others = given
    for x in others:
        ends = [times(a, b) for a in (first.least, first.most) for b in (x.least, x.most)]
        first = between(min(ends), max(ends), varies=first.varies or x.varies)
    return first


def concatenated(given: Iterable[Range], axis: int) -> Range:
    """That of tensors one after the other along an axis of the sample."""
    ranges = tuple(given)
    if len(ranges) == 1:
        return ranges[0]
    all_of_them = hull(*ranges)
    wholes = {(x.whole, x.along) for x in ranges}
    whole, along = wholes.pop()
    if wholes or whole is None or axis in along:
        return all_of_them
    return all_of_them._replace(whole=whole, along=along)


def hull(*ranges: Range) -> Range:
    """That of values each of which is of one of several ranges."""
    least, most = min(x.least for x in ranges), max(x.most for x in ranges)
    return Range(least, most, varies=any(x.varies for x in ranges))
