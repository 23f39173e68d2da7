"""A misspelt name -> the one known name at the least edit distance. Fast, as a file may hold many thousands."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


def fold(name: str) -> str:
    """A name without case, underscores and hyphens."""
    return name.replace("_", "").replace("-", "").casefold()


class _Word(NamedTuple):
    name: str
    folded: str
    letters: int


@lru_cache(maxsize=64)
def _words(known: tuple[str, ...]) -> tuple[_Word, ...]:
    """The known names as they are compared. All mistakes of one kind are compared with the same ones."""
    return tuple(_Word(name, folded := fold(name), _letters(folded)) for name in known)


def _letters(folded: str) -> int:
    """The letters of a word, as a set of bits."""
    bits = 0
    for letter in folded:
        bits |= 1 << (ord(letter) & 63)
    return bits


@lru_cache(maxsize=4096)
def nearest(folded: str, known: tuple[str, ...]) -> str | None:
    """The known name at the least edit distance, if it is small for its length and no other is as near."""
    if len(folded) > 64:
        return None
    letters = _letters(folded)
    near = sorted(
        (steps, word.name)
        for word in _words(known)
        if (most := _most_steps(folded, word.folded)) >= abs(len(folded) - len(word.folded))
        and (letters & ~word.letters).bit_count() <= most  # each letter that the other lacks is a step
        and (word.letters & ~letters).bit_count() <= most
        and (steps := distance(folded, word.folded)) <= most
    )
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return None
    return near[0][1]


def _most_steps(a: str, b: str) -> int:
    """The edit distance up to which two words are near."""
    return max(1, min(len(a), len(b)) // 3)


def distance(a: str, b: str) -> int:
    """The number of insertions, deletions, replacements and swaps of neighbours between two words.

    Source: optimal string alignment, https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
    """
    two_back: list[int] = []
    back = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(back[j] + 1, row[j - 1] + 1, back[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, two_back[j - 2] + 1)
            row.append(cost)
        two_back, back = back, row
    return back[-1]
