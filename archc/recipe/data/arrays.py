"""Arrays in files (.npz, .safetensors, .npy): samples `x` and what is predicted of them, `y`."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, Self, TypeAlias

from archc.diagnostics import catalog
from archc.layers import Shape
from archc.layers.base import Dtype
from archc.recipe.data import array_headers
from archc.recipe.data.array_headers import Header
from archc.recipe.data.base import Classes, DataFacts, DataKind, Holds, Labels, Numbers, Positions, Target, Wants
from archc.recipe.data.files import SPLITS, split_called
from archc.terms.record import Doc, nullable
from archc.terms.values import FLAG, TEXT, Mapped, choice, either, integer, listed, read_by

INPUTS: Final = ("x", "images", "image", "inputs", "input", "data", "features")
TARGETS: Final = ("y", "labels", "label", "targets", "target")
"""What arrays are called that hold samples, and what is predicted; the split stands before or behind it."""

_SPLIT: Final = "|".join(sorted((name for names in SPLITS.values() for name in names), key=len, reverse=True))
_ROLE: Final = re.compile(
    rf"(?:(?P<before>{_SPLIT})_?)?(?P<role>{'|'.join(INPUTS + TARGETS)})(?:_?(?P<after>{_SPLIT}))?"
)

_MOST_LISTED: Final = 10_000
"""Entries of a folder that are looked at."""

Role: TypeAlias = Literal["x", "y"]


_WHOLE: Final = ("i4", "i8", "u4", "u8")
"""Types of numbers that may be those of tokens; smaller ones are measured."""


class Part(NamedTuple):
    """An array in a file. `name` is its own in an archive, and empty in an .npy."""

    path: Path
    name: str
    header: Header


class Pair(NamedTuple):
    """The arrays of a split. `targets` is None where a sample is its own target."""

    inputs: Part
    targets: Part | None


def role_of(name: str) -> tuple[str, Role] | None:
    """The split and the role of an array of a name: `x_test`, `test_images` and `Xtest` are the samples of `test`."""
    found = _ROLE.fullmatch(name.casefold())
    if found is None or (found["before"] and found["after"]):
        return None
    split = split_called(found["before"] or found["after"] or "train")
    assert split is not None, "the pattern has names of splits alone"
    return split, "x" if found["role"] in INPUTS else "y"


def _files(value: object) -> str | Mapping[str, str]:
    if isinstance(value, str) and value:
        return value
    if not isinstance(value, Mapping) or not value or not all(isinstance(path, str) for path in value.values()):
        raise ValueError("not files")
    if not all(isinstance(name, str) and (split_called(name) or role_of(name)) for name in value):
        raise ValueError("not files")
    return Mapped(value)


_PATH: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_FILES: Final = read_by(
    "a path, or a mapping to paths from splits, as `train` and `test`, or from arrays, as `x`, `y` and `x_test`",
    _files,
    {"anyOf": [_PATH, {"type": "object", "additionalProperties": _PATH, "minProperties": 1}]},
)
_SHAPE: Final = listed("a list of ints of at least 1", integer("an int of at least 1", 1))
_NAMES: Final = nullable(listed("a list of texts", TEXT, least=1))
_OWN: Final = choice("input")


class Arrays(DataKind):
    """Arrays of numbers in `.npz`, `.safetensors` or `.npy` files: `x`, (N, ...), and `y`, (N, ...).

    `x_train`, `x_val`, `x_test` and the like are those of splits; instead of `x` and `y` arrays may be called `images`,
    `data`, `features` and `labels`, `target`. Whole numbers of `y` are classes, texts are their names, and other
    numbers are to be predicted. Samples of three axes of bytes are images, whose pixels a network gets from 0 to 1.
    """

    url = "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html"

    file: Annotated[
        str | Mapping[str, str],
        _FILES,
        Doc(
            "A file with `x` and `y`; files of splits or arrays, `{train: a.npz, test: b.npz}`, `{x: X.npy, y: y.npy}`."
        ),
    ]
    classes: Annotated[
        tuple[str, ...] | None, _NAMES, Doc("Names of the classes, in the order of their numbers; left out: 0, 1, ...")
    ] = None
    labels: Annotated[
        tuple[str, ...] | None, _NAMES, Doc("Names of labels, of which a sample has any number; left out: 0, 1, ...")
    ] = None
    pixels: Annotated[
        bool | None,
        nullable(FLAG),
        Doc("Whether values are pixels from 0 to 255; left out: those of bytes with three axes are."),
    ] = None
    dtype: Annotated[
        Dtype | None,
        nullable(choice("float32", "int64")),
        Doc("What a network gets; left out: `int64` of arrays of int32 and int64, else `float32`."),
    ] = None
    target: Annotated[
        Literal["input"] | Shape | None,
        nullable(either("`input`, or a list of ints of at least 1", _OWN, _SHAPE)),
        Doc(
            "`input`: a sample is its own target, and there is no `y`; else the shape of a target, as the file has it."
        ),
    ] = None
    sample: Annotated[
        Shape | None, nullable(_SHAPE), Doc("The shape of a sample, with which no file is needed to know it.")
    ] = None

    @property
    def holds(self) -> Holds:
        return "pixels" if self.pixels else "numbers"

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """What the headers of the files say: at most 64 KiB of each array, and a list of names of up to 1 MiB.

        Where `sample` says it, no file is needed.
        """
        try:
            pairs = self.pairs(folder)
        except catalog.samples.ArraysUnusable as fault:
            if self.sample is None or not fault.absent:
                raise
            # A run's own spec says all that its network has to know.
            return DataFacts(self._name, self.sample, self.dtype or "float32", self._written(), has_validation=True)
        train = pairs["train"]
        shape = train.inputs.header.shape[1:]
        if self.sample not in (None, shape):
            raise self._unusable(f"its samples are {list(shape)}, not {list(self.sample or ())}", field="sample")
        return DataFacts(
            self._name,
            shape,
            self.dtype or ("int64" if train.inputs.header.type[1:] in _WHOLE else "float32"),
            self._target(train, wants),
            train=train.inputs.header.shape[0],
            test=pairs["test"].inputs.header.shape[0] if "test" in pairs else None,
            has_validation="validation" in pairs,
            has_test="test" in pairs,
            found=self._found(train),
        )

    def _found(self, train: Pair) -> dict[str, Any]:
        header = train.inputs.header
        images = header.type.endswith("u1") and len(header.shape) == 4 and self.dtype != "int64"
        return {"pixels": images} if self.pixels is None else {}

    def _target(self, train: Pair, wants: Wants) -> Target:
        """What `y` is by its header. Whether numbers are 0 and 1, and how many classes there are, reading tells."""
        if train.targets is None:
            return Numbers(train.inputs.header.shape[1:])
        header = train.targets.header
        shape = header.shape[1:]
        if self.labels is not None:
            return Labels(self.labels)
        if header.kind == "f" and wants == "numbers":
            return Numbers(shape)
        if header.kind == "f" and shape == (1,):
            return Classes(self.classes or ())
        if len(shape) == 1 and (header.kind == "b" or wants == "labels"):
            return Labels(tuple(map(str, range(shape[0]))))
        return Positions(self.classes or (), shape) if shape else Classes(self.classes or ())

    def _written(self) -> Target:
        """What a run's own spec says of its targets."""
        if self.labels is not None:
            return Labels(self.labels)
        if self.target == "input":
            return Numbers(self.sample or ())
        if self.classes is None:
            return Numbers(self.target or ())
        return Positions(self.classes, self.target) if self.target else Classes(self.classes)

    def check(self) -> None:
        if self.pixels and self.dtype == "int64":
            reason = "pixels become numbers from 0 to 1"
            raise catalog.values.Contradiction(field="dtype", first="pixels", second="dtype", reason=reason)
        for field, also in (("classes", self.classes), ("target", self.target)):
            if self.labels is not None and also:
                reason = "a sample has either labels or something else to predict"
                raise catalog.values.Contradiction(field="labels", first=field, second="labels", reason=reason)

    def rooted(self, folder: Path) -> Self:
        """The same with its files from the root."""
        if isinstance(self.file, str):
            return self.replace(file=str(folder / Path(self.file).expanduser()))
        paths = {name: str(folder / Path(path).expanduser()) for name, path in self.file.items()}
        return self.replace(file=Mapped(paths))

    def pairs(self, folder: Path) -> dict[str, Pair]:
        """The arrays of each split that there is, by their headers, which fit one another.

        Raises:
            ArraysUnusable: a file is not there, damaged, or does not hold samples with targets.
        """
        found: dict[tuple[str, Role], Part] = {}
        for split, role, part in self._parts(folder):
            if other := found.get((split, role)):
                names = " and ".join(f"`{item.name or item.path.name}`" for item in (other, part))
                what = "samples" if role == "x" else "targets"
                raise self._unusable(f"{names} could both be the {what} of `{split}`", advice="leave one of them out")
            found[split, role] = part
        splits = [split for split in SPLITS if any(split == known for known, _ in found)]
        pairs = {split: self._pair(split, found) for split in splits}
        if "train" not in pairs:
            raise self._unusable(
                "it has no arrays for training", advice="call them `x` and `y`, or `x_train` and `y_train`"
            )
        self._check_alike(pairs)
        return pairs

    def _pair(self, split: str, found: Mapping[tuple[str, Role], Part]) -> Pair:
        inputs, targets = found.get((split, "x")), found.get((split, "y"))
        if self.target == "input":
            targets = None
        elif inputs and not targets:
            raise self._unusable(f"it has no `y` for the samples of `{split}`", advice="or is `target: input` meant?")
        if inputs is None:
            raise self._unusable(f"it has no samples of `{split}`, which are called `x`, or `x_{split}`")
        return Pair(inputs, targets)

    def _check_alike(self, pairs: Mapping[str, Pair]) -> None:
        first = pairs["train"]
        for split, pair in pairs.items():
            shape = pair.inputs.header.shape
            if len(shape) < 2 or pair.inputs.header.kind == "U":
                what = "texts" if pair.inputs.header.kind == "U" else f"an array of {len(shape)} axes"
                advice = "samples are (N, ...) numbers: one number for each is `x.reshape(-1, 1)`"
                raise self._unusable(f"the samples of `{split}` are {what}", advice=advice)
            if shape[0] == 0:
                raise self._unusable(f"it has no samples of `{split}`")
            if shape[1:] != first.inputs.header.shape[1:]:
                sizes = f"{list(shape[1:])}, and those of `train` {list(first.inputs.header.shape[1:])}"
                raise self._unusable(f"the samples of `{split}` are {sizes}")
            if pair.targets is None or first.targets is None:
                continue
            targets = pair.targets.header.shape
            if not targets or targets[0] != shape[0]:
                raise self._unusable(f"`{split}` has {shape[0]:,} samples and {targets[0] if targets else 0:,} targets")
            if targets[1:] != first.targets.header.shape[1:]:
                raise self._unusable(f"the targets of `{split}` have another shape than those of `train`")

    def _parts(self, folder: Path) -> Iterator[tuple[str, Role, Part]]:
        """Each array with its split and its role; others are left out."""
        given = self.file
        if isinstance(given, str):
            path = folder / Path(given).expanduser()
            given = _listed(path) if os.path.isdir(path) else {"": str(path)}
        for key, written in given.items():
            path = folder / Path(written).expanduser()
            role, known = role_of(key), self._headers(path)
            if role is not None:
                name = next(iter(known)) if len(known) == 1 else next((name for name in known if name == key), None)
                if name is None:
                    raise self._unusable(f"`{path.name}` has {len(known)} arrays, and none is called `{key}`")
                yield *role, Part(path, name, known[name])
                continue
            for name, header in known.items():
                if own := role_of(name):
                    yield split_called(key) or own[0], own[1], Part(path, name, header)

    def _headers(self, path: Path) -> dict[str, Header]:
        try:
            return array_headers.read(path)
        except array_headers.UnusableError as error:
            raise self._unusable(str(error), file=str(path)) from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            absent = isinstance(error, FileNotFoundError)
            raise self._unusable((reason or "it cannot be read").lower(), file=str(path), absent=absent) from None

    @property
    def _name(self) -> str:
        return Path(self.file if isinstance(self.file, str) else next(iter(self.file.values()))).name

    def _unusable(
        self,
        reason: str,
        *,
        field: str = "file",
        file: str | None = None,
        advice: str | None = None,
        absent: bool = False,
    ) -> catalog.samples.ArraysUnusable:
        name = self.file if isinstance(self.file, str) else Path(file).name if file else self._name
        return catalog.samples.ArraysUnusable(field=field, file=name, reason=reason, advice=advice, absent=absent)


def _listed(folder: Path) -> dict[str, str]:
    """The files of a folder that are called as splits or arrays are, by those names."""
    found: dict[str, str] = {}
    with os.scandir(folder) as entries:
        for _, entry in zip(range(_MOST_LISTED), entries, strict=False):
            stem, ending = os.path.splitext(entry.name)
            if ending.lower() in array_headers.ENDINGS and (split_called(stem) or role_of(stem)):
                found[stem] = entry.path
    return dict(sorted(found.items()))
