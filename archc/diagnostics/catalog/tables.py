"""E48x: files of rows and columns that do not hold what a spec says of them."""

from __future__ import annotations

from archc.diagnostics.fault import Family, Fault, Stage

fault = Family("E4", Stage.CHECKS, "Training and data")


def _lines(numbers: list[int]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(f'{number:,}' for number in numbers)}"


@fault("E482", "files-not-found")
class FilesNotFound(Fault):
    """A folder of files has one for each split, named after it: `train.csv`, and perhaps `val.csv` and `test.csv`."""

    path: str
    endings: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Two files of one split."""

    def message(self) -> str:
        if self.names:
            return f"`{self.path}` has two files for one split: {' and '.join(f'`{name}`' for name in self.names)}"
        return f"`{self.path}` is a folder without a file for training"

    def help(self) -> str:
        ending = self.endings[0]
        if self.names:
            return f"name them: `file: {{train: train{ending}, test: test{ending}}}`"
        return f"name the file, or put `train{ending}` there"


@fault("E483", "cells-unusable")
class CellsUnusable(Fault):
    """Cells of a table that are no values of their columns. Each is told by its line, the header being line 1."""

    file: str
    cells: tuple[tuple[int, str, str], ...]
    """The line, the column, and what is wrong with the cell."""
    more: int = 0
    """How many there are beside those, at least."""
    advice: str | None = None

    def message(self) -> str:
        alike: dict[tuple[str, str], list[int]] = {}
        for line, column, what in self.cells:
            alike.setdefault((column, what), []).append(line)
        shown = "; ".join([f"{_lines(lines)}, `{column}`: {what}" for (column, what), lines in alike.items()])
        if len(self.cells) == 1 and not self.more:
            return f"`{self.file}` has a cell that cannot be used: {shown}"
        rest = f"; and {self.more:,} more" if self.more else ""
        return f"`{self.file}` has {len(self.cells) + self.more:,} cells that cannot be used: {shown}{rest}"

    def help(self) -> str | None:
        return self.advice


@fault("E484", "column-of-text")
class ColumnOfText(Fault):
    """A column of texts is no number: it is a category, or it is left out."""

    file: str
    column: str
    line: int
    value: str

    def message(self) -> str:
        return f"the column `{self.column}` of `{self.file}` holds texts, as `{self.value}` in line {self.line}"

    def help(self) -> str:
        return f"write `categorical: {{{self.column}: one-hot}}`, or leave it out: `drop: [{self.column}]`"


@fault("E485", "classes-differ")
class ClassesDiffer(Fault):
    """`classes` names the classes of the data in their order, all that there are."""

    dataset: str
    found: tuple[str, ...]
    """Classes of the data that are not named."""

    def message(self) -> str:
        return f"{self.dataset} has the class `{self.found[0]}`, which `classes` does not name"

    def help(self) -> str:
        return f"add {', '.join(f'`{name}`' for name in self.found[:10])}"
