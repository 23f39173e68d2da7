"""A wrong name -> the right one: by case, by the words of other frameworks, by edit distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from archc.elaborate.nearest import distance, fold, nearest

__all__ = ["distance", "fold", "nearest", "suggest"]

Synonyms: TypeAlias = Mapping[str, str] | Mapping[str, tuple[str, ...]]


def suggest(name: str, known: Iterable[str], synonyms: Synonyms | None = None) -> str | None:
    """The one known name that `name` most likely means; None where none or several are as likely."""
    known = list(known)
    return same(name, known) or synonym(name, known, synonyms) or nearest(fold(name), tuple(known))


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
