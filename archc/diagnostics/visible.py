"""Any text -> text that is safe and aligned on a terminal: control characters written out, wide ones measured."""

from __future__ import annotations

TAB = 4


def visible(text: str) -> str:
    """The text on one line, with every character that would not be seen, or would move the others, written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def line_start(text: str) -> str:
    """A text that begins a line of output, such that GitHub Actions takes it for no command of its own.

    A file may be called `::error::x.yaml`.
    """
    return f"./{text}" if text.lstrip().startswith("::") else text


def columns(text: str) -> int:
    """How many columns of a terminal the visible form of a text takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(_width(character) for shown in map(_shown, text) for character in shown)


def _shown(character: str) -> str:
    if character == "\t":
        return " " * TAB
    if character.isprintable():  # false for control, format (bidi, zero width), separator and surrogate characters
        return character
    return f"\\x{ord(character):02x}" if ord(character) < 256 else f"\\u{{{ord(character):x}}}"


def _width(character: str) -> int:
    if character.isascii():
        return 1
    import unicodedata

    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
