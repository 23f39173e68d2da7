"""A wrong name -> the right one: by case, by the words of other frameworks, by edit distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Synonyms: TypeAlias = Mapping[str, str] | Mapping[str, tuple[str, ...]]


def fold(name: str) -> str:
    """A name without case, underscores and hyphens."""
    return name.replace("_", "").replace("-", "").casefold()


def suggest(name: str, known: Iterable[str], synonyms: Synonyms | None = None) -> str | None:
    """The one known name that `name` most likely means; None where none or several are as likely."""
    known = list(known)
    return same(name, known) or synonym(name, known, synonyms) or nearest(name, known)


def suggest_layer(name: str, known: Iterable[str]) -> str | None:
    """The layer that is meant, also by a word of another framework that names one for each number of axes."""
    from archc.elaborate import synonyms

    known = list(known)
    per_rank = synonyms.PER_RANK.get(fold(name))
    return suggest(name, known, synonyms.LAYERS) if per_rank is None else per_rank[-1]


def suggest_argument(name: str, known: Iterable[str]) -> str | None:
    """The argument that is meant, also by a word of another framework."""
    from archc.elaborate import synonyms

    return suggest(name, known, synonyms.ARGUMENTS)


def suggest_key(name: str, known: Iterable[str]) -> str | None:
    """The key of the document or of a section that is meant, also by a word of another framework."""
    from archc.elaborate import synonyms

    return suggest(name, known, synonyms.KEYS)


def same(name: str, known: list[str]) -> str | None:
    """The one known name that differs in case, underscores and hyphens alone."""
    folded = fold(name)
    found = [candidate for candidate in known if fold(candidate) == folded]
    return found[0] if len(found) == 1 else None


def synonym(name: str, known: list[str], synonyms: Synonyms | None) -> str | None:
    """The known name that another framework calls `name`; the likeliest of several."""
    meant: Any = (synonyms or {}).get(fold(name), ())
    candidates = (meant,) if isinstance(meant, str) else meant
    return next((candidate for candidate in candidates if candidate in known), None)


def nearest(name: str, known: list[str]) -> str | None:
    """The known name at the least edit distance, if it is small for its length and no other is as near."""
    folded = fold(name)
    if len(folded) > 64:
        return None
    near = sorted(
        (steps, candidate)
        for candidate in known
        if abs(len(folded) - len(fold(candidate))) <= (most := _most_steps(folded, fold(candidate)))
        and (steps := distance(folded, fold(candidate))) <= most
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
