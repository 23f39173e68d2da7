"""YAML text -> its comments with their places, which the tree does not hold."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import yaml

from archc.source import SourceFile, Span

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)
_COMMENT: Final = re.compile(r"#[^\r\n]*")


class Comment(NamedTuple):
    """A comment from its `#` to the end of its line. `alone` is true where its line holds nothing else."""

    span: Span
    alone: bool

    @property
    def text(self) -> str:
        """What it says, without the `#` and the spaces around it."""
        return self.span.text[1:].strip()


def comments(source: SourceFile) -> tuple[Comment, ...]:
    """The comments of a YAML text in their order; of a text that is not YAML, those before its first fault.

    Whatever stands between two tokens is blanks and comments. A `#` inside a quoted or a block text is no comment.
    """
    found: list[Comment] = []
    scanner = _Loader(source.text)
    behind = 0
    try:
        while (token := scanner.get_token()) is not None:
            found += _between(source, behind, token.start_mark.index)
            behind = max(behind, token.end_mark.index)
        found += _between(source, behind, len(source.text))
    except yaml.YAMLError:
        pass
    finally:
        scanner.dispose()
    return tuple(found)


def _between(source: SourceFile, start: int, end: int) -> list[Comment]:
    return [_comment(source, match) for match in _COMMENT.finditer(source.text, start, end)] if start < end else []


def _comment(source: SourceFile, match: re.Match[str]) -> Comment:
    before = source.text[source.line_start(source.position(match.start()).line) : match.start()]
    return Comment(source.span(*match.span()), not before.strip())
