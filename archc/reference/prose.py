"""Text of paragraphs -> lines no longer than a terminal is wide."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final

WIDEST: Final = 120
"""The longest lines, in columns: longer ones are hard to read, whatever the terminal."""

_WHOLE: Final = re.compile(r"`[^`]+`|\d+(?: x \d+)+")
"""What is not broken: code between backticks, and shapes."""

_HELD: Final = "\0"


def fitted(text: str, width: int, indent: str = "", hang: str = "") -> Iterator[str]:
    """The lines of a text, indented. A line that fits stays; one that does not goes on in the next.

    The lines that go on are indented by `hang` more.
    """
    long = ""
    for line in text.strip().split("\n"):
        long = f"{long} {line}" if long else line
        if line and len(indent + line) > width:
            continue
        yield from _wrapped(long, width, indent, hang)
        long = ""
    if long:
        yield from _wrapped(long, width, indent, hang)


def _wrapped(text: str, width: int, indent: str, hang: str) -> Iterator[str]:
    held = _WHOLE.sub(lambda whole: whole[0].replace(" ", _HELD), text)
    lines = textwrap.wrap(
        held,
        width,
        initial_indent=indent,
        subsequent_indent=indent + hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines or [""]:
        yield line.replace(_HELD, " ")
