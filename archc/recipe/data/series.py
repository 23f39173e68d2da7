"""Columns of numbers in the order of time, from whose last steps a later one is predicted."""

from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias

from archc.diagnostics import catalog
from archc.recipe.data import files, sheet
from archc.recipe.data.base import DataFacts, DataKind, Numbers, Wants
from archc.recipe.data.files import FILES, Files
from archc.recipe.data.sheet import Dialect
from archc.terms.record import Doc, nullable
from archc.terms.values import TEXT, Size, choice, one_or_more

_Columns: TypeAlias = tuple[str, ...]
_SOME: Final = one_or_more("the name of a column, or a list of them", TEXT)
ENDINGS: Final = tuple(sheet.SEPARATORS)


class Series(DataKind):
    """The rows of a `.csv` or `.tsv` file as steps in time. A sample is `window` steps of some columns.

    Its target is what the target columns are `horizon` steps after the last of them: a number, or as many as there are
    columns. Splits follow one another in time, whatever part of the samples they are, and share no step.
    """

    url = "https://otexts.com/fpp3/"

    file: Annotated[
        Files,
        FILES,
        Doc("The file, relative to the spec; a file for each split; or a folder with `train.csv`, `test.csv`, ..."),
    ]
    columns: Annotated[_Columns, _SOME, Doc("The columns of a sample, in this order.")]
    window: Annotated[Size, Doc("How many steps a sample has.")]
    target: Annotated[
        _Columns | None, nullable(_SOME), Doc("The columns that are predicted; left out: those of the sample.")
    ] = None
    horizon: Annotated[Size, Doc("How many steps after the last one of a sample its target is.")] = 1
    scale: Annotated[
        Literal["standard", "none"],
        choice("standard", "none"),
        Doc("What is done to each column, by its training steps alone: `standard` gives mean 0 and deviation 1."),
    ] = "standard"

    @property
    def targets(self) -> _Columns:
        """The columns that are predicted."""
        return self.target or self.columns

    @property
    def steps(self) -> int:
        """From the first step of a sample to its target."""
        return self.window + self.horizon

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a target."""
        return (len(self.targets),) if len(self.targets) > 1 else ()

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """The columns by the first line, and the number of steps of a file of up to 8 MiB.

        Of a file that is not there, nothing is said: a run's own spec is opened where it may be no more.
        """
        splits = self.files(folder)
        counts = {split: self._samples(path) for split, path in splits.items()}
        return DataFacts(
            splits["train"].name,
            (self.window, len(self.columns)),
            "float32",
            Numbers(self.shape),
            train=counts["train"],
            test=counts.get("test"),
            has_validation="validation" in splits,
            has_test="test" in splits,
            apart=self.steps - 1,
        )

    def _samples(self, path: Path) -> int | None:
        """How many samples a file has; None where that is not known.

        Raises:
            Fault: it has too few steps for one, or lacks a column.
        """
        if not path.exists():
            return None
        names = self.header(path)
        rows = sheet.look(path, self.dialect(path), names, ()).rows
        if rows is None:
            return None
        if rows < self.steps:
            reason = f"it has {rows:,} steps, and a sample with its target takes {self.steps:,}"
            raise sheet.unusable("file", path.name, sheet.UnusableError(reason))
        return rows - self.steps + 1

    def dialect(self, path: Path) -> Dialect:
        """How a file is written.

        Raises:
            TableUnusable: its ending is not that of a table.
        """
        separator = sheet.SEPARATORS.get(path.suffix.lower())
        if separator is None:
            error = sheet.UnusableError(f"a series is a file that ends in {' or '.join(ENDINGS)}")
            raise sheet.unusable("file", path.name, error)
        return Dialect(separator)

    def header(self, path: Path) -> _Columns:
        """The names of all columns of a file, among which are those that are named here.

        Raises:
            Fault: it has none, or not those.
        """
        try:
            names = sheet.header(path, self.dialect(path))
        except sheet.UnusableError as error:
            raise sheet.unusable("file", path.name, error) from None
        for field, wanted in (("columns", self.columns), ("target", self.targets)):
            missing = next((name for name in wanted if name not in names), None)
            if missing is not None:
                raise catalog.preflight.NoSuchColumn(field=field, column=missing, file=path.name, known=names)
        return names

    def files(self, folder: Path) -> dict[str, Path]:
        """The file of each split, that of `train` first."""
        return files.found(self.file, folder, ENDINGS)

    def rooted(self, folder: Path) -> Self:
        """The same with its files from the root."""
        return self.replace(file=files.rooted(self.file, folder, ENDINGS))
