"""A file of rows and columns, whose targets are numbers: tables as other programs write them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Self, TypeAlias

from archc.diagnostics import catalog
from archc.recipe.data.base import DataFacts, DataKind, Numbers, Wants
from archc.terms.record import Doc, nullable
from archc.terms.values import TEXT, Text, listed, one_or_more

SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}
"""What stands between the cells of a row, by the file's ending."""

_MOST_HEADER: Final = 2**20
"""Code points of a first line: no table that is meant has longer names."""

MOST_COUNTED: Final = 2**23
"""Bytes of a file whose rows are counted: reading as much takes a few milliseconds."""

_Column: TypeAlias = tuple[str, ...]


class Table(DataKind):
    """The rows of a `.csv` or `.tsv` file with a first line of column names. Every value that is used is a number.

    A sample is a vector of the features, in the order of the columns or of `features`; its target is a number, or as
    many as there are target columns.
    """

    url = "https://www.rfc-editor.org/rfc/rfc4180"

    file: Annotated[Text, Doc("The file, relative to the spec.")]
    target: Annotated[
        _Column, one_or_more("the name of a column, or a list of them", TEXT), Doc("Columns of what is predicted.")
    ]
    features: Annotated[
        _Column | None,
        nullable(listed("a list of names of columns", TEXT, least=1)),
        Doc("Columns that a sample is made of, in this order; left out: all others."),
    ] = None
    drop: Annotated[_Column, listed("a list of names of columns", TEXT), Doc("Columns that are left out.")] = ()

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """The number of features and of targets, by the first line, and of rows, by the lines of a file of some size.

        Where `features` says them, no file is needed.
        """
        path = folder / Path(self.file).expanduser()
        columns = self.features if self.features and not path.exists() else self.columns(folder)
        shape = (len(self.target),) if len(self.target) > 1 else ()
        return DataFacts(path.name, (len(columns),), "float32", Numbers(shape), train=_rows(path), has_test=False)

    def rooted(self, folder: Path) -> Self:
        """The same with its file from the root, and its features named: it can be opened where the file is not."""
        file = str(folder / Path(self.file).expanduser())
        return self.replace(file=file, features=self.features or self.columns(folder), drop=())

    def columns(self, folder: Path) -> tuple[str, ...]:
        """The names of the features, of which each is a column of the file, and no target.

        Raises:
            Fault: the file has no first line of names, or lacks a column that is named here.
        """
        names = self.header(folder)
        for field, wanted in (("target", self.target), ("drop", self.drop), ("features", self.features or ())):
            self._check_known(field, wanted, names)
        left_out = {*self.target, *self.drop}
        found = self.features or tuple([name for name in names if name not in left_out])
        if both := next((name for name in found if name in left_out), None):
            raise catalog.values.Contradiction(
                field="features", first="features", second="target", reason=f"`{both}` cannot be known and predicted"
            )
        if not found:
            raise self._unusable("no column is left to predict from")
        return found

    def header(self, folder: Path) -> tuple[str, ...]:
        """The names of all columns: the first line of the file, and nothing else of it.

        Raises:
            Fault: it has none, or two columns have one name.
        """
        import csv

        path = folder / Path(self.file).expanduser()
        separator = SEPARATORS.get(path.suffix.lower())
        if separator is None:
            raise self._unusable(f"a table is a file that ends in {' or '.join(SEPARATORS)}")
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                line = file.readline(_MOST_HEADER)
                names = tuple([name.strip() for name in next(csv.reader([line], delimiter=separator), ())])
        except UnicodeDecodeError:
            raise self._unusable("it is not UTF-8 text") from None
        except csv.Error as error:
            raise self._unusable(f"its first line is not CSV ({error})") from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise self._unusable((reason or "it cannot be read").lower()) from None
        self._check_names(names, separator)
        return names

    def _check_names(self, names: tuple[str, ...], separator: str) -> None:
        if not any(names):
            raise self._unusable("it has no first line with the names of its columns")
        if len(names) == 1 and ";" in names[0]:
            raise self._unusable(f"`;` stands between its columns: write {separator!r} there, and points in numbers")
        seen: set[str] = set()
        for name in names:
            if name in seen:
                raise self._unusable(f"two of its columns are called `{name}`")
            seen.add(name)
        if all(map(_is_number, names)):
            raise self._unusable("its first line has numbers, where the names of its columns have to be")

    def _check_known(self, field: str, wanted: Sequence[str], names: tuple[str, ...]) -> None:
        missing = next((name for name in wanted if name not in names), None)
        if missing is not None:
            raise catalog.preflight.NoSuchColumn(field=field, column=missing, file=Path(self.file).name, known=names)

    def _unusable(self, reason: str) -> catalog.preflight.TableUnusable:
        return catalog.preflight.TableUnusable(field="file", file=self.file, reason=reason)


def _rows(path: Path) -> int | None:
    """How many rows follow the first line; None of a long file, and where cells may hold ends of lines."""
    try:
        if path.stat().st_size > MOST_COUNTED:
            return None
        data = path.read_bytes()
    except OSError:
        return None
    rows = sum(1 for line in data.splitlines()[1:] if line)
    return rows if rows and b'"' not in data else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
