"""A fault's docstring -> its parts: the sentence, the text, and the example specs."""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

from archc.diagnostics.fault import Fault

EXAMPLE = re.compile(r"```yaml (?P<kind>bad|good)\n(?P<text>.*?)```", re.DOTALL)


class Example(NamedTuple):
    """A spec in a fault's documentation. A bad one marks the faulty line with `# error: slug` or `# warning: slug`."""

    good: bool
    text: str


def documentation(cls: type) -> str:
    """The docstring of a class, without its indentation."""
    return inspect.cleandoc(cls.__doc__ or "")


def examples(fault: type[Fault]) -> list[Example]:
    """The specs in a fault's documentation."""
    found = EXAMPLE.finditer(documentation(fault))
    return [Example(match["kind"] == "good", match["text"]) for match in found]
