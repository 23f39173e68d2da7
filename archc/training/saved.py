"""What a checkpoint holds of numbers -> put back where they came from, if they fit there: no file is trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


class DoesNotFit(ValueError):  # noqa: N818 - it is what is wrong, in words
    """What a checkpoint holds is not of the training that it is to be put into; the text says what."""


def by_name(value: object, what: str) -> Mapping[str, Any]:
    """The value, which is a state by name.

    Raises:
        DoesNotFit: it is not.
    """
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise DoesNotFit(f"the state of {what} is not one by name")
    return value


def put_back(own: dict[str, Any], saved: Mapping[str, Any], changing: Collection[str], what: str) -> None:
    """Set the `changing` ones of some numbers to saved ones. Others that were saved have to be what they are.


    Raises:
        DoesNotFit: a number is missing, is of another kind, or is one that does not change and differs.
    """
    changes = [name for name in changing if name in own]
    missing = next((name for name in changes if name not in saved), None)
    if missing is not None:
        raise DoesNotFit(f"the state of {what} lacks `{missing}`")
    for name, value in saved.items():
        if name not in own or not _is_alike(value, own[name]):
            raise DoesNotFit(f"{what} has no such `{name}`")
        if name not in changes and _plain(value) != _plain(own[name]):
            raise DoesNotFit(f"`{name}` of {what} was {value}, and is {own[name]}")
    # Betas are a pair, and JSON has lists.
    own.update({name: tuple(saved[name]) if isinstance(own[name], tuple) else saved[name] for name in changes})


def _is_alike(value: object, own: object) -> bool:
    """Whether both are a number, or as many of them in a row. JSON's true is none."""
    if isinstance(own, list | tuple):
        if not isinstance(value, list | tuple) or len(value) != len(own):
            return False
        return all(_is_alike(item, number) for item, number in zip(value, own, strict=True))
    return _is_number(value) and _is_number(own)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
