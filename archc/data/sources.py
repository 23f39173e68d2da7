"""A data set's name and source -> the four IDX files that hold it, looked for in a fixed order, or downloaded."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archc.data.cache import user_cache
from archc.diagnostics import catalog
from archc.recipe.data.idx_files import NAMES, Files, file, folders, in_folder, layout
from archc.recipe.data.mnist import IdxImages

__all__ = ["NAMES", "Files", "Place", "fetch", "find", "in_folder"]

SYSTEM_FOLDER: Final = Path("/usr/share/datasets")
BUNDLED_FOLDER: Final = Path(__file__).parent / "bundled"


class Place(NamedTuple):
    """A folder that may hold a data set's files, and how it came to be looked in."""

    folder: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.folder} ({self.reason})"


def find(dataset: IdxImages, spec_folder: Path, data_dir: str | None = None) -> Files:
    """The files of the data set that a spec names.

    Args:
        dataset: the data set, with its `source`.
        spec_folder: what a relative `source` is relative to.
        data_dir: the folder that a caller gave, in torchvision's layout; looked in first where `source` is `auto`.

    Raises:
        DataNotFound: nothing was found, and nothing could be downloaded.
        MissingExtra: a download needs torchvision.
    """
    if dataset.source == "bundled":
        return _need(dataset, [Place(layout(BUNDLED_FOLDER, dataset.name), "the package")])
    if dataset.source != "auto":
        return _need(dataset, list(_folder(spec_folder / Path(dataset.source).expanduser(), dataset)))
    places = list(_places(dataset, data_dir))
    return _first(places) or _download(dataset, places)


def _folder(folder: Path, dataset: IdxImages) -> Iterator[Place]:
    """A folder that a spec names for this data set."""
    for place in folders(folder, dataset.name):
        yield Place(place, "`source`")


def _places(dataset: IdxImages, data_dir: str | None) -> Iterator[Place]:
    """Where `auto` looks. Data sets share their file names, so a folder of many is never searched without the name."""
    if data_dir is not None:
        yield Place(layout(Path(data_dir), dataset.name), "`--data-dir`")
    if variable := os.environ.get("ARCHC_DATA"):
        yield Place(layout(Path(variable), dataset.name), "`$ARCHC_DATA`")
    yield Place(layout(user_cache() / "data", dataset.name), "archc's cache")
    yield Place(SYSTEM_FOLDER / dataset.system_folder, "the system's folder")


def _first(places: list[Place]) -> Files | None:
    return next((files for place in places if (files := in_folder(place.folder))), None)


def _not_found(
    dataset: IdxImages, places: list[Place], remedies: tuple[str, ...], reason: str | None = None
) -> catalog.training.DataNotFound:
    """The fault that says where was looked, and what is missing in the first place that has a part."""
    texts = tuple(str(place) for place in places)
    fault = catalog.training.DataNotFound(dataset=dataset.name, places=texts, reason=reason, remedies=remedies)
    for place in places:
        missing = tuple(name for name in NAMES if file(place.folder, name) is None)
        if 0 < len(missing) < len(NAMES):
            return fault.with_(folder=str(place.folder), missing=missing)
    return fault


def _need(dataset: IdxImages, places: list[Place]) -> Files:
    files = _first(places)
    if files is None:
        remedy = "put " + ", ".join(f"`{name}`" for name in NAMES) + " there, plain or as `.gz`"
        raise _not_found(dataset, places, (remedy, "or write `source: auto`"))
    return files


def _download(dataset: IdxImages, places: list[Place]) -> Files:
    """Fetch the files into the user's cache through torchvision, which checks their digests."""
    root = user_cache() / "data"
    try:
        fetch(dataset, root)
    except ImportError:
        raise catalog.training.MissingExtra(command="downloading a data set", package="torchvision") from None
    except (OSError, RuntimeError) as error:  # URLError is an OSError; torchvision wraps others in RuntimeError
        raise _not_found(dataset, places, _remedies(dataset), _reason(error)) from None
    return _need(dataset, [Place(layout(root, dataset.name), "archc's cache")])


def fetch(dataset: IdxImages, root: Path) -> None:
    """Download a data set into a folder, as torchvision does."""
    from archc.data.torchvision_import import import_torchvision

    datasets = import_torchvision().datasets
    root.mkdir(parents=True, exist_ok=True)
    # Standard output is for results alone, and torchvision reports its progress there or on stderr by version.
    with contextlib.redirect_stdout(sys.stderr):
        getattr(datasets, dataset.name)(root=str(root), train=False, download=True)


def _reason(error: Exception) -> str:
    """The last line that says something: torchvision lists each mirror with its error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip("<>") if lines else type(error).__name__


def _remedies(dataset: IdxImages) -> tuple[str, ...]:
    remedies = [
        f"set `ARCHC_DATA`, or give `--data-dir`: a folder with `{dataset.name}/raw/{NAMES[0]}.gz` and the others",
        f"write `source: bundled` for the sample of {dataset.bundled[0]:,} images in the package",
    ]
    if dataset.debian_package:
        remedies.append(f"on Debian: `apt install {dataset.debian_package}`")
    return tuple(remedies)
