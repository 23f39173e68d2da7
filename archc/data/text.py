"""Files of texts -> samples: numbers of bytes, or of words in a dictionary of all files, and then in a vocabulary.

The stored numbers of words are those of the dictionary, in the order in which words are met. The vocabulary is learnt
of the training samples alone, and a table on the device makes its numbers of those: no sample is stored twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import torch
from torch import Tensor

from archc.data import cache
from archc.data.fitted import Fitted
from archc.data.kinds import Prepare
from archc.data.pixels import Samples
from archc.data.request import Request
from archc.data.whole import Array, Arrays, Whole, digest_of
from archc.diagnostics import catalog
from archc.recipe.data import Classes, DataFacts
from archc.recipe.data.sheet import UnusableError, in_order, is_number, unusable
from archc.recipe.data.text import SPECIAL, Row, Text, cell_of, columns, rows

_MOST_TOLD: Final = 10
_MOST_COUNTED: Final = 1_000
_BLOCK_ROWS: Final = 2**14

_Numbered: TypeAlias = Callable[[str], list[int]]
"""A text -> the numbers of its first tokens, from 1."""

_REPLACED: Final = (
    (re.compile(r"'"), " ' "),
    (re.compile(r'"'), ""),
    (re.compile(r"\."), " . "),
    (re.compile(r"<br />"), " "),
    (re.compile(r","), " , "),
    (re.compile(r"\("), " ( "),
    (re.compile(r"\)"), " ) "),
    (re.compile(r"!"), " ! "),
    (re.compile(r"\?"), " ? "),
    (re.compile(r"[;:]"), " "),
)
"""What is done to a text before it is cut at spaces. Source: `basic_english` of torchtext.data.utils."""


def words(text: str) -> list[str]:
    """The words of a text, and the marks between them: `Stop, now!` is `stop`, `,`, `now`, `!`."""
    text = text.lower()
    for pattern, instead in _REPLACED:
        text = pattern.sub(instead, text)
    return text.split()


def read(request: Request) -> Whole:
    """The texts of each split: (N, length) numbers, 0 behind the end; see `archc.data.kinds.read`.

    Targets are (N,) int64 classes, or (N,) or (N, targets) float32.
    """
    kind, facts = request.train.data.kind, request.facts
    assert isinstance(kind, Text)
    splits = kind.files(request.folder)
    for path in splits.values():
        kind.columns(path)
    keys = {name: value for name, value in vars(kind).items() if name not in ("file", "vocabulary")}
    said = ["Text", *splits, repr(sorted(keys.items())), type(facts.target).__name__]
    whole = cache.load(said, list(splits.values()), lambda: _read(kind, splits, facts))
    classes = tuple(whole.info["classes"])
    return whole._replace(
        facts=facts._replace(
            target=Classes(classes) if isinstance(facts.target, Classes) else facts.target,
            train=len(whole.train.targets),
            test=len(whole.test.targets) if whole.test else None,
            found={"classes": classes},
        )
    )


def _read(kind: Text, splits: Mapping[str, Path], facts: DataFacts) -> Whole:
    dictionary: dict[str, int] = {}
    number = _of_bytes(kind.length) if kind.tokens == "bytes" else _of_words(kind.length, dictionary)
    dtype = np.int16 if kind.tokens == "bytes" else np.int32
    found: dict[str, tuple[Array, list[list[str]]]] = {}
    for split, path in splits.items():
        reading = _Reading(path, kind, numbers=not isinstance(facts.target, Classes))
        inputs = _padded(map(number, reading.texts()), kind.length, dtype)
        if not len(inputs):
            raise unusable("file", path.name, UnusableError("it has no rows"))
        found[split] = inputs, reading.targets
    classes: tuple[str, ...] = ()
    if isinstance(facts.target, Classes):
        classes = _classes(kind, {row[0] for _, targets in found.values() for row in targets}, facts)
    samples = {split: Arrays(inputs, _targets(rows, classes)) for split, (inputs, rows) in found.items()}
    digest = digest_of(*(part for arrays in samples.values() for part in arrays))
    info = {"words": list(dictionary), "classes": list(classes)}
    return Whole(samples["train"], samples.get("test"), digest, samples.get("validation"), info)


class _Reading:
    """The rows of a file, whose `targets` are kept while its texts are gone through."""

    def __init__(self, path: Path, kind: Text, *, numbers: bool) -> None:
        self.path = path
        self.kind = kind
        self.numbers = numbers
        self.targets: list[list[str]] = []
        self._wrong: list[tuple[int, str, str]] = []

    def texts(self) -> Iterator[str]:
        """The texts, one after the other.

        Raises:
            Fault: rows of the file are wrong; those are named by their lines.
        """
        try:
            for row in rows(self.path):
                text, targets = self._cell(row, self.kind.text), [self._target(row, name) for name in self.kind.target]
                if len(self._wrong) >= _MOST_COUNTED:
                    break
                if not self._wrong:
                    self.targets.append(targets)
                    yield text
        except UnusableError as error:
            raise unusable("file", self.path.name, error) from None
        if self._wrong:
            more = len(self._wrong) - _MOST_TOLD
            cells = tuple(self._wrong[:_MOST_TOLD])
            raise catalog.tables.CellsUnusable(field="file", file=self.path.name, cells=cells, more=max(more, 0))

    def _cell(self, row: Row, name: str) -> str:
        value = row.cells.get(name)
        cell = cell_of(value)
        if cell is None:
            self._wrong.append((row.line, name, "it is missing" if value is None else "it is no text"))
        return cell or ""

    def _target(self, row: Row, name: str) -> str:
        cell = self._cell(row, name).strip()
        if self.numbers and not is_number(cell):
            self._wrong.append((row.line, name, f"`{cell[:40]}` is no number" if cell else "it is empty"))
        elif not cell:
            self._wrong.append((row.line, name, "it is empty"))
        return cell


def _classes(kind: Text, found: set[str], facts: DataFacts) -> tuple[str, ...]:
    """The classes in their order.

    Raises:
        ClassesDiffer: `classes` does not name all that there are.
    """
    if not kind.classes:
        return in_order(found)
    if unknown := sorted(found - set(kind.classes)):
        raise catalog.tables.ClassesDiffer(field="classes", dataset=facts.name, found=tuple(unknown))
    return kind.classes


def _targets(targets: Sequence[Sequence[str]], classes: tuple[str, ...]) -> Array:
    if classes:
        numbers = {name: number for number, name in enumerate(classes)}
        return np.array([numbers[row[0]] for row in targets], dtype=np.int64)
    values = np.array(targets, dtype=np.float64).astype(np.float32)
    return values[:, 0] if values.shape[1] == 1 else values


def _of_bytes(length: int) -> _Numbered:
    return lambda text: [byte + 1 for byte in text.encode("utf-8", "surrogatepass")[:length]]


def _of_words(length: int, dictionary: dict[str, int]) -> _Numbered:
    """The numbers of words in a dictionary, which grows by those that are new."""
    return lambda text: [dictionary.setdefault(word, len(dictionary) + 1) for word in words(text)[:length]]


def _padded(samples: Iterator[list[int]], length: int, dtype: type[np.generic]) -> Array:
    """(N, length), 0 behind the end of each."""
    blocks: list[Array] = []
    block = np.zeros((_BLOCK_ROWS, length), dtype)
    used = 0
    for sample in samples:
        block[used, : len(sample)] = sample
        used += 1
        if used == len(block):
            blocks.append(block)
            block, used = np.zeros((_BLOCK_ROWS, length), dtype), 0
    return np.concatenate([*blocks, block[:used]])


def fit(kind: Text, train: Arrays, info: Mapping[str, Any]) -> Fitted:
    """The vocabulary: the most frequent words of the training samples, those that are as frequent by their letters."""
    if kind.tokens == "bytes":
        return Fitted()
    known: list[str] = info["words"]
    counts = np.zeros(len(known) + 1, np.int64)
    for start in range(0, len(train.inputs), _BLOCK_ROWS):
        block = train.inputs[start : start + _BLOCK_ROWS].ravel()
        counts += np.bincount(block, minlength=len(counts))
    used = [number for number in range(1, len(counts)) if counts[number]]
    used.sort(key=lambda number: (-counts[number], known[number - 1]))
    kept = used[: kind.tokens_in - len(SPECIAL)]
    return Fitted(vocabulary=(*SPECIAL, *(known[number - 1] for number in kept)))


def tied(kind: Text, fitted: Fitted, info: Mapping[str, Any]) -> Fitted:
    """With the number in the vocabulary of each word of the dictionary."""
    if fitted.vocabulary is None:
        return fitted
    numbers = _numbers(fitted.vocabulary)
    return fitted._replace(lookup=(0, *(numbers.get(word, 1) for word in info["words"])))


def _numbers(vocabulary: Sequence[str]) -> dict[str, int]:
    """The numbers of words; a word that is written as padding is, or as what is unknown, is an unknown one."""
    return {word: number for number, word in enumerate(vocabulary) if number >= len(SPECIAL)}


def preparing(kind: Text, fitted: Fitted, device: torch.device) -> Prepare:
    """Stored numbers -> int64 numbers in the vocabulary; those of a file to predict are that already."""
    lookup = None if fitted.lookup is None else torch.tensor(fitted.lookup, dtype=torch.int64, device=device)

    def prepare(stored: Tensor) -> Tensor:
        numbers = stored.to(torch.int64)
        return numbers if lookup is None else lookup[numbers]

    return prepare


def samples(request: Request, fitted: Fitted, file: Path) -> Samples:
    """The texts of another file with the column of the texts, or of a `.txt`, a line each; see `kinds.samples`."""
    kind = request.train.data.kind
    assert isinstance(kind, Text)
    try:
        texts = _lines(file) if file.suffix.lower() == ".txt" else _column(file, kind.text)
        found = [_known(text, kind, _numbers(fitted.vocabulary or ())) for text in texts]
    except UnusableError as error:
        raise catalog.training.SampleDoesNotFit(file=str(file), reason=str(error)) from None
    if not found:
        raise catalog.training.SampleDoesNotFit(file=str(file), reason="it has no texts")
    return Samples(_padded(iter(found), kind.length, np.int32))


def _known(text: str, kind: Text, numbers: Mapping[str, int]) -> list[int]:
    if kind.tokens == "bytes":
        return _of_bytes(kind.length)(text)
    return [numbers.get(word, 1) for word in words(text)[: kind.length]]


def _lines(file: Path) -> list[str]:
    try:
        return [line for line in file.read_text("utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise UnusableError("it is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnusableError((reason or "it cannot be read").lower()) from None


def _column(file: Path, name: str) -> list[str]:
    if name not in columns(file):
        raise UnusableError(f"it has no column `{name}`, which is that of the texts; a `.txt` has one on each line")
    found = [(row.line, cell_of(row.cells.get(name))) for row in rows(file)]
    if missing := next((line for line, cell in found if cell is None), None):
        raise UnusableError(f"line {missing} has no text in `{name}`")
    return [cell for _, cell in found if cell is not None]
