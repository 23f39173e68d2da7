"""A name that was most likely meant -> the question and the remedy that offer it."""

from __future__ import annotations

from archc.diagnostics.fault import Remedy


def instead(written: str, suggestion: str | None) -> Remedy | None:
    """The name that was most likely meant. Unless only case, `_` or `-` differ it is a guess, and so not safe."""
    if not suggestion:
        return None
    return Remedy(f"write `{suggestion}`", suggestion, safe=_letters(written) == _letters(suggestion))


def did_you_mean(suggestion: str | None) -> str | None:
    """The question for it; None where there is none."""
    return f"did you mean `{suggestion}`?" if suggestion else None


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
