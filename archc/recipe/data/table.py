"""A file of rows and columns: numbers and categories, from which a class or numbers are predicted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from archc.diagnostics import catalog
from archc.layers import Shape
from archc.layers.base import Dtype
from archc.recipe.data import files, sheet
from archc.recipe.data.base import Classes, DataFacts, DataKind, Labels, Numbers, Target, Wants
from archc.recipe.data.files import FILES, Files
from archc.recipe.data.sheet import Dialect, Look
from archc.terms.record import Doc, nullable
from archc.terms.values import TEXT, Mapped, choice, listed, one_or_more, read_by

_Columns: TypeAlias = tuple[str, ...]
Encoding: TypeAlias = Literal["one-hot", "index"]

_ENCODINGS: Final = ("one-hot", "index")
_FILLS: Final = ("drop", "mean", "median", "most_frequent")


def _categorical(value: object) -> Mapped:
    """`[island]`, `{island: one-hot}`, `{island: {one-hot: [Biscoe, Dream]}}` -> the last two of these."""
    if isinstance(value, list | tuple):
        value = dict.fromkeys(value, "one-hot")
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError("no columns")
    return Mapped((name, _encoding(how)) for name, how in value.items())


def _encoding(value: object) -> str | Mapped:
    if value in _ENCODINGS:
        return str(value)
    if isinstance(value, Mapping) and len(value) == 1:
        how, values = next(iter(value.items()))
        if how in _ENCODINGS and isinstance(values, list | tuple) and values and len(set(values)) == len(values):
            return Mapped({how: [str(item) for item in values]})
    raise ValueError("no encoding")


def _missing(value: object) -> str | Mapped:
    if value in _FILLS:
        return str(value)
    if isinstance(value, Mapping) and value and all(name and how in _FILLS for name, how in value.items()):
        return Mapped(value)
    raise ValueError("no way to fill")


_ENCODING_JSON: Final[dict[str, Any]] = {
    "anyOf": [
        {"enum": list(_ENCODINGS)},
        {
            "type": "object",
            "properties": {how: {"type": "array", "items": {"type": "string"}, "minItems": 1} for how in _ENCODINGS},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        },
    ]
}
_CATEGORICAL: Final = read_by(
    "a list of columns, or a mapping from columns to `one-hot` or `index`, or to one of those with its categories",
    _categorical,
    {
        "anyOf": [
            {"type": "array", "items": {"type": "string"}},
            {"type": "object", "additionalProperties": _ENCODING_JSON},
        ]
    },
)
_FILL_JSON: Final[dict[str, Any]] = {"enum": list(_FILLS)}
_MISSING: Final = read_by(
    "`drop`, `mean`, `median` or `most_frequent`, or a mapping from columns to one of them",
    _missing,
    {"anyOf": [_FILL_JSON, {"type": "object", "additionalProperties": _FILL_JSON, "minProperties": 1}]},
)
_NAMES: Final = listed("a list of names of columns", TEXT, least=1)


class Table(DataKind):
    """The rows of `.csv` or `.tsv` files. A sample is a vector of the features, in the order of the columns.

    Features are numbers, or categories, each of which becomes as many numbers as it has values, or its own number. What
    is predicted is a class, where the target's cells are texts or the loss wants classes, else a number; of several
    target columns, as many numbers, or labels.
    """

    url = "https://www.rfc-editor.org/rfc/rfc4180"

    file: Annotated[
        Files,
        FILES,
        Doc("The file, relative to the spec; a file for each split; or a folder with `train.csv`, `test.csv`, ..."),
    ]
    target: Annotated[
        _Columns, one_or_more("the name of a column, or a list of them", TEXT), Doc("Columns of what is predicted.")
    ]
    features: Annotated[
        _Columns | None,
        nullable(_NAMES),
        Doc("Columns that a sample is made of, in this order; left out: all others."),
    ] = None
    drop: Annotated[_Columns, listed("a list of names of columns", TEXT), Doc("Columns that are left out.")] = ()
    categorical: Annotated[
        Mapping[str, Any],
        _CATEGORICAL,
        Doc("Features that are categories: `one-hot`, a 1 among zeros, or `index`, a number for an `Embedding`."),
    ] = Mapped()
    scale: Annotated[
        Literal["standard", "minmax", "none"],
        choice("standard", "minmax", "none"),
        Doc("What is done to numbers, by those of the training samples alone: mean 0 and deviation 1, or from 0 to 1."),
    ] = "none"
    missing: Annotated[
        str | Mapping[str, str] | None,
        nullable(_MISSING),
        Doc("Where a cell is empty: `drop` the row, or fill by those of the training samples; left out: an error."),
    ] = None
    classes: Annotated[
        _Columns | None,
        nullable(listed("a list of texts", TEXT, least=1)),
        Doc("The classes of the target in their order; left out: as they sort."),
    ] = None
    delimiter: Annotated[
        Literal[",", ";", "\t", "|"] | None,
        nullable(choice(",", ";", "\t", "|")),
        Doc("What stands between cells; left out: `,`, or a tab in a .tsv."),
    ] = None
    decimal: Annotated[Literal[".", ","], choice(".", ","), Doc("What stands before decimals.")] = "."
    columns: Annotated[
        _Columns | None, nullable(_NAMES), Doc("The names of all columns, of a file without a first line of them.")
    ] = None

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """The number of features by the first line; classes, categories and rows of a file of up to 8 MiB.

        Where `features` says them, no file is needed.
        """
        splits = self.files(folder)
        path = splits["train"]
        features, seen = self.features, Look(None, frozenset(), {})
        if not features or path.exists():
            names = self.header(path)
            features = self.chosen(names)
            asked = [*self.target, *(name for name in self.categorical if self.categories(name) is None)]
            seen = sheet.look(path, self.dialect(path), names, asked)
        known = {name: self.categories(name) or seen.values.get(name, ()) for name in self.categorical}
        return DataFacts(
            path.name,
            self.sample(features, known),
            self.dtype,
            self._target(seen, wants),
            train=seen.rows if self.missing is None else None,
            test=None if "test" in splits else 0,
            has_validation="validation" in splits,
        )

    @property
    def name(self) -> str:
        """What the file is called, that of the training samples where there are several."""
        return Path(self.file if isinstance(self.file, str) else self.file["train"]).name

    def check(self) -> None:
        if self.dtype == "int64" and self.scale != "none":
            reason = "numbers of categories are not scaled"
            raise catalog.values.Contradiction(field="scale", first="categorical", second="scale", reason=reason)
        if self.columns is not None and len(set(self.columns)) < len(self.columns):
            reason = "each column has a name of its own"
            raise catalog.values.Contradiction(field="columns", first="columns", second="columns", reason=reason)

    @property
    def dtype(self) -> Dtype:
        """int64 where categories are numbers for an Embedding, which then all features are."""
        return (
            "int64"
            if self.categorical and all(self.encoding(name) == "index" for name in self.categorical)
            else "float32"
        )

    def encoding(self, column: str) -> Encoding | None:
        """How a feature that is a category becomes numbers; None for one that is a number."""
        how = self.categorical.get(column)
        if how is None:
            return None
        return next(iter(how)) if isinstance(how, Mapping) else how

    def categories(self, column: str) -> tuple[str, ...] | None:
        """The values of a category in their order, where they are written."""
        how = self.categorical.get(column)
        return tuple(next(iter(how.values()))) if isinstance(how, Mapping) else None

    def fill(self, column: str) -> str | None:
        """What is done where a cell of a column is empty; None where that is an error."""
        return self.missing.get(column) if isinstance(self.missing, Mapping) else self.missing

    def dialect(self, path: Path) -> Dialect:
        """How a file is written.

        Raises:
            TableUnusable: its ending is not that of a table.
        """
        separator = sheet.SEPARATORS.get(path.suffix.lower())
        if separator is None:
            raise self.unusable(sheet.UnusableError(f"a table is a file that ends in {' or '.join(sheet.SEPARATORS)}"))
        return Dialect(self.delimiter or separator, self.decimal, self.columns)

    def files(self, folder: Path) -> dict[str, Path]:
        """The file of each split, that of `train` first."""
        return files.found(self.file, folder, tuple(sheet.SEPARATORS))

    def header(self, path: Path) -> tuple[str, ...]:
        """The names of all columns of a file.

        Raises:
            TableUnusable: it has none.
        """
        dialect = self.dialect(path)
        try:
            return sheet.header(path, dialect)
        except sheet.UnusableError as error:
            raise self.unusable(error) from None

    def chosen(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the names that are features, in their order.

        Raises:
            Fault: there is no column of a name that is written, or none is left.
        """
        kinds = {"target": self.target, "drop": self.drop, "features": self.features or ()}
        filled = tuple(self.missing) if isinstance(self.missing, Mapping) else ()
        for field, wanted in {**kinds, "categorical": tuple(self.categorical), "missing": filled}.items():
            self._check_known(field, wanted, names)
        left_out = {*self.target, *self.drop}
        found = self.features or tuple([name for name in names if name not in left_out])
        if both := next((name for name in found if name in left_out), None):
            raise catalog.values.Contradiction(
                field="features", first="features", second="target", reason=f"`{both}` cannot be known and predicted"
            )
        if not found:
            raise self.unusable(sheet.UnusableError("no column is left to predict from"))
        numbers = [name for name in found if name not in self.categorical]
        if self.dtype == "int64" and numbers:
            raise catalog.values.Contradiction(
                field="categorical",
                first="index",
                second="features",
                reason=f"`{numbers[0]}` is a number: an input of indices has categories alone; write `one-hot`",
            )
        return found

    def sample(self, features: Sequence[str], categories: Mapping[str, Sequence[str]]) -> Shape | None:
        """The shape of a sample; None where it depends on categories that are not known."""
        width = 0
        for name in features:
            if self.encoding(name) != "one-hot":
                width += 1
            elif not categories.get(name):
                return None
            else:
                width += len(categories[name])
        return (width,)

    def _target(self, seen: Look, wants: Wants) -> Target:
        if self.classes is not None:
            return Classes(self.classes)
        if wants == "numbers" and not seen.texts & set(self.target):
            return Numbers((len(self.target),) if len(self.target) > 1 else ())
        return Labels(self.target) if len(self.target) > 1 else Classes(seen.values.get(self.target[0], ()))

    def rooted(self, folder: Path) -> Self:
        """The same with its files from the root, and its features named: it can be opened where the file is not."""
        names = self.features or self.chosen(self.header(self.files(folder)["train"]))
        return self.replace(file=files.rooted(self.file, folder, tuple(sheet.SEPARATORS)), features=names, drop=())

    def unusable(self, error: sheet.UnusableError) -> catalog.preflight.TableUnusable:
        """The fault of a file that is no such table."""
        return sheet.unusable("file", self.file if isinstance(self.file, str) else self.file["train"], error)

    def _check_known(self, field: str, wanted: Sequence[str], names: tuple[str, ...]) -> None:
        missing = next((name for name in wanted if name not in names), None)
        if missing is not None:
            raise catalog.preflight.NoSuchColumn(field=field, column=missing, file=self.name, known=names)
