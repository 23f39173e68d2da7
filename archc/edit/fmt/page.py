"""Lines with comments beside them -> text, in which comments that stand under each other stay so."""

from __future__ import annotations

from typing import Final

_GAP: Final = "  "


class _Line:
    """A line, and the comment beside it with the column that it had in the source."""

    __slots__ = ("code", "column", "comment")

    def __init__(self, code: str) -> None:
        self.code = code
        self.comment = ""
        self.column = 0


class Page:
    """The lines that are printed so far."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []
        self.sealed = False
        """Whether a text ends here to which a blank line would belong."""

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, code: str) -> None:
        """Add a line without blanks at its end."""
        self._lines.append(_Line(code))
        self.sealed = False

    def verbatim(self, code: str) -> None:
        """Add a line of a text that goes over several lines."""
        self.line(code)

    def blank(self) -> None:
        """Add a blank line, unless one is there or nothing is."""
        if self._lines and self._lines[-1].code and not self.sealed:
            self._lines.append(_Line(""))

    def comment(self, text: str, column: int) -> None:
        """Put a comment beside the last line; on a line of its own where there is one."""
        last = self._lines[-1]
        if last.comment:
            self.line(" " * (len(last.code) - len(last.code.lstrip(" "))) + text)
            return
        last.comment, last.column = text, column

    def text(self) -> str:
        """All lines. Comments of neighbouring lines that began in one column do so again."""
        group: list[_Line] = []
        for line in [*self._lines, _Line("")]:
            if not line.comment or (group and line.column != group[0].column):
                _align(group)
                group = []
            if line.comment:
                group.append(line)
        return "".join(f"{line.code}\n" for line in self._lines)


def _align(group: list[_Line]) -> None:
    width = max((len(line.code) for line in group), default=0)
    for line in group:
        line.code = f"{line.code.ljust(width)}{_GAP}{line.comment}"
