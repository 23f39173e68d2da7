"""A name that was most likely meant -> the question and the remedy that offer it."""

from __future__ import annotations

from archc.diagnostics.fault import Remedy


def instead(written: str, suggestion: str | None) -> Remedy | None:
    """The name that was most likely meant. Unless only case, `_` or `-` differ it is a guess, and so not safe."""
    if not suggestion:
        return None
    return Remedy(f"write `{suggestion}`", suggestion, safe=_letters(written) == _letters(suggestion))


def deletion(name: str, advice: str | None) -> Remedy | None:
    """The remedy of an entry that is to be deleted, as the advice says, with nothing in its stead."""
    if advice is None or not advice.startswith("delete it: "):
        return None
    return Remedy(f"delete `{name}`", safe=False, action="delete-entry")


def which(suggestion: str | None, *, free: bool) -> str | None:
    """The question for the name that was most likely meant, or what to do if that is written as well."""
    return (
        f"`{suggestion}` is written too: delete one of the two" if suggestion and not free else did_you_mean(suggestion)
    )


def did_you_mean(suggestion: str | None) -> str | None:
    """The question for it; None where there is none."""
    return f"did you mean `{suggestion}`?" if suggestion else None


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
