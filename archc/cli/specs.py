"""The SPEC arguments of a command -> files: a folder stands for the specs in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archc.syntax.limits import FILE_BYTES

ENDINGS: Final = (".yaml", ".yml", ".json")
"""Files of a folder that may be specs."""

_KEY: Final = rb"(?m)^(?:\xef\xbb\xbf)?['\"]?(?:%b)['\"]?[ \t]*:|\"(?:%b)\"\s*:"
"""A key of a YAML document, at the start of a line, or one of JSON."""

_EDITION: Final = _KEY % (b"archc", b"archc")
_CONTENT: Final = _KEY % (b"input|layers", b"input|layers")


def files_of(arguments: Iterable[str]) -> list[str]:
    """The files that the arguments name, in order; of a folder all specs in it, by name.

    A folder without any stays what it is, so that reading it says that it is no file.
    """
    found: list[str] = []
    for argument in arguments:
        inside = sorted(_specs(argument)) if os.path.isdir(argument) else []
        found += inside or [argument]
    return found


def _specs(folder: str) -> Iterator[str]:
    """The specs below a folder. Hidden folders and links are left out."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = os.path.join(place, name)
            if name.lower().endswith(ENDINGS) and not os.path.islink(path) and os.path.isfile(path) and _is_spec(path):
                yield path


def _is_spec(path: str) -> bool:
    """Whether a file has the key `archc`, and `input` or `layers`, which a file of blocks lacks.

    One that cannot be read is taken for a spec: that it cannot be read must be said.
    """
    try:
        with Path(path).open("rb") as file:
            raw = file.read(FILE_BYTES)
    except OSError:
        return True
    return bool(re.search(_EDITION, raw) and re.search(_CONTENT, raw))
