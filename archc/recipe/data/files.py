"""Where the files of a data set are: one, a file for each split, or a folder whose files are named after splits."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from archc.diagnostics import catalog
from archc.terms.values import Mapped, read_by

SPLITS: Final[Mapping[str, tuple[str, ...]]] = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing"),
}
"""The splits, with what files and folders of theirs are called."""

Files: TypeAlias = str | Mapping[str, str]
"""A path, or one for each split."""

_MOST_LISTED: Final = 10_000
"""Entries of a folder that are looked at for files of splits."""


def split_called(name: str) -> str | None:
    """The split that a file or folder of this name is of; None where it is of none."""
    plain = name.casefold()
    return next((split for split, names in SPLITS.items() if plain in names), None)


def _files(value: object) -> Files:
    if isinstance(value, str) and value:
        return value
    if not isinstance(value, Mapping) or not all(isinstance(path, str) and path for path in value.values()):
        raise ValueError("not files")
    if "train" not in value or not set(value) <= set(SPLITS):
        raise ValueError("not files")
    return Mapped(value)


_PATH: Final[dict[str, Any]] = {"type": "string", "minLength": 1}

FILES: Final = read_by(
    "a path, or a mapping from `train`, `validation` and `test` to paths",
    _files,
    {
        "anyOf": [
            _PATH,
            {
                "type": "object",
                "properties": dict.fromkeys(SPLITS, _PATH),
                "required": ["train"],
                "additionalProperties": False,
            },
        ]
    },
)


def found(files: Files, folder: Path, endings: Sequence[str]) -> dict[str, Path]:
    """The file of each split that there is, `train` first. A file alone is that of `train`.

    In a folder, those are taken whose names are those of splits, as `train.csv`, and that have one of the `endings`.

    Raises:
        FilesNotFound: a folder has no file for `train`, or two for one split. Whether files are there is not looked at.
    """
    if isinstance(files, Mapping):
        return {split: folder / Path(files[split]).expanduser() for split in SPLITS if split in files}
    path = folder / Path(files).expanduser()
    return _in_folder(files, path, endings) if os.path.isdir(path) else {"train": path}


def _in_folder(written: str, path: Path, endings: Sequence[str]) -> dict[str, Path]:
    splits: dict[str, Path] = {}
    for name in _listed(path):
        stem, ending = os.path.splitext(name)
        split = split_called(stem) if ending.lower() in endings else None
        if split is None:
            continue
        if split in splits:
            names = (splits[split].name, name)
            raise catalog.tables.FilesNotFound(field="file", path=written, endings=tuple(endings), names=names)
        splits[split] = path / name
    if "train" not in splits:
        raise catalog.tables.FilesNotFound(field="file", path=written, endings=tuple(endings))
    return {split: splits[split] for split in SPLITS if split in splits}


def _listed(path: Path) -> list[str]:
    names: list[str] = []
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) >= _MOST_LISTED:
                    break
    except OSError:
        return []
    return sorted(names)


def rooted(files: Files, folder: Path, endings: Sequence[str]) -> Files:
    """The same from the root, with a file for each split, where there are several."""
    splits = found(files, folder, endings)
    if list(splits) == ["train"]:
        return str(splits["train"])
    return Mapped((split, str(path)) for split, path in splits.items())
