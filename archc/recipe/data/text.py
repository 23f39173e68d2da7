"""Texts in rows of files (.csv, .tsv, .jsonl), of which each becomes the numbers of its words or bytes."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, Self, TypeAlias, cast

from archc.diagnostics import catalog
from archc.recipe.data import files, sheet
from archc.recipe.data.base import Classes, DataFacts, DataKind, Labels, Numbers, Target, Wants
from archc.recipe.data.files import FILES, Files
from archc.recipe.data.sheet import Dialect, Look
from archc.terms.record import Doc, nullable
from archc.terms.values import TEXT, Size, choice, integer, listed, one_or_more
from archc.terms.values import Text as OneText

PADDING: Final = "<pad>"
UNKNOWN: Final = "<unk>"
SPECIAL: Final = (PADDING, UNKNOWN)
"""The first tokens of a vocabulary of words; of bytes, padding alone is one, and byte b has the number b + 1."""

BYTES: Final = 257
VOCABULARY: Final = 10_000

ENDINGS: Final = (*sheet.SEPARATORS, ".jsonl")
"""Of files whose rows have names of columns."""

_MOST_LINE: Final = 2**24
"""Code points of a line of JSON."""
_FIRST_ROWS: Final = 1_000

_Columns: TypeAlias = tuple[str, ...]


class Row(NamedTuple):
    """A row: the number of its line, and its cells, which are texts or, in JSON, other values."""

    line: int
    cells: Mapping[str, Any]


class Text(DataKind):
    """A column of texts, and a class, labels or numbers for each, in `.csv`, `.tsv` or `.jsonl` files.

    A sample is `length` numbers of tokens: longer texts are cut, shorter ones padded with 0. Words are lower-case, and
    `. , ( ) ! ? '` are words too, as torchtext's `basic_english` has it; those that are most frequent in the training
    samples have numbers from 2, all others are 1.
    """

    url = "https://pytorch.org/text/stable/data_utils.html#get-tokenizer"

    file: Annotated[
        Files,
        FILES,
        Doc("The file, relative to the spec; a file for each split; or a folder with `train.csv`, `test.csv`, ..."),
    ]
    text: Annotated[OneText, Doc("The column of the texts.")]
    target: Annotated[
        _Columns, one_or_more("the name of a column, or a list of them", TEXT), Doc("Columns of what is predicted.")
    ]
    length: Annotated[Size, Doc("How many tokens a sample has.")]
    tokens: Annotated[
        Literal["words", "bytes"], choice("words", "bytes"), Doc("What a text is cut into; bytes are those of UTF-8.")
    ] = "words"
    vocabulary: Annotated[
        int | None,
        nullable(integer("an int of at least 3", 3)),
        Doc(f"How many tokens there are at most, with padding and unknown words; left out: {VOCABULARY:,} words."),
    ] = None
    classes: Annotated[
        _Columns | None,
        nullable(listed("a list of texts", TEXT)),
        Doc("The classes of the target in their order; left out: as they sort. `[]`: numbers."),
    ] = None

    @property
    def tokens_in(self) -> int:
        """257 of bytes; of words, as many as the vocabulary may have."""
        return BYTES if self.tokens == "bytes" else self.vocabulary or VOCABULARY

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """The names of the columns by the first line; classes and rows of a file of up to 8 MiB.

        Where `classes` are written, no file is needed.
        """
        splits = self.files(folder)
        path = splits["train"]
        seen = Look(None, frozenset(), {})
        there = path.exists()
        if there or self.classes is None:
            self.columns(path)
            seen = look(path, self.target)
        return DataFacts(
            path.name,
            (self.length,),
            "int64",
            self._target(seen, wants),
            train=seen.rows,
            has_validation="validation" in splits or not there,
            has_test="test" in splits if there else None,
        )

    def _target(self, seen: Look, wants: Wants) -> Target:
        numbers = wants == "numbers" and not seen.texts & set(self.target)
        if len(self.target) > 1:
            return Numbers((len(self.target),)) if numbers else Labels(self.target)
        if self.classes is None:
            return Numbers(()) if numbers else Classes(seen.values.get(self.target[0], ()))
        return Classes(self.classes) if self.classes else Numbers(())

    def check(self) -> None:
        if self.tokens == "bytes" and self.vocabulary is not None:
            raise catalog.values.Contradiction(
                field="vocabulary", first="tokens", second="vocabulary", reason="there are 256 bytes, and the padding"
            )

    def files(self, folder: Path) -> dict[str, Path]:
        """The file of each split, that of `train` first."""
        return files.found(self.file, folder, ENDINGS)

    def columns(self, path: Path) -> _Columns:
        """The names of the columns of a file, among which are those that are named here.

        Raises:
            Fault: it has none, or not those.
        """
        try:
            names = columns(path)
        except sheet.UnusableError as error:
            raise sheet.unusable("file", path.name, error) from None
        for field, wanted in (("text", (self.text,)), ("target", self.target)):
            missing = next((name for name in wanted if name not in names), None)
            if missing is not None:
                raise catalog.preflight.NoSuchColumn(field=field, column=missing, file=path.name, known=names)
        return names

    def rooted(self, folder: Path) -> Self:
        """The same with its files from the root."""
        return self.replace(file=files.rooted(self.file, folder, ENDINGS))


def columns(path: Path) -> _Columns:
    """The names of the columns of a file; of lines of JSON, the keys of the first.

    Raises:
        UnusableError: it has none.
    """
    separator = sheet.SEPARATORS.get(path.suffix.lower())
    if separator is not None:
        return sheet.header(path, Dialect(separator))
    if path.suffix.lower() not in ENDINGS:
        raise sheet.UnusableError(f"a file of texts ends in {', '.join(ENDINGS)}")
    first = next(_objects(path), None)
    if first is None:
        raise sheet.UnusableError("it has no rows")
    return tuple(first.cells)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a file. Empty lines are none.

    Raises:
        UnusableError: a row is no such row, or the file cannot be read to its end.
    """
    separator = sheet.SEPARATORS.get(path.suffix.lower())
    if separator is None:
        yield from _objects(path)
        return
    names = columns(path)
    for line, cells in sheet.rows(path, Dialect(separator), len(names)):
        yield Row(line, dict(zip(names, cells, strict=True)))


def _objects(path: Path) -> Iterator[Row]:
    """The objects of lines of JSON."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            number = 0
            while line := file.readline(_MOST_LINE):
                number += 1
                if not line.strip():
                    continue
                try:
                    found = json.loads(line)
                except (ValueError, RecursionError) as error:
                    at = f", column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
                    raise sheet.UnusableError(f"line {number}{at} is not JSON") from None
                if not isinstance(found, dict):
                    raise sheet.UnusableError(f"line {number} is no object, as `{{...}}`")
                yield Row(number, cast("dict[str, Any]", found))
    except UnicodeDecodeError:
        raise sheet.UnusableError("it is not UTF-8 text", "save it as UTF-8") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise sheet.UnusableError((reason or "it cannot be read").lower()) from None


def cell_of(value: object) -> str | None:
    """A cell as text: numbers and truths of JSON as it writes them. None for what is no such value."""
    if isinstance(value, str):
        return value
    return json.dumps(value) if isinstance(value, bool | int | float) else None


def look(path: Path, wanted: tuple[str, ...]) -> Look:
    """What some columns hold, as `sheet.look` has it."""
    separator = sheet.SEPARATORS.get(path.suffix.lower())
    try:
        if separator is not None:
            return sheet.look(path, Dialect(separator), columns(path), wanted)
        whole = os.stat(path).st_size <= sheet.MOST_COUNTED
        seen: dict[str, set[str]] = {name: set() for name in wanted}
        count, ended = 0, True
        for row in _objects(path):
            count += 1
            for name, values in seen.items():
                values.add((cell_of(row.cells.get(name)) or "").strip())
            if not whole and count >= _FIRST_ROWS:
                ended = False
                break
    except (sheet.UnusableError, OSError):
        return Look(None, frozenset(), {})
    texts = frozenset(name for name, values in seen.items() if not all(map(sheet.is_number, values - sheet.MISSING)))
    known = {name: sheet.in_order(values - {""}) for name, values in seen.items()} if ended else {}
    return Look(count if ended else None, texts, known)
