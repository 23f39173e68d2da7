"""The data sets that have a name in torchvision: what is known of each, the files that hold it, and where they are."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, ClassVar, NamedTuple, Self, TypeAlias

from archc.diagnostics import catalog
from archc.layers import Shape
from archc.recipe.data.base import Classes, DataFacts, DataKind, Wants
from archc.terms.record import Doc
from archc.terms.values import Text

Source: TypeAlias = Annotated[
    Text, Doc("`auto`: the data folder, the user's cache, system folders, then download; else a folder.")
]


class Layout(NamedTuple):
    """Files that hold a data set together, as one of its archives has them."""

    format: str
    """What reads them: the name of a module in `archc/data`."""
    folder: str
    """Where torchvision puts them, within the folder of all data sets; empty where they lie in that itself."""
    train: tuple[str, ...]
    test: tuple[str, ...]
    spelled: Callable[[str], Sequence[str]] = lambda name: (name,)
    """The names under which a file may be there."""
    counted: Callable[[Sequence[Path]], int | None] = lambda files: None
    """How many samples the files of a split hold, by their sizes or headers; None where all of it has to be read."""

    @property
    def names(self) -> tuple[str, ...]:
        """All files."""
        return self.train + self.test


class Files(NamedTuple):
    """Where a data set is."""

    layout: Layout
    train: tuple[Path, ...]
    test: tuple[Path, ...]

    @property
    def all(self) -> tuple[Path, ...]:
        """Those of both splits."""
        return self.train + self.test


class Known(NamedTuple):
    """What is known of a data set before it is there. `sizes`: samples of the training and of the test split."""

    classes: tuple[str, ...]
    sizes: tuple[int, int]
    layouts: tuple[Layout, ...]
    first_class: int = 0
    """The number that the first class has in the files; archc counts from 0."""


class NamedSet(DataKind):
    """Base of the data sets of torchvision, which are images of one size, each of a class. Abstract."""

    holds = "pixels"
    sample: ClassVar[Shape] = ()
    licence: ClassVar[str] = "none stated"
    bundled: ClassVar[tuple[int, int] | None] = None
    """How many samples of each split the package has."""
    system_folder: ClassVar[str | None] = None
    """Its own folder among those of data sets that the system has; None for that of torchvision's layout."""
    debian_package: ClassVar[str | None] = None

    source: str

    @property
    def name(self) -> str:
        """That of torchvision."""
        return type(self).__name__

    @property
    def options(self) -> dict[str, object]:
        """The arguments that torchvision's class has too."""
        return {name: value for name, value in vars(self).items() if name not in ("source", "target")}

    def known(self) -> Known:
        """The classes, sizes and files of the set, or of the version of it that the arguments choose."""
        raise AssertionError(f"{self.name} knows nothing")

    def check(self) -> None:
        if self.source == "bundled" and self.bundled is None:
            raise catalog.preflight.NotBundled(field="source", dataset=self.name)

    def facts(self, folder: Path, wants: Wants = "classes") -> DataFacts:
        """Sizes of a folder of one's own are those that its files promise, where they are there."""
        known = self.known()
        train, test = {"auto": known.sizes, "bundled": self.bundled}.get(self.source) or self._promised(folder)
        return DataFacts(self.name, self.sample, "float32", Classes(known.classes), train, test, has_test=True)

    def _promised(self, folder: Path) -> tuple[int | None, int | None]:
        files = self.within(folder / Path(self.source).expanduser())
        if files is None:
            return None, None
        return files.layout.counted(files.train), files.layout.counted(files.test)

    def within(self, root: Path) -> Files | None:
        """The files in a folder that a spec names: in torchvision's layout, or in the folder itself."""
        places = ((layout, place) for layout in self.known().layouts for place in (*self.places(root, layout), root))
        return next((files for layout, place in places if (files := in_folder(place, layout))), None)

    def places(self, root: Path, layout: Layout) -> Iterator[Path]:
        """Where files are in a folder of many data sets."""
        yield root / layout.folder
        if not layout.folder:  # torchvision is then often given a folder for each data set
            yield root / self.name

    def rooted(self, folder: Path) -> Self:
        """The same with its folder from the root."""
        if self.source in ("auto", "bundled"):
            return self
        return self.replace(source=str(folder / Path(self.source).expanduser()))


def in_folder(folder: Path, layout: Layout) -> Files | None:
    """The files of a folder; None where one is missing."""
    found = {name: path for name in layout.names if (path := file(folder, name, layout)) is not None}
    if len(found) < len(layout.names):
        return None
    return Files(layout, tuple(found[name] for name in layout.train), tuple(found[name] for name in layout.test))


def file(folder: Path, name: str, layout: Layout) -> Path | None:
    """A file of a data set, under any of its names."""
    # os.path.isfile is false, and does not raise, where a folder may not be read.
    return next((path for written in layout.spelled(name) if os.path.isfile(path := folder / written)), None)


def size_of(path: Path) -> int | None:
    """The bytes of a file; None where it cannot be asked."""
    try:
        return path.stat().st_size
    except OSError:
        return None
