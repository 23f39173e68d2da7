"""A wrong name -> the right one: by case, by the words of other frameworks, by edit distance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

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

    other = synonyms.INSTEAD.get(fold(name))
    if other and other.entry is None:
        return None  # it asks for nothing here, and not for what is spelt alike
    return suggest(name, known, synonyms.KEYS)


class Meant(NamedTuple):
    """What another tool's word means: a name of archc's, or what to write in its stead."""

    name: str | None
    advice: str | None = None


def suggest_value(argument: str, text: str, known: Iterable[str]) -> Meant:
    """The choice of an argument that is meant, also by a word of another tool."""
    from archc.elaborate.synonyms import VALUE_ADVICE, VALUES

    if argument == "metrics":
        return suggest_figure(text, known)
    if fold(text) in VALUE_ADVICE.get(argument, {}):
        return Meant(None, VALUE_ADVICE[argument][fold(text)])
    known = list(known)
    return Meant(suggest(text, known, VALUES.get(argument)))


def suggest_figure(name: str, known: Iterable[str], split: str = "") -> Meant:
    """The figure that is meant by a name of any tool: `valid/acc` is `val_accuracy`.

    Args:
        name: as it is written.
        known: those that there are.
        split: that of a name without one, as in `val`; empty where names have none.
    """
    from archc.elaborate.synonyms import FIGURE_ADVICE, FIGURES

    known = list(known)
    of, bare = _split_of(fold(re.sub(r"[/. ]", "_", name)))
    prefix = f"{of or split}_" if split else ""
    names = {fold(candidate.removeprefix(prefix)): candidate for candidate in known if candidate.startswith(prefix)}
    if bare == "loss" and "loss" not in names.values() and not split:
        return Meant(None, "delete it: the loss is always measured")
    meant = next((fold(figure) for figure in FIGURES.get(bare, ()) if fold(figure) in names), bare)
    if meant not in names and bare in FIGURE_ADVICE:
        return Meant(None, re.sub(r"\{(\w+)\}", rf"{prefix}\1", FIGURE_ADVICE[bare]))
    return Meant(names.get(meant) or suggest(name, known) or suggest(f"{prefix}{name}", known))


def _split_of(folded: str) -> tuple[str, str]:
    """The split that the name of a figure begins or ends with, if any, and the rest: `epochvalacc` is of `val`."""
    from archc.elaborate.synonyms import SPLITS

    folded = folded.removeprefix("epoch")
    for word, split in SPLITS.items():
        if folded.startswith(word) and folded != word:
            return split, folded.removeprefix(word).removesuffix("epoch")
        if folded.endswith(word) and folded != word:
            return split, folded.removesuffix(word)
    return "", folded.removesuffix("epoch")


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
