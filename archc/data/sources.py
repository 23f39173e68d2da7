"""A data set's name and source -> the files that hold it, looked for in a fixed order, or downloaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archc.data.cache import user_cache
from archc.data.download import fetch
from archc.diagnostics import catalog
from archc.recipe.data.named import Files, Layout, NamedSet, file, in_folder

__all__ = ["Files", "Place", "fetch", "find"]

SYSTEM_FOLDER: Final = Path("/usr/share/datasets")
BUNDLED_FOLDER: Final = Path(__file__).parent / "bundled"


class Place(NamedTuple):
    """A folder that may hold a data set's files, as which layout, and how it came to be looked in."""

    folder: Path
    layout: Layout
    reason: str

    def __str__(self) -> str:
        return f"{self.folder} ({self.reason})"


def find(dataset: NamedSet, spec_folder: Path, data_dir: str | None = None) -> Files:
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
        return _need(dataset, list(_in_root(dataset, BUNDLED_FOLDER, "the package")))
    if dataset.source != "auto":
        return _need(dataset, list(_folder(spec_folder / Path(dataset.source).expanduser(), dataset)))
    places = list(_places(dataset, data_dir))
    return _first(places) or _download(dataset, places)


def _in_root(dataset: NamedSet, root: Path, reason: str) -> Iterator[Place]:
    """A folder of many data sets, in torchvision's layout."""
    for layout in dataset.known().layouts:
        for folder in dataset.places(root, layout):
            yield Place(folder, layout, reason)


def _folder(folder: Path, dataset: NamedSet) -> Iterator[Place]:
    """A folder that a spec names for this data set."""
    yield from _in_root(dataset, folder, "`source`")
    for layout in dataset.known().layouts:
        if layout.folder:
            yield Place(folder, layout, "`source`")


def _places(dataset: NamedSet, data_dir: str | None) -> Iterator[Place]:
    """Where `auto` looks. Data sets share their file names, so a folder of many is never searched without the name."""
    if data_dir is not None:
        yield from _in_root(dataset, Path(data_dir), "`--data-dir`")
    if variable := os.environ.get("ARCHC_DATA"):
        yield from _in_root(dataset, Path(variable), "`$ARCHC_DATA`")
    yield from _in_root(dataset, user_cache() / "data", "archc's cache")
    if dataset.system_folder is None:
        yield from _in_root(dataset, SYSTEM_FOLDER, "the system's folder")
    else:
        for layout in dataset.known().layouts:
            yield Place(SYSTEM_FOLDER / dataset.system_folder, layout, "the system's folder")


def _first(places: list[Place]) -> Files | None:
    return next((files for place in places if (files := in_folder(place.folder, place.layout))), None)


def _not_found(
    dataset: NamedSet, places: list[Place], remedies: tuple[str, ...], reason: str | None = None
) -> catalog.training.DataNotFound:
    """The fault that says where was looked, and what is missing in the first place that has a part."""
    texts = tuple(dict.fromkeys(map(str, places)))
    fault = catalog.training.DataNotFound(dataset=dataset.name, places=texts, reason=reason, remedies=remedies)
    for place in places:
        names = place.layout.names
        missing = tuple(name for name in names if file(place.folder, name, place.layout) is None)
        if 0 < len(missing) < len(names):
            return fault.with_(folder=str(place.folder), missing=missing)
    return fault


def _need(dataset: NamedSet, places: list[Place]) -> Files:
    files = _first(places)
    if files is None:
        sets = [", ".join(f"`{name}`" for name in layout.names) for layout in dataset.known().layouts]
        packed = ", plain or as `.gz`" if _may_be_packed(dataset) else ""
        remedy = f"put {', or '.join(sets)} there{packed}"
        raise _not_found(dataset, places, (remedy, "or write `source: auto`"))
    return files


def _download(dataset: NamedSet, places: list[Place]) -> Files:
    """Fetch the files into the user's cache through torchvision, which checks their digests."""
    root = user_cache() / "data"
    try:
        fetch(dataset, root)
    except ImportError:
        raise catalog.training.MissingExtra(command="downloading a data set", package="torchvision") from None
    except (OSError, RuntimeError) as error:  # URLError is an OSError; torchvision wraps others in RuntimeError
        raise _not_found(dataset, places, _remedies(dataset), _reason(error)) from None
    return _need(dataset, list(_in_root(dataset, root, "archc's cache")))


def _reason(error: Exception) -> str:
    """The last line that says something: torchvision lists each mirror with its error."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].strip("<>") if lines else type(error).__name__


def _remedies(dataset: NamedSet) -> tuple[str, ...]:
    layout = dataset.known().layouts[0]
    example = Path(layout.folder) / f"{layout.names[0]}{'.gz' if _may_be_packed(dataset) else ''}"
    remedies = [f"set `ARCHC_DATA`, or give `--data-dir`: a folder with `{example}` and the others"]
    if dataset.bundled:
        remedies.append(f"write `source: bundled` for the sample of {dataset.bundled[0]:,} images in the package")
    if dataset.debian_package:
        remedies.append(f"on Debian: `apt install {dataset.debian_package}`")
    return tuple(remedies)


def _may_be_packed(dataset: NamedSet) -> bool:
    layout = dataset.known().layouts[0]
    return any(written.endswith(".gz") for written in layout.spelled(layout.names[0]))
